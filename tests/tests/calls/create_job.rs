use cos_batch::{
    BuildError, CreateJob, Directive, JobOperation, Limits, ManifestField, ManifestFormat,
    Operation, OtherOperation, ReportScope,
};
use cos_batch_testkit::show;
use http::Request;
use insta::assert_snapshot;

use super::endpoint;

/// The body that the Go SDK sends, byte for byte.
const GO: &str = "<CreateJobRequest><ClientRequestToken>184ce261-18af-5e3d-3e30-253723cfd937</ClientRequestToken><ConfirmationRequired>false</ConfirmationRequired><Description>example-job</Description><Manifest><Location><ETag>&#34;15150651828fa9cdcb8356b6d1c7638b&#34;</ETag><ObjectArn>qcs::cos:ap-chengdu::sourcebucket-1250000000/manifests/batch-copy-manifest.csv</ObjectArn></Location><Spec><Fields><member>Bucket</member><member>Key</member></Fields><Format>COSBatchOperations_CSV_V1</Format></Spec></Manifest><Operation><COSPutObjectCopy><TargetResource>qcs::cos:ap-chengdu:uid/1250000000:destinationbucket-1250000000</TargetResource></COSPutObjectCopy></Operation><Priority>10</Priority><Report><Bucket>qcs::cos:ap-chengdu::sourcebucket-1250000000</Bucket><Enabled>true</Enabled><Format>Report_CSV_V1</Format><Prefix>job-result</Prefix><ReportScope>AllTasks</ReportScope></Report><RoleArn>qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole</RoleArn></CreateJobRequest>";

/// All nodes that any source shows, with two grants.
const ALL: &str = "<CreateJobRequest>
	<ClientRequestToken>184ce261-18af-5e3d-3e30-253723cfd937</ClientRequestToken>
	<ConfirmationRequired>true</ConfirmationRequired>
	<Description>copy 2019 logs</Description>
	<Manifest>
		<Location>
			<ETag>15150651828fa9cdcb8356b6d1c7638b</ETag>
			<ObjectArn>qcs::cos:ap-chengdu:uid/1250000000:src-1250000000/m/list.csv</ObjectArn>
			<ObjectVersionId>v1</ObjectVersionId>
		</Location>
		<Spec>
			<Fields>
				<member>Bucket</member>
				<member>Key</member>
				<member>VersionId</member>
			</Fields>
			<Format>COSBatchOperations_CSV_V1</Format>
		</Spec>
	</Manifest>
	<Operation>
		<COSPutObjectCopy>
			<AccessControlDirective>Replaced</AccessControlDirective>
			<AccessControlGrants>
				<COSGrant>
					<Grantee>
						<DisplayName>dev</DisplayName>
						<Identifier>qcs::cam::uin/100000000001:uin/100000000001</Identifier>
						<TypeIdentifier>ID</TypeIdentifier>
					</Grantee>
					<Permission>READ</Permission>
				</COSGrant>
				<COSGrant>
					<Grantee>
						<Identifier>qcs::cam::uin/100000000001:uin/100000000002</Identifier>
						<TypeIdentifier>ID</TypeIdentifier>
					</Grantee>
					<Permission>FULL_CONTROL</Permission>
				</COSGrant>
			</AccessControlGrants>
			<PrefixReplace>true</PrefixReplace>
			<ResourcesPrefix>old/</ResourcesPrefix>
			<TargetKeyPrefix>new/</TargetKeyPrefix>
			<CannedAccessControlList>private</CannedAccessControlList>
			<MetadataDirective>Add</MetadataDirective>
			<ModifiedSinceConstraint>1557902800</ModifiedSinceConstraint>
			<UnModifiedSinceConstraint>1557989200</UnModifiedSinceConstraint>
			<NewObjectMetadata>
				<CacheControl>max-age=600</CacheControl>
				<ContentDisposition>attachment</ContentDisposition>
				<ContentEncoding>gzip</ContentEncoding>
				<ContentType>text/plain</ContentType>
				<HttpExpiresDate>Thu, 16 May 2019 06:45:51 GMT</HttpExpiresDate>
				<SSEAlgorithm>AES256</SSEAlgorithm>
				<UserMetadata>
					<member>
						<Key>k</Key>
						<Value>v</Value>
					</member>
				</UserMetadata>
			</NewObjectMetadata>
			<TaggingDirective>Replaced</TaggingDirective>
			<NewObjectTagging>
				<COSTag>
					<Key>k</Key>
					<Value>v</Value>
				</COSTag>
			</NewObjectTagging>
			<StorageClass>STANDARD_IA</StorageClass>
			<TargetResource>qcs::cos:ap-chengdu:uid/1250000000:dst-1250000000</TargetResource>
		</COSPutObjectCopy>
	</Operation>
	<Priority>10</Priority>
	<Report>
		<Bucket>qcs::cos:ap-chengdu:uid/1250000000:src-1250000000</Bucket>
		<Enabled>true</Enabled>
		<Format>Report_CSV_V1</Format>
		<Prefix>job-result</Prefix>
		<ReportScope>AllTasks</ReportScope>
	</Report>
	<RoleArn>qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole</RoleArn>
</CreateJobRequest>";

pub(super) fn read(document: &str) -> CreateJob {
    CreateJob::from_xml(document.as_bytes(), &Limits::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn written(create: &CreateJob) -> String {
    String::from_utf8(create.to_xml().expect("a body")).expect("UTF-8")
}

#[test]
fn the_body_of_the_go_sdk_gives_the_same_values_after_writing_and_reading() {
    assert_eq!(GO.len(), 959);
    let create = read(GO);
    assert_eq!(create.manifest.location.etag, "\"15150651828fa9cdcb8356b6d1c7638b\"");
    assert_eq!(create.confirmation_required, Some(false));
    assert_eq!(written(&create), GO.replace("&#34;", "&quot;"));
    assert_eq!(read(&written(&create)), create);
}

#[test]
fn every_node_is_read_and_written_in_the_order_of_the_docs() {
    let create = read(ALL);
    let JobOperation::PutObjectCopy(copy) = &create.operation else { panic!("no copy") };
    assert_eq!(copy.access_control_grants.len(), 2);
    assert_eq!(
        copy.modified_since_constraint.map(|time| time.unix_timestamp()),
        Some(1_557_902_800)
    );
    let compact: String = ALL.lines().map(str::trim_start).collect();
    assert_eq!(written(&create), compact);
    assert_eq!(create.manifest.spec.fields.len(), 3);
    assert_eq!(create.manifest.spec.format, ManifestFormat::CosBatchOperationsCsvV1);
    assert_eq!(create.report.report_scope, Some(ReportScope::AllTasks));
}

#[test]
fn the_request_carries_digest_length_and_type() {
    let mut create = read(GO);
    create.description = None;
    let request = create.encode_request(&endpoint()).expect("a request");
    assert_snapshot!(show::request(&request));
}

#[test]
fn the_digest_of_the_go_sdk_is_that_of_its_body() {
    let request = Request::post("/jobs")
        .header("x-cos-appid", "1250000000")
        .header("content-md5", "JNTKndU/iEWUhhCpdJZV6Q==")
        .body(GO.as_bytes())
        .expect("a request");
    assert_eq!(CreateJob::decode_request(&request, &Limits::default()), Ok(read(GO)));
}

/// The sample with another operation.
fn with_operation(operation: &str) -> String {
    let start = ALL.find("<COSPutObjectCopy>").expect("its start");
    let end = ALL.find("</COSPutObjectCopy>").expect("its end") + "</COSPutObjectCopy>".len();
    format!("{}{operation}{}", &ALL[..start], &ALL[end..])
}

#[test]
fn the_other_operations_are_read_and_written() {
    for operation in [
        "<COSInitiateRestoreObject><ExpirationInDays>7</ExpirationInDays><JobTier>Bulk</JobTier></COSInitiateRestoreObject>",
        "<COSDeleteObject></COSDeleteObject>",
        "<COSPutObjectTagging><TaggingDirective>Replaced</TaggingDirective><TagSet><COSTag><Key>k</Key><Value>v</Value></COSTag><COSTag><Key>l</Key><Value></Value></COSTag></TagSet></COSPutObjectTagging>",
        "<COSPutObjectTagging><TagSet></TagSet></COSPutObjectTagging>",
        "<COSFreezeObject a='1'><Deep><![CDATA[&]]></Deep> text <!-- kept --></COSFreezeObject>",
        "<x:COSFreezeObject/>",
    ] {
        let create = read(&with_operation(operation));
        assert!(
            written(&create).contains(&format!("<Operation>{operation}</Operation>")),
            "{operation}"
        );
        assert_eq!(read(&written(&create)), create);
    }
    assert_eq!(read(&with_operation("<COSDeleteObject/>")).operation, JobOperation::DeleteObject);
}

#[test]
fn an_unknown_operation_is_one_element_of_another_name() {
    let other = |xml: &str| OtherOperation::try_from(xml.to_owned());
    assert_eq!(
        other("<COSFreeze><A/></COSFreeze>").map(|it| it.name().to_owned()),
        Ok("COSFreeze".into())
    );
    let deep = |depth| format!("{}{}", "<A>".repeat(depth), "</A>".repeat(depth));
    for xml in [
        "",
        "text",
        "<COSDeleteObject/>",
        "<A/><B/>",
        " <A/>",
        "<A></B>",
        "<A>",
        "</Operation><A/><Operation>",
        "<A>&x;</A>",
        &deep(30),
    ] {
        assert!(other(xml).is_err(), "{xml}");
    }
    // Three elements stand around it in a DescribeJobResult, of 32.
    let mut create = read(GO);
    create.operation = JobOperation::Other(other(&deep(29)).expect("an operation"));
    assert_eq!(read(&written(&create)), create);
}

#[test]
fn a_directive_may_be_written_replace_and_is_written_replaced() {
    let create = read(&ALL.replace("<TaggingDirective>Replaced", "<TaggingDirective>Replace"));
    let JobOperation::PutObjectCopy(copy) = &create.operation else { panic!("no copy") };
    assert_eq!(copy.tagging_directive, Some(Directive::Replaced));
    assert!(written(&create).contains("<TaggingDirective>Replaced<"));
}

#[test]
fn a_constraint_may_be_a_timestamp_and_is_written_in_seconds() {
    let create = read(&ALL.replace(">1557902800<", ">2019-05-15T06:46:40Z<"));
    assert!(written(&create).contains(">1557902800<"));
    let early = read(&ALL.replace(">1557902800<", ">-5<"));
    assert!(written(&early).contains(">-5<"));
}

#[test]
fn a_report_that_is_not_wanted_may_be_short() {
    let start = ALL.find("<Report>").expect("its start");
    let end = ALL.find("</Report>").expect("its end");
    let short = format!("{}<Report><Enabled>false</Enabled>{}", &ALL[..start], &ALL[end..]);
    let create = read(&short);
    assert!(!create.report.enabled && create.report.bucket.is_none());
    let lacking = short.replace("false</Enabled>", "true</Enabled>");
    let error = CreateJob::from_xml(lacking.as_bytes(), &Limits::default()).expect_err("no bucket");
    assert_eq!(error.path(), "CreateJobRequest/Report/Bucket");
    let mut create = create;
    create.report.enabled = true;
    assert!(matches!(create.to_xml(), Err(BuildError::Value { name: "Bucket", .. })));
}

#[test]
fn an_inventory_needs_no_columns_and_an_empty_list_is_none() {
    let inventory = ALL
        .replace("COSBatchOperations_CSV_V1", "COSInventoryReport_CSV_V1")
        .replace("<member>Bucket</member>", "")
        .replace("<member>Key</member>", "")
        .replace("<member>VersionId</member>", "");
    let create = read(&inventory);
    assert_eq!(create.manifest.spec.fields, Vec::<ManifestField>::new());
    assert!(!written(&create).contains("<Fields>"));
}

#[test]
fn what_is_too_long_or_missing_is_not_sent() {
    let create = read(GO);
    let refused = |change: fn(&mut CreateJob)| {
        let mut create = create.clone();
        change(&mut create);
        create.encode_request(&endpoint()).expect_err("refused").to_string()
    };
    assert_snapshot!(refused(|it| it.description = Some("中".repeat(86).into())), @r#"Description: expected at most 256 bytes, found "中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中…""#);
    assert_snapshot!(refused(|it| it.report.prefix = Some("p".repeat(257).into())), @r#"Prefix: expected at most 256 bytes, found "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp…""#);
    assert_snapshot!(refused(|it| it.manifest.location.etag = "".into()), @r#"ETag: expected a text, found """#);
    assert_snapshot!(refused(|it| it.manifest.spec.fields = vec![ManifestField::Key]), @r#"Fields: expected columns with Bucket and Key among them, found "Key""#);
    assert_snapshot!(refused(|it| it.description = Some("a\u{0}b".into())), @r"Description: XML cannot carry the character '\0'; remove it");
}

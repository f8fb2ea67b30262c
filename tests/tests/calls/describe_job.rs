use cos_batch::xml::Writer;
use cos_batch::{DescribeJob, DescribeJobResult, JobFailure, JobStatus, Limits, Operation};
use cos_batch_testkit::show;
use http::Response;
use insta::assert_snapshot;

use super::endpoint;

/// The sample of the docs: a job that succeeded, with its empty `JobFailure`.
const SAMPLE: &str = "<DescribeJobResult>
	<Job>
		<ConfirmationRequired>false</ConfirmationRequired>
		<CreationTime>2019-12-19T18:00:30Z</CreationTime>
		<Description>example-job</Description>
		<FailureReasons>
			<JobFailure>
				<FailureCode/>
				<FailureReason/>
			</JobFailure>
		</FailureReasons>
		<JobId>53dc6228-c50b-46f7-8ad7-65e7159f1aae</JobId>
		<Manifest>
			<Location>
				<ETag>&quot;15150651828fa9cdcb8356b6d1c7638b&quot;</ETag>
				<ObjectArn>qcs::cos:ap-chengdu::sourcebucket-1250000000/manifests/batch-copy-manifest.csv</ObjectArn>
			</Location>
			<Spec>
				<Fields>
					<member>Bucket</member>
					<member>Key</member>
				</Fields>
				<Format>COSBatchOperations_CSV_V1</Format>
			</Spec>
		</Manifest>
		<Operation>
			<COSPutObjectCopy>
				<TargetResource>qcs::cos:ap-chengdu::destinationbucket-1250000000</TargetResource>
			</COSPutObjectCopy>
		</Operation>
		<Priority>10</Priority>
		<ProgressSummary>
			<NumberOfTasksFailed>0</NumberOfTasksFailed>
			<NumberOfTasksSucceeded>10</NumberOfTasksSucceeded>
			<TotalNumberOfTasks>10</TotalNumberOfTasks>
		</ProgressSummary>
		<Report>
			<Bucket>qcs::cos:ap-chengdu::sourcebucket-1250000000</Bucket>
			<Enabled>true</Enabled>
			<Format>Report_CSV_V1</Format>
			<Prefix>job-result</Prefix>
			<ReportScope>AllTasks</ReportScope>
		</Report>
		<RoleArn>qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole</RoleArn>
		<Status>Complete</Status>
		<StatusUpdateReason>Job complete</StatusUpdateReason>
		<TerminationDate>2019-12-19T18:00:42Z</TerminationDate>
	</Job>
</DescribeJobResult>";

fn read(document: &str) -> DescribeJobResult<'_> {
    DescribeJob::decode_response(&Response::new(document.as_bytes()), &Limits::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_sample_is_read_and_written_again_to_its_1555_bytes() {
    assert_eq!(SAMPLE.len(), 1555);
    let described = read(SAMPLE);
    assert_eq!(described.job.status, JobStatus::Complete);
    assert_eq!(described.job.failure_reasons, [JobFailure::default()]);
    let written = described.to_xml(Writer::indented()).expect("a document");
    assert_eq!(String::from_utf8(written).as_deref(), Ok(SAMPLE));
    let newer = SAMPLE.replace("ap-chengdu::", "ap-chengdu:uid/1250000000:");
    assert_eq!(newer.len(), 1597);
    let written = read(&newer).to_xml(Writer::indented()).expect("a document");
    assert_eq!(String::from_utf8(written), Ok(newer));
}

#[test]
fn what_is_optional_may_be_absent() {
    let least = "<DescribeJobResult><Job><CreationTime>2019-12-19T18:00:30Z</CreationTime>\
        <JobId>a</JobId><Operation><COSDeleteObject/></Operation><Priority>0</Priority>\
        <Status>Suspended</Status><SuspendedCause>waits</SuspendedCause>\
        <SuspendedDate>2019-12-19T18:00:31Z</SuspendedDate></Job></DescribeJobResult>";
    let job = read(least).job;
    assert_eq!((&job.manifest, &job.report, &job.role_arn), (&None, &None, &None));
    assert_eq!(job.suspended_cause.as_deref(), Some("waits"));
}

#[test]
fn what_no_page_documents_is_kept_and_written_last() {
    let newer = SAMPLE.replace("<Job>", "<Job><Colour>red</Colour>");
    let newer = newer.replace("<Priority>", "<n:Size unit='cm'><A/>7</n:Size> <Priority>");
    let described = read(&newer);
    let unknown = "<Colour>red</Colour><n:Size unit='cm'><A/>7</n:Size>";
    assert_eq!(described.job.unknown.xml(), unknown);
    let written = described.to_xml(Writer::indented()).expect("a document");
    let last = format!("</TerminationDate>\n\t\t{unknown}\n\t</Job>");
    assert_eq!(
        String::from_utf8(written),
        Ok(SAMPLE.replace("</TerminationDate>\n\t</Job>", &last))
    );
    assert!(described.job.summary().expect("a summary").unknown.is_empty());
}

#[test]
fn several_failures_are_all_kept() {
    let failed = SAMPLE.replace(
        "<FailureCode/>\n\t\t\t\t<FailureReason/>\n\t\t\t</JobFailure>",
        "<FailureCode>A</FailureCode></JobFailure><JobFailure><FailureReason>b</FailureReason></JobFailure>",
    );
    let job = read(&failed).job;
    let codes: Vec<_> = job.failure_reasons.iter().map(|it| it.failure_code.as_deref()).collect();
    assert_eq!(codes, [Some("A"), None]);
}

#[test]
fn the_request_has_the_id_in_its_path() {
    let describe = DescribeJob::new("53dc6228-c50b".parse().expect("an id"));
    let request = describe.encode_request(&endpoint()).expect("a request");
    assert_snapshot!(show::request(&request));
}

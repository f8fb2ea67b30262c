use cos_batch::{
    CannedAccessControlList, Directive, Grant, Grantee, GranteeType, InitiateRestoreObject,
    JobOperation, JobTier, NewObjectMetadata, OtherOperation, Permission, PutObjectCopy,
    PutObjectTagging, SseAlgorithm, StorageClass, UserMetadata,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::elements::element;
use super::ids::{expiration_in_days, listed_or};
use super::parts::{tag, timestamp};
use super::resources::{bucket_arn, user_arn};
use super::texts::{bounded_text, optional_text, xml_text};

/// Any operation with its parameters, one that no page documents among them
pub fn job_operation() -> impl Strategy<Value = JobOperation<'static>> {
    prop_oneof![
        1 => Just(JobOperation::DeleteObject),
        1 => initiate_restore_object().prop_map(JobOperation::InitiateRestoreObject),
        4 => put_object_copy().prop_map(|copy| JobOperation::PutObjectCopy(Box::new(copy))),
        2 => put_object_tagging().prop_map(JobOperation::PutObjectTagging),
        2 => other_operation().prop_map(JobOperation::Other),
    ]
    .boxed()
}

/// A restoration
pub fn initiate_restore_object() -> impl Strategy<Value = InitiateRestoreObject> {
    (expiration_in_days(), listed_or(JobTier::LISTED))
        .prop_map(|(days, tier)| InitiateRestoreObject::new(days, tier))
}

/// A copy, with any of its parameters
pub fn put_object_copy() -> impl Strategy<Value = PutObjectCopy<'static>> {
    let access = (directive(), vec(grant(), 0..3), option::of(listed_or(CANNED)));
    let prefixes = (option::of(any::<bool>()), optional_text(1024), optional_text(1024));
    let times = (option::of(timestamp()), option::of(timestamp()));
    let metadata = (directive(), new_object_metadata());
    let tagging = (directive(), vec(tag(), 0..3));
    let storage_class = option::of(listed_or(StorageClass::LISTED));
    (bucket_arn(), access, prefixes, times, metadata, tagging, storage_class)
        .prop_map(|(target, access, prefixes, times, metadata, tagging, storage_class)| {
            let mut copy = PutObjectCopy::new(target);
            (
                copy.access_control_directive,
                copy.access_control_grants,
                copy.canned_access_control_list,
            ) = access;
            (copy.prefix_replace, copy.resources_prefix, copy.target_key_prefix) = prefixes;
            (copy.modified_since_constraint, copy.un_modified_since_constraint) = times;
            (copy.metadata_directive, copy.new_object_metadata) = metadata;
            (copy.tagging_directive, copy.new_object_tagging) = tagging;
            copy.storage_class = storage_class;
            copy
        })
        .boxed()
}

const CANNED: &[CannedAccessControlList] = CannedAccessControlList::LISTED;

fn directive() -> impl Strategy<Value = Option<Directive>> {
    option::of(listed_or(Directive::LISTED))
}

fn grant() -> impl Strategy<Value = Grant<'static>> {
    let grantee = (user_arn(), optional_text(64), listed_or(GranteeType::LISTED));
    (grantee, listed_or(Permission::LISTED))
        .prop_map(|((identifier, display_name, type_identifier), permission)| {
            let mut grantee = Grantee::new(identifier);
            (grantee.display_name, grantee.type_identifier) = (display_name, type_identifier);
            Grant::new(grantee, permission)
        })
        .boxed()
}

/// Metadata, none of it in one of four cases.
fn new_object_metadata() -> impl Strategy<Value = NewObjectMetadata<'static>> {
    let text = || optional_text(64);
    let headers = (text(), text(), text(), text(), text());
    let user =
        (bounded_text(64), xml_text(0, 24)).prop_map(|(key, value)| UserMetadata::new(key, value));
    let some = (headers, option::of(listed_or(SseAlgorithm::LISTED)), vec(user, 0..3)).prop_map(
        |(headers, sse_algorithm, user_metadata)| {
            let mut metadata = NewObjectMetadata::default();
            (
                metadata.cache_control,
                metadata.content_disposition,
                metadata.content_encoding,
                metadata.content_type,
                metadata.http_expires_date,
            ) = headers;
            metadata.sse_algorithm = sse_algorithm;
            metadata.user_metadata = user_metadata;
            metadata
        },
    );
    prop_oneof![1 => Just(NewObjectMetadata::default()), 3 => some].boxed()
}

/// A tagging
pub fn put_object_tagging() -> impl Strategy<Value = PutObjectTagging<'static>> {
    (directive(), vec(tag(), 0..4)).prop_map(|(directive, tag_set)| {
        let mut tagging = PutObjectTagging::default();
        (tagging.tagging_directive, tagging.tag_set) = (directive, tag_set);
        tagging
    })
}

/// An operation that no page documents: any well-formed element of another name
pub fn other_operation() -> impl Strategy<Value = OtherOperation<'static>> {
    element(&["COSFreezeObject", "x:COSFreezeObject", "_a-b.c", "冻结", "Key", "Operation"])
        .prop_map(|(_, xml)| xml.try_into().expect("one element of an unknown name"))
        .boxed()
}

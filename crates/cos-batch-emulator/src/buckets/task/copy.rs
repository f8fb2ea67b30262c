//! `COSPutObjectCopy`

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use cos_batch::time::OffsetDateTime;
use cos_batch::{Directive, IntoOwned as _, NewObjectMetadata, PutObjectCopy, StorageClass};
use cos_batch_csv::ManifestRow;

use super::{Change, Plan, TaskError, tagging};
use crate::buckets::bucket::Bucket;
use crate::buckets::object::{Object, Version};

/// The largest object that is copied: 5 GB, in the sense of 2³⁰ bytes each.
const LIMIT: u64 = 5 << 30;

/// What the name of the user's own metadata begins with.
const USER_METADATA: &str = "x-cos-meta-";

pub(super) fn plan<'d>(
    copy: &PutObjectCopy<'_>,
    row: &ManifestRow<'_>,
    (bucket, object): (&Bucket<'d>, &Object),
    target: Rc<Bucket<'d>>,
    now: OffsetDateTime,
    again: bool,
) -> Result<Plan<'d>, TaskError> {
    let place = object.find(row.version_id.as_deref())?;
    let source = bucket.open(object, place)?;
    let version = object.versions.get(place).cloned().unwrap_or_default();
    if !again {
        check(copy, &version, &source.metadata()?, now)?;
    }
    let key = copy.target_key(&row.key).ok_or_else(|| {
        let message = "the key does not begin with ResourcesPrefix";
        TaskError::new("InvalidArgument", 400, message)
    })?;
    let object = target.load(&key)?;
    let version = Box::new(attributes(copy, &version)?);
    let change = Change::Put { source, version, now };
    Ok(Plan { status: 200, bucket: target, object, change })
}

/// May it be copied?
fn check(
    copy: &PutObjectCopy<'_>,
    version: &Version,
    file: &Metadata,
    now: OffsetDateTime,
) -> Result<(), TaskError> {
    if file.len() > LIMIT {
        let message = format!("the object has {} bytes, at most {LIMIT} are copied", file.len());
        return Err(TaskError::new("EntityTooLarge", 400, message));
    }
    if version.is_archived() && !version.is_restored(now) {
        let message =
            format!("the object's class is {}: restore it first", version.storage_class());
        return Err(TaskError::new("InvalidObjectState", 403, message));
    }
    // Whole seconds, as in all that the service says of times.
    let modified = unix_seconds(file.modified()?);
    let failed = |why| Err(TaskError::new("PreconditionFailed", 412, why));
    if copy.modified_since_constraint.is_some_and(|since| modified <= since.unix_timestamp()) {
        return failed("the object was not modified after ModifiedSinceConstraint");
    }
    if copy.un_modified_since_constraint.is_some_and(|since| modified > since.unix_timestamp()) {
        return failed("the object was modified after UnModifiedSinceConstraint");
    }
    Ok(())
}

/// A time in whole seconds, however far away: a file may be of any.
fn unix_seconds(time: SystemTime) -> i64 {
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => seconds(since),
        Err(error) => {
            let before = error.duration();
            -seconds(before) - i64::from(before.subsec_nanos() > 0)
        }
    }
}

/// What the copy has besides its content.
fn attributes(copy: &PutObjectCopy<'_>, source: &Version) -> Result<Version, TaskError> {
    let mut target = Version::default();
    target.storage_class =
        copy.storage_class.clone().filter(|class| *class != StorageClass::Standard);

    target.headers = match copy.metadata_directive.as_ref().unwrap_or(&Directive::Copy) {
        Directive::Copy => source.headers.clone(),
        Directive::Replaced => headers(&copy.new_object_metadata),
        Directive::Add => {
            let mut both = source.headers.clone();
            both.extend(headers(&copy.new_object_metadata));
            both
        }
        unknown => return Err(tagging::unknown(unknown)),
    };

    let directive = copy.tagging_directive.as_ref().unwrap_or(&Directive::Copy);
    target.tags = tagging::tags(&source.tags, directive, &copy.new_object_tagging)?;

    // What is given without a directive would otherwise have no effect.
    let has_new =
        copy.canned_access_control_list.is_some() || !copy.access_control_grants.is_empty();
    let unless_told = if has_new { &Directive::Replaced } else { &Directive::Copy };
    let canned = copy.canned_access_control_list.clone();
    let grants = copy.access_control_grants.clone().into_owned();
    match copy.access_control_directive.as_ref().unwrap_or(unless_told) {
        Directive::Copy => {
            target.acl = source.acl.clone();
            target.grants = source.grants.clone();
        }
        Directive::Replaced => {
            target.acl = canned;
            target.grants = grants;
        }
        Directive::Add => {
            target.acl = canned.or_else(|| source.acl.clone());
            target.grants = source.grants.clone();
            for grant in grants {
                if !target.grants.contains(&grant) {
                    target.grants.push(grant);
                }
            }
        }
        unknown => return Err(tagging::unknown(unknown)),
    }
    Ok(target)
}

/// Metadata as headers.
fn headers(metadata: &NewObjectMetadata<'_>) -> BTreeMap<String, String> {
    let algorithm = metadata.sse_algorithm.as_ref().map(|algorithm| algorithm.as_str());
    let plain = [
        ("Cache-Control", metadata.cache_control.as_deref()),
        ("Content-Disposition", metadata.content_disposition.as_deref()),
        ("Content-Encoding", metadata.content_encoding.as_deref()),
        ("Content-Type", metadata.content_type.as_deref()),
        ("Expires", metadata.http_expires_date.as_deref()),
        ("x-cos-server-side-encryption", algorithm),
    ];
    let plain = plain.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let users = metadata.user_metadata.iter().map(|member| {
        let name = member.key.to_ascii_lowercase();
        let name = name.strip_prefix(USER_METADATA).unwrap_or(&name);
        (format!("{USER_METADATA}{name}"), &*member.value)
    });
    plain.chain(users).map(|(name, value)| (name, value.to_owned())).collect()
}

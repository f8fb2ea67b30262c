//! `COSInitiateRestoreObject`

use std::rc::Rc;

use cos_batch::InitiateRestoreObject;
use cos_batch::time::{Duration, OffsetDateTime};

use super::{Change, Plan, TaskError};
use crate::buckets::bucket::Bucket;
use crate::buckets::object::Object;

/// What is archived is restored, at once; what is restored already stays so for longer.
pub(super) fn plan<'d>(
    restore: &InitiateRestoreObject,
    bucket: Rc<Bucket<'d>>,
    mut object: Object,
    place: usize,
    now: OffsetDateTime,
    again: bool,
) -> Result<Plan<'d>, TaskError> {
    let mut status = 202;
    if let Some(version) = object.versions.get_mut(place) {
        if !version.is_archived() && !again {
            let class = version.storage_class();
            let message = format!("the object's class is {class}: only archived ones are restored");
            return Err(TaskError::new("InvalidObjectState", 403, message));
        }
        if version.is_restored(now) {
            status = 200;
        }
        let days = Duration::days(restore.expiration_in_days.value().into());
        version.restored_until = Some(now.saturating_add(days));
    }
    Ok(Plan { status, bucket, object, change: Change::Attributes })
}

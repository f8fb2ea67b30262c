//! `COSPutObjectTagging`, and what tags a task may set at all

use std::collections::BTreeMap;
use std::rc::Rc;

use cos_batch::{Directive, PutObjectTagging, Tag};

use super::{Change, Plan, TaskError};
use crate::buckets::bucket::Bucket;
use crate::buckets::object::Object;

/// The most tags of an object, and the most bytes of a tag's key and value.
const TAGS: usize = 10;
const KEY: usize = 127;
const VALUE: usize = 255;

pub(super) fn plan<'d>(
    tagging: &PutObjectTagging<'_>,
    bucket: Rc<Bucket<'d>>,
    mut object: Object,
    place: usize,
) -> Result<Plan<'d>, TaskError> {
    let directive = tagging.tagging_directive.as_ref().unwrap_or(&Directive::Replaced);
    if let Some(version) = object.versions.get_mut(place) {
        version.tags = tags(&version.tags, directive, &tagging.tag_set)?;
    }
    Ok(Plan { status: 200, bucket, object, change: Change::Attributes })
}

/// The tags that a directive makes of those that are there and those that are given.
pub(super) fn tags(
    present: &BTreeMap<String, String>,
    directive: &Directive,
    given: &[Tag<'_>],
) -> Result<BTreeMap<String, String>, TaskError> {
    let invalid = |why: String| Err(TaskError::new("InvalidTag", 400, why));
    let mut tags = match directive {
        Directive::Copy => return Ok(present.clone()),
        Directive::Replaced => BTreeMap::new(),
        Directive::Add => present.clone(),
        _ => return Err(unknown(directive)),
    };
    for (nth, Tag { key, value, .. }) in given.iter().enumerate() {
        let nth = nth + 1;
        if key.is_empty() || key.len() > KEY {
            return invalid(format!("the key of tag {nth} has not 1 to {KEY} bytes"));
        }
        if value.len() > VALUE {
            return invalid(format!("the value of tag {nth} has more than {VALUE} bytes"));
        }
        if given.iter().take(nth - 1).any(|earlier| earlier.key == *key) {
            return invalid(format!("the key of tag {nth} is that of an earlier one"));
        }
        tags.insert(key.to_string(), value.to_string());
    }
    match tags.len() {
        0..=TAGS => Ok(tags),
        count => invalid(format!("the object would have {count} tags, at most {TAGS} are allowed")),
    }
}

/// What comes of a directive that no page documents.
pub(super) fn unknown(directive: &Directive) -> TaskError {
    let message = format!("the directive {directive} is none of Copy, Replaced and Add");
    TaskError::new("InvalidArgument", 400, message)
}

use cos_batch::{BucketArn, ObjectArn, RoleArn, UserArn};
use proptest::prelude::*;

use super::ids::{DIGITS, app_id, region, uin};
use super::texts::{chars, filling, fitting, parsed, text, xml_text};

/// The most bytes of a resource's name.
const MOST: usize = 1024;

/// A bucket, in either form
pub fn bucket_arn() -> impl Strategy<Value = BucketArn<'static>> {
    parsed(bucket())
}

/// An object, in either form; in one of eight cases as long as it may be
pub fn object_arn() -> impl Strategy<Value = ObjectArn<'static>> {
    parsed(long(bucket().prop_map(|bucket| bucket + "/")))
}

/// A role; in one of eight cases as long as it may be
pub fn role_arn() -> impl Strategy<Value = RoleArn<'static>> {
    parsed(long(uin().prop_map(|uin| format!("qcs::cam::uin/{uin}:roleName/"))))
}

/// A user
pub fn user_arn() -> impl Strategy<Value = UserArn<'static>> {
    let user = text(chars(DIGITS), 1, 24);
    parsed((uin(), user).prop_map(|(owner, user)| format!("qcs::cam::uin/{owner}:uin/{user}")))
}

fn bucket() -> impl Strategy<Value = String> {
    let name = text(chars("abcxyzABC0189-._"), 1, 24);
    (region(), app_id(), any::<bool>(), name)
        .prop_map(|(region, app_id, owned, name)| {
            let owner = if owned { format!("uid/{app_id}") } else { String::new() };
            format!("qcs::cos:{region}:{owner}:{name}-{app_id}")
        })
        .boxed()
}

/// A name with a word behind it, of 1024 bytes at most.
fn long(start: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    let parts = (start, xml_text(1, 24), 0..8_u8);
    let name = parts.prop_map(|(start, word, draw)| {
        let left = MOST - start.len();
        start + &if draw == 0 { filling(&word, left) } else { fitting(word, left) }
    });
    name.boxed()
}

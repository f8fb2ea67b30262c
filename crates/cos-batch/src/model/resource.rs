//! Resource names: `qcs::…`
//!
//! They are kept in the form in which they were read: both forms of a bucket occur, sometimes
//! within one document.

use super::{AppId, Region};
use crate::value::{ValueError, text_newtype};

text_newtype! {
    /// A bucket: `qcs::cos:<region>:uid/<appid>:<bucket>` or `qcs::cos:<region>::<bucket>`
    ///
    /// At most 1024 bytes. The bucket's name ends in the APPID, `name-1250000000`.
    ///
    /// ```
    /// use cos_batch::BucketArn;
    ///
    /// let arn: BucketArn<'_> = "qcs::cos:ap-chengdu::src-1250000000".try_into()?;
    /// assert_eq!((arn.region(), arn.bucket()), ("ap-chengdu", "src-1250000000"));
    /// let arn = BucketArn::new(&"ap-chengdu".parse()?, &"1250000000".parse()?, "src-1250000000")?;
    /// assert_eq!(arn.as_str(), "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000");
    /// # Ok::<(), cos_batch::ValueError>(())
    /// ```
    pub struct BucketArn<'a>(
        "a bucket such as qcs::cos:ap-chengdu:uid/1250000000:name-1250000000",
        |text| matches!(cos(text), Some(Cos { key: None, .. }))
    );
}

text_newtype! {
    /// An object: a bucket's name, `/` and the object's key
    ///
    /// The key may hold `/` and `:`. At most 1024 bytes in all.
    pub struct ObjectArn<'a>(
        "an object such as qcs::cos:ap-chengdu:uid/1250000000:name-1250000000/key",
        |text| matches!(cos(text), Some(Cos { key: Some(_), .. }))
    );
}

text_newtype! {
    /// A role that COS assumes: `qcs::cam::uin/<UIN>:roleName/<role>`, at most 1024 bytes
    pub struct RoleArn<'a>(
        "a role such as qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole",
        |text| cam(text, "roleName/").is_some_and(|(_, role)| is_word(role))
    );
}

text_newtype! {
    /// A user: `qcs::cam::uin/<owner's UIN>:uin/<user's UIN>`, at most 1024 bytes
    pub struct UserArn<'a>(
        "a user such as qcs::cam::uin/100000000001:uin/100000000001",
        |text| cam(text, "uin/").is_some_and(|(_, user)| is_digits(user))
    );
}

impl BucketArn<'static> {
    /// The name of a bucket, in the form that the newer pages have
    ///
    /// # Errors
    ///
    /// [`ValueError`] where the bucket's name is empty or holds what no bucket's name does.
    pub fn new(region: &Region, app_id: &AppId, bucket: &str) -> Result<Self, ValueError> {
        format!("qcs::cos:{region}:uid/{app_id}:{bucket}").parse()
    }
}

impl BucketArn<'_> {
    /// The region that the bucket is in.
    #[must_use]
    pub fn region(&self) -> &str {
        cos(self.as_str()).map_or("", |cos| cos.region)
    }

    /// The bucket's name, which ends in the APPID.
    #[must_use]
    pub fn bucket(&self) -> &str {
        cos(self.as_str()).map_or("", |cos| cos.bucket)
    }

    /// An object in this bucket
    ///
    /// # Errors
    ///
    /// [`ValueError`] where the key is empty or the whole longer than 1024 bytes.
    pub fn object(&self, key: &str) -> Result<ObjectArn<'static>, ValueError> {
        format!("{self}/{key}").parse()
    }
}

impl ObjectArn<'_> {
    /// The region that the bucket is in.
    #[must_use]
    pub fn region(&self) -> &str {
        cos(self.as_str()).map_or("", |cos| cos.region)
    }

    /// The bucket's name, which ends in the APPID.
    #[must_use]
    pub fn bucket(&self) -> &str {
        cos(self.as_str()).map_or("", |cos| cos.bucket)
    }

    /// The object's key.
    #[must_use]
    pub fn key(&self) -> &str {
        cos(self.as_str()).and_then(|cos| cos.key).unwrap_or_default()
    }
}

impl RoleArn<'_> {
    /// The UIN of the account that the role belongs to.
    #[must_use]
    pub fn uin(&self) -> &str {
        cam(self.as_str(), "roleName/").map_or("", |(uin, _)| uin)
    }

    /// The role's name.
    #[must_use]
    pub fn role(&self) -> &str {
        cam(self.as_str(), "roleName/").map_or("", |(_, role)| role)
    }
}

impl UserArn<'_> {
    /// The UIN of the account that the user belongs to.
    #[must_use]
    pub fn owner(&self) -> &str {
        cam(self.as_str(), "uin/").map_or("", |(owner, _)| owner)
    }

    /// The user's UIN.
    #[must_use]
    pub fn uin(&self) -> &str {
        cam(self.as_str(), "uin/").map_or("", |(_, user)| user)
    }
}

/// The parts of a bucket or an object.
struct Cos<'a> {
    region: &'a str,
    bucket: &'a str,
    key: Option<&'a str>,
}

fn cos(text: &str) -> Option<Cos<'_>> {
    let rest = text.strip_prefix("qcs::cos:").filter(|_| text.len() <= 1024)?;
    let (region, rest) = rest.split_once(':')?;
    let (owner, rest) = rest.split_once(':')?;
    let (bucket, key) = match rest.split_once('/') {
        Some((bucket, key)) => (bucket, Some(key)),
        None => (rest, None),
    };
    let owned = owner.is_empty() || owner.strip_prefix("uid/").is_some_and(is_digits);
    let named = !bucket.is_empty()
        && bucket
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    let legal = region.parse::<Region>().is_ok() && owned && named && key.is_none_or(is_word);
    legal.then_some(Cos { region, bucket, key })
}

/// The account's UIN, and what stands behind `kind`.
fn cam<'a>(text: &'a str, kind: &str) -> Option<(&'a str, &'a str)> {
    let rest = text.strip_prefix("qcs::cam::uin/").filter(|_| text.len() <= 1024)?;
    let (uin, rest) = rest.split_once(':')?;
    Some((uin, rest.strip_prefix(kind)?)).filter(|(uin, _)| is_digits(uin))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text that XML carries as it is.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(crate::value::is_xml_char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_begins_at_the_first_slash_and_may_hold_anything() {
        let arn: ObjectArn<'_> = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000/a/b:c 中"
            .try_into()
            .expect("an object");
        assert_eq!((arn.bucket(), arn.key()), ("src-1250000000", "a/b:c 中"));
        assert_eq!(arn.region(), "ap-chengdu");
    }

    #[test]
    fn a_bucket_has_a_region_and_a_name() {
        for text in
            ["qcs::cos:ap-chengdu:uid/1250000000:src-1250000000", "qcs::cos:ap-chengdu::src-1"]
        {
            let arn = BucketArn::try_from(text).expect("a bucket");
            let name = text.rsplit(':').next().unwrap_or_default();
            assert_eq!((arn.region(), arn.bucket()), ("ap-chengdu", name));
        }
    }

    #[test]
    fn what_is_no_resource_is_refused() {
        for text in [
            "",
            "src-1250000000",
            "qcs::cos:ap-chengdu:src-1250000000",
            "qcs::cos::uid/1:src-1",
            "qcs::cos:ap-chengdu:uid/:src-1",
            "qcs::cos:ap-chengdu:uid/x:src-1",
            "qcs::cos:ap-chengdu::",
            "qcs::cos:ap-chengdu::a b",
            "qcs::cos:ap-chengdu::src-1/",
            &format!("qcs::cos:ap-chengdu::src-1/{}", "k".repeat(1024)),
        ] {
            assert!(BucketArn::try_from(text).is_err(), "{text}");
            assert!(ObjectArn::try_from(text).is_err(), "{text}");
        }
        assert!(BucketArn::try_from("qcs::cos:ap-chengdu::src-1/key").is_err());
        assert!(ObjectArn::try_from("qcs::cos:ap-chengdu::src-1").is_err());
        for text in
            ["qcs::cam::uin/1:roleName/", "qcs::cam::uin/x:roleName/r", "qcs::cam::roleName/r"]
        {
            assert!(RoleArn::try_from(text).is_err(), "{text}");
        }
        assert!(UserArn::try_from("qcs::cam::uin/1:uin/x").is_err());
    }

    #[test]
    fn roles_and_users_have_parts() {
        let role: RoleArn<'_> =
            "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".try_into().expect("a role");
        assert_eq!((role.uin(), role.role()), ("100000000001", "COS_Batch_QcsRole"));
        let user: UserArn<'_> = "qcs::cam::uin/1:uin/2".try_into().expect("a user");
        assert_eq!((user.owner(), user.uin()), ("1", "2"));
    }
}

use std::borrow::Cow;

use time::OffsetDateTime;

use super::{Directive, Tag};
use crate::model::{BucketArn, UserArn};
use crate::value::{IntoOwned, closed_list};

/// Copy objects: `COSPutObjectCopy`
///
/// All objects are in one source bucket and go to one destination bucket, in the same region or
/// another; an object has at most 5 GB.
///
/// Pages: [common elements](https://www.tencentcloud.com/document/product/436/33786),
/// [batch copy](https://www.tencentcloud.com/document/product/436/32960).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct PutObjectCopy<'a> {
    /// What becomes of the access control list.
    pub access_control_directive: Option<Directive>,
    /// The grants to set or to add. Whether they and `canned_access_control_list` may both be
    /// given is undocumented.
    #[cfg_attr(feature = "serde", serde(default))]
    pub access_control_grants: Vec<Grant<'a>>,
    /// A ready-made access control list.
    pub canned_access_control_list: Option<CannedAccessControlList>,
    /// Do the next two take effect? `false` by default.
    pub prefix_replace: Option<bool>,
    /// The prefix of a source key that is replaced, at most 1024 bytes; absent is empty.
    pub resources_prefix: Option<Cow<'a, str>>,
    /// What it is replaced by, at most 1024 bytes; absent is empty.
    pub target_key_prefix: Option<Cow<'a, str>>,
    /// Copy only what was modified after this; any other task fails with 412.
    ///
    /// Written as Unix seconds, as the working clients do, and read as a timestamp too.
    #[cfg_attr(feature = "serde", serde(default, with = "time::serde::rfc3339::option"))]
    pub modified_since_constraint: Option<OffsetDateTime>,
    /// Copy only what was not modified after this; any other task fails with 412.
    #[cfg_attr(feature = "serde", serde(default, with = "time::serde::rfc3339::option"))]
    pub un_modified_since_constraint: Option<OffsetDateTime>,
    /// What becomes of the metadata.
    pub metadata_directive: Option<Directive>,
    /// The metadata to set or to add; empty where it is not written.
    #[cfg_attr(feature = "serde", serde(default))]
    pub new_object_metadata: NewObjectMetadata<'a>,
    /// What becomes of the tags.
    pub tagging_directive: Option<Directive>,
    /// The tags to set or to add.
    #[cfg_attr(feature = "serde", serde(default))]
    pub new_object_tagging: Vec<Tag<'a>>,
    /// The class to store the copies in, `STANDARD` by default.
    pub storage_class: Option<StorageClass>,
    /// The bucket that the copies go to.
    pub target_resource: BucketArn<'a>,
}

impl<'a> PutObjectCopy<'a> {
    /// Plain copies into a bucket, with everything else as in the source.
    #[must_use]
    pub fn new(target_resource: BucketArn<'a>) -> Self {
        Self {
            access_control_directive: None,
            access_control_grants: Vec::new(),
            canned_access_control_list: None,
            prefix_replace: None,
            resources_prefix: None,
            target_key_prefix: None,
            modified_since_constraint: None,
            un_modified_since_constraint: None,
            metadata_directive: None,
            new_object_metadata: NewObjectMetadata::default(),
            tagging_directive: None,
            new_object_tagging: Vec::new(),
            storage_class: None,
            target_resource,
        }
    }

    /// The key that an object's copy gets; `None` where no page says: its key does not begin with
    /// `resources_prefix`
    ///
    /// | `resources_prefix` | `target_key_prefix` | the prefix is |
    /// | --- | --- | --- |
    /// | empty | set | added |
    /// | set | set | replaced |
    /// | set | empty | taken off |
    /// | empty | empty | left as it is |
    ///
    /// ```
    /// use cos_batch::PutObjectCopy;
    ///
    /// let mut copy = PutObjectCopy::new("qcs::cos:ap-chengdu::dst-1250000000".try_into()?);
    /// assert_eq!(copy.target_key("picture.jpg").as_deref(), Some("picture.jpg"));
    /// copy.prefix_replace = Some(true);
    /// copy.resources_prefix = Some("pic".into());
    /// copy.target_key_prefix = Some("abc".into());
    /// assert_eq!(copy.target_key("picture.jpg").as_deref(), Some("abcture.jpg"));
    /// assert_eq!(copy.target_key("a/picture.jpg"), None);
    /// # Ok::<(), cos_batch::ValueError>(())
    /// ```
    #[must_use]
    pub fn target_key<'k>(&self, key: &'k str) -> Option<Cow<'k, str>> {
        if self.prefix_replace != Some(true) {
            return Some(Cow::Borrowed(key));
        }
        let rest = key.strip_prefix(self.resources_prefix.as_deref().unwrap_or_default())?;
        match self.target_key_prefix.as_deref().unwrap_or_default() {
            "" => Some(Cow::Borrowed(rest)),
            prefix => Some(Cow::Owned(format!("{prefix}{rest}"))),
        }
    }
}

closed_list! {
    /// A ready-made access control list
    pub enum CannedAccessControlList("an access control list") {
        /// The owner alone.
        Private = "private",
        /// Everybody may read.
        PublicRead = "public-read",
    }
}

closed_list! {
    /// A storage class. Newer classes exist; whether batch takes them is undocumented.
    pub enum StorageClass("a storage class") {
        /// Standard.
        Standard = "STANDARD",
        /// Infrequent access.
        StandardIa = "STANDARD_IA",
    }
}

closed_list! {
    /// How the copies are encrypted by the service
    pub enum SseAlgorithm("an encryption algorithm") {
        /// AES with 256 bits.
        Aes256 = "AES256",
    }
}

/// A right given to a user
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct Grant<'a> {
    /// To whom.
    pub grantee: Grantee<'a>,
    /// Which right.
    pub permission: Permission,
}

impl<'a> Grant<'a> {
    /// A right given to a user.
    #[must_use]
    pub fn new(grantee: Grantee<'a>, permission: Permission) -> Self {
        Self { grantee, permission }
    }
}

/// Who gets a right
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct Grantee<'a> {
    /// A name for people.
    pub display_name: Option<Cow<'a, str>>,
    /// The user.
    pub identifier: UserArn<'a>,
    /// What the identifier is.
    pub type_identifier: GranteeType,
}

impl<'a> Grantee<'a> {
    /// A user, by its resource name.
    #[must_use]
    pub fn new(identifier: UserArn<'a>) -> Self {
        Self { display_name: None, identifier, type_identifier: GranteeType::Id }
    }
}

closed_list! {
    /// What identifies a grantee
    pub enum GranteeType("a grantee's type") {
        /// A resource name.
        Id = "ID",
    }
}

closed_list! {
    /// A right
    pub enum Permission("a permission") {
        /// All of them.
        FullControl = "FULL_CONTROL",
        /// Read.
        Read = "READ",
        /// Write.
        Write = "WRITE",
    }
}

/// The metadata of copies, all of it optional
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct NewObjectMetadata<'a> {
    /// `Cache-Control`.
    pub cache_control: Option<Cow<'a, str>>,
    /// `Content-Disposition`.
    pub content_disposition: Option<Cow<'a, str>>,
    /// `Content-Encoding`.
    pub content_encoding: Option<Cow<'a, str>>,
    /// `Content-Type`.
    pub content_type: Option<Cow<'a, str>>,
    /// `Expires`; its format is undocumented.
    pub http_expires_date: Option<Cow<'a, str>>,
    /// How the copies are encrypted.
    pub sse_algorithm: Option<SseAlgorithm>,
    /// The user's own metadata.
    pub user_metadata: Vec<UserMetadata<'a>>,
}

/// A piece of the user's own metadata
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct UserMetadata<'a> {
    /// Its name. Whether that begins with `x-cos-meta-` is undocumented.
    pub key: Cow<'a, str>,
    /// Its value.
    pub value: Cow<'a, str>,
}

impl<'a> UserMetadata<'a> {
    /// A piece of metadata.
    #[must_use]
    pub fn new(key: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

impl IntoOwned for PutObjectCopy<'_> {
    type Owned = PutObjectCopy<'static>;

    fn into_owned(self) -> PutObjectCopy<'static> {
        PutObjectCopy {
            access_control_directive: self.access_control_directive,
            access_control_grants: self.access_control_grants.into_owned(),
            canned_access_control_list: self.canned_access_control_list,
            prefix_replace: self.prefix_replace,
            resources_prefix: self.resources_prefix.into_owned(),
            target_key_prefix: self.target_key_prefix.into_owned(),
            modified_since_constraint: self.modified_since_constraint,
            un_modified_since_constraint: self.un_modified_since_constraint,
            metadata_directive: self.metadata_directive,
            new_object_metadata: self.new_object_metadata.into_owned(),
            tagging_directive: self.tagging_directive,
            new_object_tagging: self.new_object_tagging.into_owned(),
            storage_class: self.storage_class,
            target_resource: self.target_resource.into_owned(),
        }
    }
}

impl IntoOwned for Grant<'_> {
    type Owned = Grant<'static>;

    fn into_owned(self) -> Grant<'static> {
        let Grantee { display_name, identifier, type_identifier } = self.grantee;
        let (display_name, identifier) = (display_name.into_owned(), identifier.into_owned());
        Grant {
            grantee: Grantee { display_name, identifier, type_identifier },
            permission: self.permission,
        }
    }
}

impl IntoOwned for NewObjectMetadata<'_> {
    type Owned = NewObjectMetadata<'static>;

    fn into_owned(self) -> NewObjectMetadata<'static> {
        NewObjectMetadata {
            cache_control: self.cache_control.into_owned(),
            content_disposition: self.content_disposition.into_owned(),
            content_encoding: self.content_encoding.into_owned(),
            content_type: self.content_type.into_owned(),
            http_expires_date: self.http_expires_date.into_owned(),
            sse_algorithm: self.sse_algorithm,
            user_metadata: self.user_metadata.into_owned(),
        }
    }
}

impl IntoOwned for UserMetadata<'_> {
    type Owned = UserMetadata<'static>;

    fn into_owned(self) -> UserMetadata<'static> {
        let (key, value) = (IntoOwned::into_owned(self.key), IntoOwned::into_owned(self.value));
        UserMetadata { key, value }
    }
}

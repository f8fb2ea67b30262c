use std::borrow::Cow;

use super::ObjectArn;
use crate::value::{IntoOwned, closed_list};

/// The list of objects that a job works on
///
/// Page: [common elements](https://www.tencentcloud.com/document/product/436/33786).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct Manifest<'a> {
    /// Where the list is.
    pub location: ManifestLocation<'a>,
    /// What it looks like.
    pub spec: ManifestSpec,
}

impl<'a> Manifest<'a> {
    /// A hand-made list: CSV with these columns, among them `Bucket` and `Key`.
    #[must_use]
    pub fn csv(location: ManifestLocation<'a>, fields: impl Into<Vec<ManifestField>>) -> Self {
        let format = ManifestFormat::CosBatchOperationsCsvV1;
        Self { location, spec: ManifestSpec { fields: fields.into(), format } }
    }

    /// The list of an inventory: `location` is its `manifest.json`, which knows the columns.
    #[must_use]
    pub fn inventory(location: ManifestLocation<'a>) -> Self {
        let format = ManifestFormat::CosInventoryReportCsvV1;
        Self { location, spec: ManifestSpec { fields: Vec::new(), format } }
    }
}

/// Where a manifest is
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct ManifestLocation<'a> {
    /// Its ETag, 1 to 1024 bytes, with the quotes it was given with or without. Compare it with
    /// one pair of quotes taken off.
    pub etag: Cow<'a, str>,
    /// The object that holds it.
    pub object_arn: ObjectArn<'a>,
    /// The version of the object, 1 to 1024 bytes.
    pub object_version_id: Option<Cow<'a, str>>,
}

impl<'a> ManifestLocation<'a> {
    /// The newest version of an object.
    #[must_use]
    pub fn new(object_arn: ObjectArn<'a>, etag: impl Into<Cow<'a, str>>) -> Self {
        Self { etag: etag.into(), object_arn, object_version_id: None }
    }
}

/// What a manifest looks like
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct ManifestSpec {
    /// The columns, in order. Needed for `COSBatchOperations_CSV_V1`, absent for an inventory.
    #[cfg_attr(feature = "serde", serde(default))]
    pub fields: Vec<ManifestField>,
    /// The format.
    pub format: ManifestFormat,
}

closed_list! {
    /// The format of a manifest
    pub enum ManifestFormat("a manifest format") {
        /// CSV made by hand, with the columns that the job names.
        CosBatchOperationsCsvV1 = "COSBatchOperations_CSV_V1",
        /// The CSV files of an inventory, found through its `manifest.json`.
        CosInventoryReportCsvV1 = "COSInventoryReport_CSV_V1",
    }
}

closed_list! {
    /// A column of a manifest
    pub enum ManifestField("a column of a manifest") {
        /// A column that nobody reads.
        Ignore = "Ignore",
        /// The bucket's name, with the APPID.
        Bucket = "Bucket",
        /// The object's key.
        Key = "Key",
        /// The object's version.
        VersionId = "VersionId",
    }
}

impl IntoOwned for Manifest<'_> {
    type Owned = Manifest<'static>;

    fn into_owned(self) -> Manifest<'static> {
        Manifest { location: self.location.into_owned(), spec: self.spec }
    }
}

impl IntoOwned for ManifestLocation<'_> {
    type Owned = ManifestLocation<'static>;

    fn into_owned(self) -> ManifestLocation<'static> {
        ManifestLocation {
            etag: IntoOwned::into_owned(self.etag),
            object_arn: self.object_arn.into_owned(),
            object_version_id: self.object_version_id.into_owned(),
        }
    }
}

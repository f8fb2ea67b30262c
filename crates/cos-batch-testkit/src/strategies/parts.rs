use std::borrow::Cow;

use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Manifest, ManifestField, ManifestFormat, ManifestLocation, Report, ReportFormat, ReportScope,
    Tag,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::ids::{listed_or, unlisted};
use super::resources::{bucket_arn, object_arn};
use super::texts::{bounded_text, optional_text, parsed};

/// A whole second in UTC of the years 0 to 9999
pub fn timestamp() -> impl Strategy<Value = OffsetDateTime> {
    const FIRST: i64 = -62_167_219_200;
    const LAST: i64 = 253_402_300_799;
    prop_oneof![
        4 => 1_500_000_000..1_900_000_000_i64,
        2 => FIRST..=LAST,
        1 => select(vec![FIRST, -1, 0, LAST]),
    ]
    .prop_map(|seconds| OffsetDateTime::from_unix_timestamp(seconds).expect("in its range"))
}

/// A manifest: made by hand with the columns that it needs, of an inventory with columns or
/// without, or of a format on no list
pub fn manifest() -> impl Strategy<Value = Manifest<'static>> {
    prop_oneof![
        3 => (location(), columns()).prop_map(|(location, fields)| Manifest::csv(location, fields)),
        1 => location().prop_map(Manifest::inventory),
        1 => (location(), fields(), inventory_format()).prop_map(|(location, fields, format)| {
            let mut manifest = Manifest::inventory(location);
            (manifest.spec.fields, manifest.spec.format) = (fields, format);
            manifest
        }),
    ]
    .boxed()
}

fn inventory_format() -> impl Strategy<Value = ManifestFormat> {
    prop_oneof![Just(ManifestFormat::CosInventoryReportCsvV1), parsed(unlisted())]
}

fn location() -> impl Strategy<Value = ManifestLocation<'static>> {
    (object_arn(), bounded_text(1024), optional_text(1024)).prop_map(
        |(object_arn, etag, version)| {
            let mut location = ManifestLocation::new(object_arn, etag);
            location.object_version_id = version;
            location
        },
    )
}

fn fields() -> impl Strategy<Value = Vec<ManifestField>> {
    vec(listed_or(ManifestField::LISTED), 0..4)
}

/// `Bucket` and `Key` somewhere among other columns.
fn columns() -> impl Strategy<Value = Vec<ManifestField>> {
    fields()
        .prop_map(|fields| [vec![ManifestField::Bucket, ManifestField::Key], fields].concat())
        .prop_shuffle()
}

/// A report: one that is wanted with all that it needs, or one that is not wanted with some of it
pub fn report() -> impl Strategy<Value = Report<'static>> {
    let parts = (listed_or(ReportFormat::LISTED), optional_text(256));
    let wanted = (bucket_arn(), listed_or(ReportScope::LISTED), parts).prop_map(
        |(bucket, scope, (format, prefix))| {
            let mut report = Report::new(bucket, scope);
            (report.format, report.prefix) = (Some(format), prefix);
            report
        },
    );
    let left_out = (any::<bool>(), any::<bool>(), any::<bool>());
    (wanted, option::weighted(0.4, left_out))
        .prop_map(|(mut report, unwanted)| {
            if let Some((has_bucket, has_format, has_scope)) = unwanted {
                report.enabled = false;
                report.bucket = report.bucket.filter(|_| has_bucket);
                report.format = report.format.filter(|_| has_format);
                report.report_scope = report.report_scope.filter(|_| has_scope);
            }
            report
        })
        .boxed()
}

/// A tag: a key, and a value that may be empty
pub fn tag() -> impl Strategy<Value = Tag<'static>> {
    (bounded_text(127), optional_text(255))
        .prop_map(|(key, value)| Tag::new(key, value.unwrap_or(Cow::Borrowed(""))))
        .boxed()
}

mod manifest;

use std::path::{Path, PathBuf};

use cos_batch::{
    BucketArn, CreateJob, Directive, JobOperation, ManifestField, ManifestFormat, PutObjectCopy,
    Tag,
};

use crate::arguments::Global;
use crate::config::Config;
use crate::failure::{Failure, Kind};
use crate::talk::Warning;

/// Looks at a job before it is sent: errors end it, the rest is said.
pub(super) fn check(
    create: &CreateJob,
    list: Option<&Path>,
    global: &Global,
) -> Result<(), Failure> {
    let mut found = Found::default();
    if let Err(error) = create.to_xml() {
        found.error(error.to_string());
    }
    spec(create, &mut found);
    operation(create, &mut found);
    account(create, global, &mut found)?;
    if let Some(list) = list {
        manifest::check(create, list, global, &mut found)?;
    }
    let talk = global.output.talk();
    for odd in &found.odd {
        talk.warning(Warning::ODD_JOB, odd, "look at it again; it is sent all the same");
    }
    if found.errors.is_empty() {
        return Ok(());
    }
    let failure = Failure::new(Kind::BAD_PREFLIGHT, "the job would not do what it is to do");
    let failure = found.errors.into_iter().fold(failure, Failure::fact);
    Err(failure.fact("nothing was sent").help("mend it and try again"))
}

/// A file that can be read more than once.
pub(super) fn file(name: &str) -> Result<PathBuf, String> {
    match name {
        "" | "-" => Err("expected a file: it is read twice".to_owned()),
        name => Ok(name.into()),
    }
}

#[derive(Default)]
struct Found {
    errors: Vec<String>,
    odd: Vec<String>,
}

impl Found {
    fn error(&mut self, error: impl Into<String>) {
        self.errors.push(error.into());
    }

    fn odd(&mut self, odd: impl Into<String>) {
        self.odd.push(odd.into());
    }
}

fn spec(create: &CreateJob, found: &mut Found) {
    let (location, spec) = (&create.manifest.location, &create.manifest.spec);
    let is_json = location.object_arn.key().ends_with(".json");
    match spec.format {
        ManifestFormat::CosBatchOperationsCsvV1 => {
            for column in [ManifestField::Bucket, ManifestField::Key] {
                if spec.fields.iter().filter(|field| **field == column).count() > 1 {
                    found.error(format!("the manifest has several columns {column}"));
                }
            }
            if is_json {
                found.odd("the manifest is to be CSV, and its key ends in .json");
            }
        }
        ManifestFormat::CosInventoryReportCsvV1 if !is_json => {
            found
                .odd("the manifest is to be that of an inventory, and its key is no manifest.json");
        }
        _ => {}
    }
}

fn operation(create: &CreateJob, found: &mut Found) {
    match &create.operation {
        JobOperation::PutObjectCopy(copy) => self::copy(copy, create, found),
        JobOperation::PutObjectTagging(tagging) => {
            if tagging.tag_set.is_empty() {
                found.error("there is no tag to set");
            }
            tags(&tagging.tag_set, found);
        }
        _ => {}
    }
}

fn copy(copy: &PutObjectCopy<'_>, create: &CreateJob, found: &mut Found) {
    let given = |prefix: &Option<_>| prefix.is_some();
    let prefixes = given(&copy.resources_prefix) || given(&copy.target_key_prefix);
    match (copy.prefix_replace == Some(true), prefixes) {
        (false, true) => found.error("prefixes take effect only where PrefixReplace is true"),
        (true, false) => found.odd("PrefixReplace is true, and there is no prefix"),
        _ => {}
    }
    // The list is often where its objects are.
    let list = &create.manifest.location.object_arn;
    let target = &copy.target_resource;
    if !prefixes && (list.region(), list.bucket()) == (target.region(), target.bucket()) {
        found.odd("copies go to the bucket that the manifest is in, under the keys they have");
    }
    let needs_tags = matches!(copy.tagging_directive, Some(Directive::Replaced | Directive::Add));
    if needs_tags && copy.new_object_tagging.is_empty() {
        found.error("TaggingDirective wants tags, and there is none");
    }
    tags(&copy.new_object_tagging, found);
}

/// An object has at most 10 tags, with keys of 1 to 127 bytes and values of at most 255.
fn tags(tags: &[Tag<'_>], found: &mut Found) {
    if tags.len() > 10 {
        found.error(format!("{} tags, and an object has at most 10", tags.len()));
    }
    for tag in tags {
        if !(1..=127).contains(&tag.key.len()) {
            found.error(format!("a tag's key has {} bytes, not 1 to 127", tag.key.len()));
        }
        if tag.value.len() > 255 {
            found.error(format!("a tag's value has {} bytes, more than 255", tag.value.len()));
        }
    }
}

/// Do names and account belong together? The docs know of other accounts' buckets too.
fn account(create: &CreateJob, global: &Global, found: &mut Found) -> Result<(), Failure> {
    if global.target.is_local() {
        return Ok(());
    }
    let config = Config::new(&global.target, global.output.talk().quietly());
    if let Some(uin) = config.uin()?
        && create.role_arn.uin() != uin.value.as_str()
    {
        found.odd(format!(
            "the role is that of {}, and you are {}",
            create.role_arn.uin(),
            uin.value
        ));
    }
    let Some(app_id) = config.app_id()? else { return Ok(()) };
    let mut buckets = vec![("manifest", create.manifest.location.object_arn.bucket())];
    buckets.extend(create.report.bucket.as_ref().map(|it| ("report", BucketArn::bucket(it))));
    for (what, bucket) in buckets {
        if !bucket.ends_with(&format!("-{}", app_id.value)) {
            found.odd(format!("the {what}'s bucket {bucket} does not end in -{}", app_id.value));
        }
    }
    Ok(())
}

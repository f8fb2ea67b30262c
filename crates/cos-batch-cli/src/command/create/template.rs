use clap::{Args, ValueEnum};
use cos_batch::{
    ClientRequestToken, CreateJob, Directive, ExpirationInDays, InitiateRestoreObject,
    JobOperation, JobTier, Manifest, ManifestField, ManifestLocation, Priority, PutObjectCopy,
    PutObjectTagging, Report, ReportScope, RoleArn, StorageClass, Tag,
};

use super::place::Place;
use crate::arguments::Global;
use crate::failure::{Failure, Kind};

/// A job that is described by flags
#[derive(Args, Debug)]
#[group(id = "flags", conflicts_with = "file")]
#[command(next_help_heading = "The job, in place of a file")]
pub(super) struct Template {
    /// What it does
    #[arg(
        long = "template",
        value_name = "WHAT",
        id = "template",
        required = false,
        requires_all = ["manifest", "etag", "role_arn", "priority"]
    )]
    kind: Kinds,

    /// The list of its objects, cos://BUCKET/KEY
    #[arg(long, value_name = "PLACE", required = false)]
    manifest: Place,

    /// The list's ETag
    #[arg(long, value_name = "E", required = false)]
    etag: String,

    /// The list's columns
    #[arg(
        long,
        value_name = "A,B[,…]",
        value_delimiter = ',',
        default_value = "Bucket,Key",
        value_parser = field
    )]
    fields: Vec<ManifestField>,

    /// Where its report goes, cos://BUCKET/PREFIX; no report without it
    #[arg(long, value_name = "PLACE")]
    report: Option<Place>,

    /// Which tasks the report shows
    #[arg(long, value_name = "WHICH", default_value = "all", requires = "report")]
    report_scope: Scope,

    /// The role that COS assumes, qcs::cam::uin/UIN:roleName/ROLE
    #[arg(long, value_name = "ARN", required = false)]
    role_arn: RoleArn<'static>,

    /// How urgent it is, 0 to 2147483647: larger runs first
    #[arg(long, value_name = "N", required = false)]
    priority: Priority,

    /// A note for people; at most 256 bytes
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// copy: where the copies go, cos://BUCKET or, with a prefix before each key, cos://BUCKET/PREFIX
    #[arg(long, value_name = "PLACE")]
    to: Option<Place>,

    /// copy: what is taken off the front of each key
    #[arg(long, value_name = "PREFIX", requires = "to")]
    strip_prefix: Option<String>,

    /// copy: the copies' storage class
    #[arg(long, value_name = "CLASS", requires = "to")]
    storage_class: Option<StorageClass>,

    /// restore: for how many days, 1 to 365 [default: 1]
    #[arg(long, value_name = "N")]
    days: Option<ExpirationInDays>,

    /// restore: how fast, Bulk or Standard [default: Standard]
    #[arg(long, value_name = "TIER", value_parser = tier)]
    tier: Option<JobTier>,

    /// tagging: a tag to set; repeat it for several
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag)]
    tag: Vec<Tag<'static>>,

    /// tagging: keep the tags that are there
    #[arg(long, requires = "tag")]
    add_tags: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kinds {
    Copy,
    Restore,
    Delete,
    Tagging,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Scope {
    All,
    Failed,
}

impl Template {
    pub(super) fn job(
        &self,
        token: ClientRequestToken<'static>,
        global: &Global,
    ) -> Result<CreateJob, Failure> {
        let list = self.manifest.object(global)?;
        let manifest =
            Manifest::csv(ManifestLocation::new(list, self.etag.clone()), self.fields.clone());
        let operation = self.operation(global)?;
        let report = self.report(global)?;
        let role = self.role_arn.clone();
        let mut create = CreateJob::new(token, manifest, operation, self.priority, report, role);
        create.description = self.description.clone().map(Into::into);
        Ok(create)
    }

    fn operation(&self, global: &Global) -> Result<JobOperation<'static>, Failure> {
        self.check()?;
        Ok(match (self.kind, &self.to) {
            (Kinds::Copy, Some(to)) => {
                JobOperation::PutObjectCopy(Box::new(self.copy(to, global)?))
            }
            (Kinds::Copy, None) => {
                return Err(Failure::new(Kind::BAD_JOB, "a copy needs a bucket to go to")
                    .help("name it with --to"));
            }
            (Kinds::Restore, _) => {
                let days = self.days.unwrap_or(ExpirationInDays::MIN);
                let tier = self.tier.clone().unwrap_or(JobTier::Standard);
                JobOperation::InitiateRestoreObject(InitiateRestoreObject::new(days, tier))
            }
            (Kinds::Delete, _) => JobOperation::DeleteObject,
            (Kinds::Tagging, _) if self.tag.is_empty() => {
                return Err(
                    Failure::new(Kind::BAD_JOB, "no tag is given").help("give one with --tag")
                );
            }
            (Kinds::Tagging, _) => {
                let directive = if self.add_tags { Directive::Add } else { Directive::Replaced };
                let tagging = PutObjectTagging::new(directive, self.tag.clone());
                JobOperation::PutObjectTagging(tagging)
            }
        })
    }

    /// What belongs to another kind of job would be lost.
    fn check(&self) -> Result<(), Failure> {
        let flags = [
            ("--to", self.to.is_some(), matches!(self.kind, Kinds::Copy)),
            ("--days", self.days.is_some(), matches!(self.kind, Kinds::Restore)),
            ("--tier", self.tier.is_some(), matches!(self.kind, Kinds::Restore)),
            ("--tag", !self.tag.is_empty(), matches!(self.kind, Kinds::Tagging)),
        ];
        match flags.iter().find(|(_, given, belongs)| *given && !belongs) {
            Some((flag, ..)) => {
                let message = format!("{flag} does not belong to this kind of job");
                Err(Failure::new(Kind::BAD_JOB, message).help("leave it out"))
            }
            None => Ok(()),
        }
    }

    fn copy(&self, to: &Place, global: &Global) -> Result<PutObjectCopy<'static>, Failure> {
        let mut copy = PutObjectCopy::new(to.bucket(global)?);
        let added = Some(to.key.clone()).filter(|prefix| !prefix.is_empty());
        if added.is_some() || self.strip_prefix.is_some() {
            copy.prefix_replace = Some(true);
            copy.resources_prefix = self.strip_prefix.clone().map(Into::into);
            copy.target_key_prefix = added.map(Into::into);
        }
        copy.storage_class.clone_from(&self.storage_class);
        Ok(copy)
    }

    /// A report to nowhere is one to where the list is, and is not enabled.
    fn report(&self, global: &Global) -> Result<Report<'static>, Failure> {
        let scope = match self.report_scope {
            Scope::All => ReportScope::AllTasks,
            Scope::Failed => ReportScope::FailedTasksOnly,
        };
        let place = self.report.as_ref();
        let mut report = Report::new(place.unwrap_or(&self.manifest).bucket(global)?, scope);
        report.enabled = place.is_some();
        report.prefix = place
            .map(|place| place.key.trim_end_matches('/').to_owned())
            .filter(|prefix| !prefix.is_empty())
            .map(Into::into);
        Ok(report)
    }
}

fn field(name: &str) -> Result<ManifestField, String> {
    match name.parse() {
        Ok(field) if ManifestField::LISTED.contains(&field) => Ok(field),
        _ => Err("expected Bucket, Key, VersionId or Ignore".to_owned()),
    }
}

fn tier(name: &str) -> Result<JobTier, String> {
    match name.parse() {
        Ok(tier) if JobTier::LISTED.contains(&tier) => Ok(tier),
        _ => Err("expected Bulk or Standard".to_owned()),
    }
}

fn tag(text: &str) -> Result<Tag<'static>, String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok(Tag::new(key.to_owned(), value.to_owned()))
}

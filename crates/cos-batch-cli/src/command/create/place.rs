use std::str::FromStr;

use cos_batch::{BucketArn, ObjectArn, Region, ValueError};

use crate::arguments::Global;
use crate::config::Config;
use crate::failure::{Failure, Kind};

/// The region of the local service's sample jobs.
const LOCAL_REGION: &str = "ap-chengdu";

/// A bucket, perhaps with a key or a prefix: `cos://src-1250000000/m.csv`, or the service's name of
/// it, `qcs::cos:ap-chengdu::src-1250000000/m.csv`
#[derive(Clone, Debug)]
pub(super) struct Place {
    named: Named,
    /// What stands behind the bucket, maybe nothing.
    pub(super) key: String,
}

#[derive(Clone, Debug)]
enum Named {
    /// In the region that is configured.
    Here(String),
    Whole(BucketArn<'static>),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (place, is_url) = match text.strip_prefix("cos://") {
            Some(place) => (place, true),
            None => (text, false),
        };
        let (bucket, key) = place.split_once('/').unwrap_or((place, ""));
        let illegal = |error: ValueError| error.to_string();
        let named = match is_url {
            true => arn(&"ap-chengdu".parse().map_err(illegal)?, bucket)
                .map(|_| Named::Here(bucket.to_owned()))?,
            false => Named::Whole(bucket.parse().map_err(|_| EXPECTED.to_owned())?),
        };
        Ok(Self { named, key: key.to_owned() })
    }
}

const EXPECTED: &str = "expected cos://BUCKET/KEY or qcs::cos:REGION::BUCKET/KEY, where the \
    bucket's name ends in the APPID";

/// The service's name of a bucket whose own name ends in its APPID.
fn arn(region: &Region, bucket: &str) -> Result<BucketArn<'static>, String> {
    let app_id = bucket.rsplit_once('-').and_then(|(_, app_id)| app_id.parse().ok());
    let app_id = app_id.ok_or_else(|| EXPECTED.to_owned())?;
    BucketArn::new(region, &app_id, bucket).map_err(|_| EXPECTED.to_owned())
}

impl Place {
    pub(super) fn bucket(&self, global: &Global) -> Result<BucketArn<'static>, Failure> {
        match &self.named {
            Named::Whole(bucket) => Ok(bucket.clone()),
            Named::Here(bucket) => arn(&here(bucket, global)?, bucket)
                .map_err(|error| Failure::new(Kind::BAD_PARAMETER, error)),
        }
    }

    pub(super) fn object(&self, global: &Global) -> Result<ObjectArn<'static>, Failure> {
        self.bucket(global)?.object(&self.key).map_err(|error| {
            Failure::new(Kind::BAD_PARAMETER, format!("no object is named: {error}"))
                .help("name its key too, as cos://BUCKET/KEY")
        })
    }
}

/// The region that buckets are in unless they say another.
fn here(bucket: &str, global: &Global) -> Result<Region, Failure> {
    let found = match global.target.is_local() {
        true => LOCAL_REGION.parse().ok(),
        false => Config::new(&global.target, global.output.talk().quietly())
            .region()?
            .map(|found| found.value),
    };
    found.ok_or_else(|| {
        Failure::new(Kind::NO_REGION, format!("nothing says which region cos://{bucket} is in"))
            .help(format!("set COSBATCH_REGION, or name it as qcs::cos:REGION::{bucket}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_two_forms() {
        let place: Place = "cos://src-1250000000/m/list.csv".parse().expect("a place");
        assert!(matches!(&place.named, Named::Here(bucket) if bucket == "src-1250000000"));
        assert_eq!(place.key, "m/list.csv");
        let place: Place = "qcs::cos:ap-beijing::dst-1250000000/a/".parse().expect("a place");
        assert!(matches!(&place.named, Named::Whole(arn) if arn.region() == "ap-beijing"));
        assert_eq!(place.key, "a/");
        for text in ["", "src-1250000000/m", "cos://", "cos:///k", "cos://src/k", "cos://a b-1/k"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }
}

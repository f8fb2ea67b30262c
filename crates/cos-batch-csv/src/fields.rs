use std::fmt;
use std::str::FromStr;

use cos_batch::{ManifestField, ValueError};

/// The columns of a manifest, in their order: the `Fields` of the job
///
/// Bucket and Key are among them, nothing but Ignore stands twice, and all are documented. As a text they are joined
/// by commas; spaces around a name are taken.
///
/// ```
/// use cos_batch_csv::{ManifestField, ManifestFields};
///
/// let fields = ManifestFields::new([ManifestField::Bucket, ManifestField::Key])?;
/// assert_eq!("Bucket, Key".parse(), Ok(fields.clone()));
/// assert_eq!(fields.to_string(), "Bucket,Key");
/// # Ok::<(), cos_batch::ValueError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ManifestFields {
    fields: Box<[ManifestField]>,
    bucket: usize,
    key: usize,
    version_id: Option<usize>,
}

impl ManifestFields {
    /// These columns, in this order
    ///
    /// # Errors
    ///
    /// Where Bucket or Key is not among them, where one but Ignore stands twice, and where a column
    /// is one that no page documents: nobody knows what is in it.
    pub fn new(fields: impl Into<Box<[ManifestField]>>) -> Result<Self, ValueError> {
        let fields = fields.into();
        let is_documented = |field| ManifestField::LISTED.contains(field);
        let once = |sought| {
            let mut places = fields.iter().enumerate().filter(|&(_, field)| *field == sought);
            match (places.next(), places.next()) {
                (None, _) => Ok(None),
                (Some((place, _)), None) => Ok(Some(place)),
                (Some(_), Some(_)) => Err(()),
            }
        };
        match (
            once(ManifestField::Bucket),
            once(ManifestField::Key),
            once(ManifestField::VersionId),
        ) {
            (Ok(Some(bucket)), Ok(Some(key)), Ok(version_id))
                if fields.iter().all(is_documented) =>
            {
                Ok(Self { bucket, key, version_id, fields })
            }
            _ => {
                let expected = "Bucket and Key once each, VersionId at most once, and Ignore";
                Err(ValueError::new(expected, &joined(&fields)))
            }
        }
    }

    /// The columns, in their order.
    #[must_use]
    pub fn as_slice(&self) -> &[ManifestField] {
        &self.fields
    }

    /// The place of Bucket, counted from 0.
    pub(crate) fn bucket(&self) -> usize {
        self.bucket
    }

    /// The place of Key, counted from 0.
    pub(crate) fn key(&self) -> usize {
        self.key
    }

    /// The place of VersionId, counted from 0.
    pub(crate) fn version_id(&self) -> Option<usize> {
        self.version_id
    }
}

impl FromStr for ManifestFields {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let fields = text.split(',').map(|name| name.trim().parse());
        Self::new(fields.collect::<Result<Box<_>, _>>()?)
    }
}

impl fmt::Display for ManifestFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&joined(&self.fields))
    }
}

fn joined(fields: &[ManifestField]) -> String {
    fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_and_key_are_required_and_only_ignore_may_stand_twice() {
        for legal in ["Bucket,Key", "Key,Bucket,VersionId", "Ignore,Bucket,Ignore,Key,Ignore"] {
            assert_eq!(legal.parse::<ManifestFields>().expect(legal).to_string(), legal);
        }
        for illegal in [
            "",
            "Bucket",
            "Key,VersionId",
            "Bucket,Key,Key",
            "Bucket,Bucket,Key",
            "Bucket,Key,Size",
        ] {
            assert!(illegal.parse::<ManifestFields>().is_err(), "{illegal:?}");
        }
        let twice = "Bucket,Key,VersionId,VersionId".parse::<ManifestFields>();
        let error = twice.expect_err("VersionId twice");
        assert_eq!(
            error.to_string(),
            "expected Bucket and Key once each, VersionId at most once, and Ignore, \
             found \"Bucket,Key,VersionId,VersionId\"",
        );
    }
}

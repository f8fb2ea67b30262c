use std::borrow::Cow;

use crate::value::IntoOwned;

/// What the service tells of a job and no page documents: elements, kept as they were written
///
/// Made only by reading, so that none of them has a documented name and each is well-formed. A map
/// has them by name, and so has their JSON: the text of an element that holds nothing else, and of
/// any other the markup.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use cos_batch::{ListJobs, Limits, Operation};
///
/// let reply: cos_batch::http::Response<&[u8]> = cos_batch::http::Response::new(b"<ListJobsResult>
///   <Jobs>
///     <member>
///       <Colour>red</Colour>
///       <CreationTime>2019-12-19T18:00:30Z</CreationTime>
///       <JobId>53dc6228</JobId>
///       <Operation>COSDeleteObject</Operation>
///       <Priority>10</Priority>
///       <Size unit='cm'>7</Size>
///       <Status>Active</Status>
///     </member>
///   </Jobs>
/// </ListJobsResult>");
/// let mut page = ListJobs::decode_response(&reply, &Limits::default())?;
/// let unknown = page.jobs.remove(0).unknown;
/// assert_eq!(unknown.xml(), "<Colour>red</Colour><Size unit='cm'>7</Size>");
/// let by_name = BTreeMap::from(unknown);
/// assert_eq!(by_name["Colour"], "red");
/// assert_eq!(by_name["Size"], "<Size unit='cm'>7</Size>");
/// # Ok::<(), cos_batch::ReplyError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(into = "ByName", try_from = "ByName"))]
pub struct UnknownFields<'a> {
    xml: Cow<'a, str>,
}

#[cfg(feature = "serde")]
type ByName = std::collections::BTreeMap<String, String>;

impl<'a> UnknownFields<'a> {
    /// Adds an element that a reader has read.
    pub(crate) fn push(&mut self, xml: &'a str) {
        if self.is_empty() {
            self.xml = Cow::Borrowed(xml);
        } else {
            self.xml.to_mut().push_str(xml);
        }
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.xml.is_empty()
    }

    /// The elements, one next to the other.
    #[must_use]
    pub fn xml(&self) -> &str {
        &self.xml
    }
}

impl IntoOwned for UnknownFields<'_> {
    type Owned = UnknownFields<'static>;

    fn into_owned(self) -> UnknownFields<'static> {
        UnknownFields { xml: IntoOwned::into_owned(self.xml) }
    }
}

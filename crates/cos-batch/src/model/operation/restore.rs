use crate::model::ExpirationInDays;
use crate::value::closed_list;

/// Restore archived objects: `COSInitiateRestoreObject`
///
/// Run again on restored objects it renews their copies' lifetime. The job ends when all requests
/// are sent; nobody tells when an object is restored.
///
/// Page: [batch restore](https://www.tencentcloud.com/document/product/436/34075).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct InitiateRestoreObject {
    /// How many days the restored copies live.
    pub expiration_in_days: ExpirationInDays,
    /// How fast.
    pub job_tier: JobTier,
}

impl InitiateRestoreObject {
    /// A restoration for some days.
    #[must_use]
    pub fn new(expiration_in_days: ExpirationInDays, job_tier: JobTier) -> Self {
        Self { expiration_in_days, job_tier }
    }
}

closed_list! {
    /// How fast archived objects are restored
    pub enum JobTier("a restore tier") {
        /// Slow, for many.
        Bulk = "Bulk",
        /// The standard way.
        Standard = "Standard",
    }
}

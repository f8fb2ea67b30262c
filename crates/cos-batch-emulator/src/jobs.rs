use cos_batch::JobSummary;
use cos_batch::time::OffsetDateTime;

/// How many sample jobs an emulator has unless told.
pub const SAMPLE_JOBS: usize = 48;

/// Jobs as an operator may have them
#[must_use]
pub fn sample_jobs(now: OffsetDateTime, count: usize) -> Vec<JobSummary<'static>> {
    (0..count)
        .filter_map(|n| {
            let n = u64::try_from(n).ok()?;
            let mut id = format!(
                "{:016x}{:016x}",
                crate::ids::mixed(0xc05, 2 * n),
                crate::ids::mixed(0xc05, 2 * n + 1)
            );
            for at in [8, 13, 18, 23] {
                id.insert(at, '-');
            }
            Some(JobSummary::new(
                id.parse().ok()?,
                cos_batch::OperationName::CosPutObjectCopy,
                "10".parse().ok()?,
                cos_batch::JobStatus::Active,
                now,
            ))
        })
        .collect()
}

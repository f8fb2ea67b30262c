//! A service of a test's own, with the sample jobs

use cos_batch::{JobStatus, JobSummary, ListJobs, Operation, Signer};
use cos_batch_emulator::{Account, Builder, Clock, Emulator};
use cos_batch_ureq::Client;

use crate::support::{Cosbatch, SECRET_ID, SECRET_KEY, TOKEN, cosbatch};

/// A service, and whoever may ask it
pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
}

impl Stage {
    /// The clock stands still: no job moves by itself.
    pub(crate) fn still() -> Self {
        Self::of(Emulator::builder().clock(Clock::Manual))
    }

    /// The same, and this goes wrong.
    pub(crate) fn with_faults(faults: &str) -> Self {
        let faults = faults.parse().expect("faults");
        Self::of(Emulator::builder().clock(Clock::Manual).faults(faults))
    }

    pub(crate) fn of(builder: Builder) -> Self {
        let account = Account::new(SECRET_ID, SECRET_KEY).and_then(|it| it.with_token(TOKEN));
        let emulator = builder.account(account.expect("an account")).start();
        Self { emulator: emulator.expect("a free port") }
    }

    pub(crate) fn cosbatch(&self, arguments: &str) -> Cosbatch {
        cosbatch(arguments)
            .env("COSBATCH_ENDPOINT", format!("http://{}", self.emulator.address()))
            .env("COSBATCH_APP_ID", "1250000000")
            .env("TENCENTCLOUD_TOKEN", TOKEN)
            .credentials(SECRET_ID, SECRET_KEY)
    }

    fn client(&self) -> Client {
        Client::new(self.emulator.endpoint(), Signer::new(self.emulator.credentials()))
    }

    pub(crate) fn call<O: Operation>(&self, call: O) -> O::Output<'static> {
        self.client().call(call).expect("an answer")
    }

    pub(crate) fn jobs(&self) -> Vec<JobSummary<'static>> {
        self.call(ListJobs::new()).jobs
    }

    /// The ids of the jobs in this status.
    pub(crate) fn ids(&self, status: JobStatus) -> Vec<String> {
        let jobs = self.jobs().into_iter().filter(|job| job.status == status);
        jobs.map(|job| job.job_id.to_string()).collect()
    }

    /// The id of one of them.
    pub(crate) fn id(&self, status: JobStatus) -> String {
        self.ids(status).swap_remove(0)
    }

    /// A job's status.
    pub(crate) fn status(&self, id: &str) -> Option<JobStatus> {
        self.jobs().into_iter().find(|job| job.job_id.as_str() == id).map(|job| job.status)
    }
}

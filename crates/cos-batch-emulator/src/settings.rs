use std::time::Duration;

use cos_batch::VerifyPolicy;

use crate::work::Imagined;

/// How the service behaves where it may behave in several ways
///
/// | setting | unless told | documented |
/// | --- | --- | --- |
/// | `verify.skew` | 900 seconds | no, our choice |
/// | `verify.strict` | off | no, our choice: the docs require no header to be signed |
/// | `body_limit` | 1 MiB | that there is one; not which |
/// | `require_content_md5` | off | the newer page requires it, older ones recommend it |
/// | `by_app_id` | off | no, our choice |
/// | `job_limit` | none | that there is one; not which |
/// | `listed_for` | 90 days | yes |
/// | `always_next_token` | off | no, our choice: the docs can be read either way |
/// | `describe_token` | on | in a table of the docs, and in none of their samples |
/// | `ended_is_gone` | off | both answers are documented |
/// | `delete_running` | off | no, our choice |
/// | `token_kept` | 48 hours | no, our choice |
/// | `kept_for` | 90 days | no, our choice |
/// | `suspended_for` | for ever | no, our choice |
/// | `status_lasts` | 100 milliseconds | no, of the emulator only |
/// | `jobs_at_once` | 1 | no, our choice |
/// | `tasks_per_turn` | 1000 | no, of the emulator only |
/// | `runner` | imagined | no, of the emulator only |
/// | `imagined` | some hundred tasks, 100 in a second | no, of the emulator only |
/// | `seed` | 0 | no, of the emulator only |
///
/// All durations but those of `verify` are measured by the jobs' clock.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// What is demanded of a signature.
    pub verify: VerifyPolicy,
    /// The largest body of a request, in bytes; a larger one is refused with `XMLSizeLimit`, 400.
    pub body_limit: usize,
    /// Refuse a body without `Content-MD5`, with `MissingContentMD5`, 400. One that is given is
    /// held against the body in any case.
    pub require_content_md5: bool,
    /// Whoever names an APPID sees and changes the jobs created with it alone, and a token is
    /// unique among those. Otherwise all jobs are everybody's, whatever the APPID.
    pub by_app_id: bool,
    /// How many jobs there may be that have not ended, before CreateJob is refused with
    /// `TooManyJobs`, 500.
    pub job_limit: Option<usize>,
    /// How long after its creation a job is listed.
    ///
    /// Page: [managing jobs](https://www.tencentcloud.com/document/product/436/32961).
    pub listed_for: Duration,
    /// Give the last job's id as `NextToken` on the last page too, as the docs' wording has it. By
    /// default the last page has none, as their template has it. A page without jobs never has
    /// one.
    pub always_next_token: bool,
    /// Does DescribeJob show the `ClientRequestToken`?
    pub describe_token: bool,
    /// UpdateJobStatus on a job that has ended is refused with `NoSuchJob`, 404, instead of
    /// `InvalidRequest`, 400.
    pub ended_is_gone: bool,
    /// DeleteJob takes any job. Otherwise one that has neither ended nor waits for confirmation is
    /// refused with `InvalidRequest`, 400.
    pub delete_running: bool,
    /// How long the token of a job stays used after the job was deleted.
    pub token_kept: Duration,
    /// How long a job is kept after its end; then it is gone as if it were deleted.
    pub kept_for: Duration,
    /// How long a job waits for confirmation before it fails; `None` for as long as it takes.
    pub suspended_for: Option<Duration>,
    /// How long a job stays in a status at least, unless a request moves it, so that each can be
    /// seen.
    pub status_lasts: Duration,
    /// How many jobs run at once. The others wait, and one of a larger priority has the smallest
    /// paused; 0 has all of them wait.
    pub jobs_at_once: usize,
    /// How many tasks are run before their count is looked at: whether more than half failed, and
    /// whether somebody wants the job to stop.
    pub tasks_per_turn: u64,
    /// Who runs the tasks of jobs that are created.
    pub runner: Runner,
    /// What tasks are like that nobody runs.
    pub imagined: Imagined,
    /// What is random follows from it: the ids of jobs and requests, and what is imagined. The same
    /// seed, times and requests give the same replies, byte for byte.
    pub seed: u64,
}

/// Who runs the tasks of a job
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Runner {
    /// Nobody: time passes, and tasks are counted.
    #[default]
    Imagined,
    /// Whoever takes the [`work`](crate::work) that the engine hands out.
    Outside,
}

const HOUR: Duration = Duration::from_secs(60 * 60);

impl Default for Settings {
    fn default() -> Self {
        Self {
            verify: VerifyPolicy::default(),
            body_limit: 1024 * 1024,
            require_content_md5: false,
            by_app_id: false,
            job_limit: None,
            listed_for: 90 * 24 * HOUR,
            always_next_token: false,
            describe_token: true,
            ended_is_gone: false,
            delete_running: false,
            token_kept: 48 * HOUR,
            kept_for: 90 * 24 * HOUR,
            suspended_for: None,
            status_lasts: Duration::from_millis(100),
            jobs_at_once: 1,
            tasks_per_turn: 1000,
            runner: Runner::Imagined,
            imagined: Imagined::default(),
            seed: 0,
        }
    }
}

#![no_main]

use std::sync::LazyLock;

use cos_batch::time::OffsetDateTime;
use cos_batch_emulator::{Account, Engine, SAMPLE_JOBS, Settings, sample_jobs};
use cos_batch_testkit::oracle;

static ACCOUNT: LazyLock<Account> = LazyLock::new(Account::default);

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut engine = Engine::new(Settings::default());
    engine.add_account(ACCOUNT.clone());
    let now = OffsetDateTime::from_unix_timestamp(oracle::NOW).unwrap();
    sample_jobs(now, SAMPLE_JOBS).into_iter().for_each(|job| engine.add_job(job));
    engine
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // Each input meets the same jobs.
    let mut engine = ENGINE.clone();
    oracle::server(data, ACCOUNT.credentials(), |request, now| engine.handle(request, now));
});

//! 64 clients at once on 10,000 jobs that are kept in a folder
//!
//! For two seconds, unless `LOAD_SECONDS` says how many; `just load` runs it for a minute, optimised,
//! and prints what it saw.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use cos_batch::http::{Response, StatusCode};
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    CreateJob, DeleteJob, DescribeJob, Endpoint, IntoOwned, JobId, JobOperation, Limits, ListJobs,
    Manifest, ManifestField, ManifestLocation, Operation, Report, ReportScope, Signer,
    UpdateJobPriority,
};
use cos_batch_emulator::{Emulator, Settings, sample_jobs};

const CLIENTS: usize = 64;
const JOBS: usize = 10_000;
/// More than the process may take, whatever is asked of it.
const MOST_MEMORY_KIB: u64 = 512 * 1024;

/// One connection, which is kept, and what it has seen.
struct Client {
    connection: BufReader<TcpStream>,
    endpoint: Endpoint,
    signer: Signer,
    latencies: Vec<Duration>,
}

impl Client {
    fn new(emulator: &Emulator) -> Self {
        let stream = TcpStream::connect(emulator.address()).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self {
            connection: BufReader::with_capacity(1 << 16, stream),
            endpoint: emulator.endpoint(),
            signer: Signer::new(emulator.credentials()),
            latencies: Vec::new(),
        }
    }

    /// Anything but a good answer ends the test.
    fn call<O: Operation>(&mut self, call: &O) -> O::Output<'static> {
        let mut request = call.encode_request(&self.endpoint).unwrap();
        self.signer.sign(&mut request, OffsetDateTime::now_utc()).unwrap();
        let target = request.uri().path_and_query().unwrap();
        let mut bytes = format!("{} {target} HTTP/1.1\r\n", request.method()).into_bytes();
        for (name, value) in request.headers() {
            bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        bytes.extend(b"\r\n");
        bytes.extend(request.body());
        let begun = Instant::now();
        self.connection.get_mut().write_all(&bytes).unwrap();
        let (status, body) = self.reply();
        self.latencies.push(begun.elapsed());
        let mut reply = Response::new(body.as_slice());
        *reply.status_mut() = status;
        O::decode_response(&reply, &Limits::default())
            .unwrap_or_else(|error| panic!("{}: {error}", O::NAME))
            .into_owned()
    }

    fn reply(&mut self) -> (StatusCode, Vec<u8>) {
        let (mut status, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            self.connection.read_line(&mut line).unwrap();
            let line = line.trim_end();
            match (status, line.split_once(": ")) {
                (None, _) => status = Some(line.split(' ').nth(1).unwrap().parse().unwrap()),
                (Some(_), Some(("content-length", it))) => length = it.parse().unwrap(),
                (Some(_), Some(_)) => {}
                (Some(status), None) => {
                    let mut body = vec![0; length];
                    self.connection.read_exact(&mut body).unwrap();
                    return (status, body);
                }
            }
        }
    }
}

fn create(token: &str) -> CreateJob {
    let bucket = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000";
    let list = format!("{bucket}/list.csv").parse().unwrap();
    let mut create = CreateJob::new(
        token.parse().unwrap(),
        Manifest::csv(
            ManifestLocation::new(list, "15150651828fa9cdcb8356b6d1c7638b"),
            [ManifestField::Bucket, ManifestField::Key],
        ),
        JobOperation::DeleteObject,
        10.try_into().unwrap(),
        Report::new(bucket.parse().unwrap(), ReportScope::AllTasks),
        "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse().unwrap(),
    );
    create.confirmation_required = Some(true);
    create
}

/// A job comes and goes, and others are looked at.
fn work(client: &mut Client, number: usize, ids: &[JobId<'static>], until: Instant) {
    let mut n = 0;
    while Instant::now() < until {
        let id = |n: usize| ids[(number * 7919 + n * 104_729) % ids.len()].clone();
        let mut list = ListJobs::new();
        list.max_results = Some(100.try_into().unwrap());
        list.next_token = Some(id(n).as_str().parse().unwrap());
        assert!(client.call(&list).jobs.len() <= 100);
        for m in 0..3 {
            assert_eq!(client.call(&DescribeJob::new(id(n + m))).job.job_id, id(n + m));
        }
        let job_id = client.call(&create(&format!("{number}-{n}"))).job_id;
        let priority = u32::try_from(n % 1000).unwrap().try_into().unwrap();
        client.call(&UpdateJobPriority::new(job_id.clone(), priority));
        assert_eq!(client.call(&DescribeJob::new(job_id.clone())).job.priority, priority);
        client.call(&DeleteJob::new(job_id));
        n += 1;
    }
}

/// The memory of this process at its largest, in KiB, where the system tells it.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn sixty_four_clients_are_all_served() {
    let seconds = env::var("LOAD_SECONDS").map_or(2, |seconds| seconds.parse().expect("a number"));
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    settings.delete_running = true;
    let jobs = sample_jobs(OffsetDateTime::now_utc(), JOBS);
    let ids: Vec<_> = jobs.iter().map(|job| job.job_id.clone()).collect();
    let builder = Emulator::builder().settings(settings).data(folder.path()).jobs(jobs);
    let emulator = builder.start().unwrap();
    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let mut latencies: Vec<_> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (emulator, ids) = (&emulator, &ids);
                scope.spawn(move || {
                    let mut client = Client::new(emulator);
                    work(&mut client, number, ids, until);
                    client.latencies
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().expect("no error")).collect()
    });
    let took = begun.elapsed();
    latencies.sort_unstable();
    let at = |percent: usize| latencies[(latencies.len() - 1) * percent / 100];
    println!(
        "{} requests of {CLIENTS} clients on {JOBS} jobs in {took:.1?}: {:.0} a second; half within \
         {:.1?}, 99 % within {:.1?}, all within {:.1?}; {} KiB at most",
        latencies.len(),
        latencies.len() as f64 / took.as_secs_f64(),
        at(50),
        at(99),
        at(100),
        memory().unwrap_or_default(),
    );
    assert!(latencies.len() > CLIENTS * 8);
    assert!(memory().is_none_or(|kib| kib < MOST_MEMORY_KIB), "{:?}", memory());

    // Whoever comes after the storm finds what was there before it, page by page.
    let mut client = Client::new(&emulator);
    let (mut listed, mut list, mut pages) = (0, ListJobs::new(), 0);
    loop {
        let page = client.call(&list);
        (listed, pages) = (listed + page.jobs.len(), pages + 1);
        match page.next_token {
            Some(token) => list.next_token = Some(token),
            None => break,
        }
    }
    assert_eq!((listed, pages), (JOBS, 10));
}

//! Several regions at a time: each is a service of its own, by its own name, over TLS

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cos_batch::time::OffsetDateTime;
use cos_batch_emulator::{Builder, Clock, Emulator, sample_jobs};
use insta::assert_snapshot;
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::stage::Stage;
use crate::support::{Cosbatch, SECRET_ID, SECRET_KEY, TOKEN, cosbatch};

/// Regions with a service each, and a proxy that speaks TLS for them under their real names
struct Country {
    regions: Vec<(&'static str, Stage)>,
    proxy: SocketAddr,
    folder: TempDir,
    _runtime: Runtime,
}

impl Country {
    fn of(regions: impl IntoIterator<Item = (&'static str, Builder)>) -> Self {
        let regions: Vec<_> =
            regions.into_iter().map(|(name, builder)| (name, Stage::of(builder))).collect();
        let services: Vec<_> =
            regions.iter().map(|(name, it)| (host(name), it.emulator.address())).collect();
        let names: Vec<_> = services.iter().map(|(host, _)| host.clone()).collect();
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        let text = BASE64_STANDARD.encode(made.cert.der());
        let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        std::fs::write(folder.path().join("ca.pem"), pem).expect("a file");

        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .expect("a certificate");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let proxy = listener.local_addr().expect("an address");
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, acceptor.clone(), services.clone()));
            }
        });
        Self { regions, proxy, folder, _runtime: runtime }
    }

    fn certificates(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// `cosbatch list` in all regions.
    fn list(&self, arguments: &str) -> Cosbatch {
        let names: Vec<_> = self.regions.iter().map(|(name, _)| *name).collect();
        let names = names.join(",");
        let account = format!("--uin 100000000001 --app-id 1250000000 --region {names}");
        cosbatch(&format!("list {account} --retries 0 {arguments}"))
            .env("HTTPS_PROXY", format!("http://{}", self.proxy))
            .env("SSL_CERT_FILE", self.certificates())
            .credentials(SECRET_ID, SECRET_KEY)
            .env("TENCENTCLOUD_TOKEN", TOKEN)
    }

    /// The regions and the ids of all jobs.
    fn jobs(&self) -> Vec<(String, String)> {
        let of = |(name, stage): &(&str, Stage)| {
            let name = (*name).to_owned();
            let jobs = stage.jobs().into_iter();
            jobs.map(move |job| (name.clone(), job.job_id.to_string())).collect::<Vec<_>>()
        };
        let mut jobs: Vec<_> = self.regions.iter().flat_map(of).collect();
        jobs.sort();
        jobs
    }
}

fn host(region: &str) -> String {
    format!("100000000001.cos-control.{region}.myqcloud.com")
}

/// Leads one connection to the service whose name it asks for.
async fn tunnel(
    mut stream: TcpStream,
    acceptor: TlsAcceptor,
    services: Vec<(String, SocketAddr)>,
) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let host = head.strip_prefix("CONNECT ")?.split(':').next()?;
    let (_, service) = services.iter().find(|(name, _)| name == host)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
    let mut plain = acceptor.accept(stream).await.ok()?;
    let mut service = TcpStream::connect(service).await.ok()?;
    // How it ends is the client's affair.
    copy_bidirectional(&mut plain, &mut service).await.ok().map(drop)
}

/// A service with so many jobs.
fn with_jobs(count: usize) -> Builder {
    Emulator::builder().clock(Clock::Manual).jobs(sample_jobs(OffsetDateTime::now_utc(), count))
}

/// A service that fails at this page.
fn failing(from: u32) -> Builder {
    let faults =
        format!("[[fault]]\ncall = \"ListJobs\"\nnth = {from}\nlost = \"request\"\nstatus = 503\n");
    with_jobs(5).faults(faults.parse().expect("faults"))
}

fn two() -> Country {
    Country::of([("ap-chengdu", with_jobs(5)), ("ap-beijing", with_jobs(3))])
}

#[test]
fn jobs_of_all_regions_are_one_listing() {
    let country = two();
    let expected = country.jobs();
    assert_eq!(expected.len(), 8);

    let ran = country.list("-o table --page-size 2").env("COLUMNS", "100").run();
    assert_eq!((ran.code, &*ran.stderr), (Some(0), "8 jobs in 5 pages of 2 regions\n"), "{ran:?}");
    let rows: Vec<Vec<_>> =
        ran.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["REGION", "JOB", "ID", "STATUS", "PRI", "PROGRESS", "AGE"]);
    let pair = |row: &Vec<&str>| (row[0].to_owned(), row[1].to_owned());
    let mut listed: Vec<_> = rows[1..].iter().map(pair).collect();
    listed.sort();
    assert_eq!(listed, expected);

    let mut listed: Vec<_> = (country.list("-o jsonl").stdout().lines())
        .map(|line| serde_json::from_str::<Value>(line).expect("an object"))
        .map(|job| {
            [&job["region"], &job["job_id"]].map(|it| it.as_str().expect("a text").to_owned())
        })
        .map(|[region, id]| (region, id))
        .collect();
    listed.sort();
    assert_eq!(listed, expected);

    let tsv = country.list("").stdout();
    let mut listed: Vec<_> = tsv.lines().map(|line| pair(&line.split('\t').collect())).collect();
    listed.sort();
    assert_eq!(listed, expected);
    assert_eq!(country.list("--count").stdout(), "8\n");
    let ran = country.list("-o table --one-page --page-size 3").run();
    assert_eq!(ran.stderr, "6 jobs in 2 pages of 2 regions, and there are more\n");
}

#[test]
#[cfg(unix)]
fn all_regions_have_the_keys_that_were_asked_for_once() {
    let country = two();
    let asked = country.folder.path().join("asked");
    let keys =
        format!(r#"{{"secret_id":"{SECRET_ID}","secret_key":"{SECRET_KEY}","token":"{TOKEN}"}}"#);
    let command = format!("echo x >> {}; echo '{keys}'", asked.display());
    let listed = country.list("--credential-process").arg(command).stdout();
    assert_eq!(listed.lines().count(), 8);
    assert_eq!(std::fs::read_to_string(&asked).expect("a file"), "x\n");
}

#[test]
fn an_order_is_that_of_all_regions() {
    let country = two();
    let created = country.list("--sort created --columns created,region").stdout();
    assert!(created.lines().is_sorted_by_key(|line| line.split('\t').next()), "{created}");
    assert_eq!(created.matches("ap-beijing").count(), 3, "{created}");
}

#[test]
fn what_one_region_has_is_kept_where_another_fails() {
    // Of the third the first page came.
    for (form, lines) in [("table", 8), ("jsonl", 7), ("tsv", 7), ("id", 7)] {
        let country = Country::of([
            ("ap-chengdu", with_jobs(5)),
            ("ap-beijing", failing(1)),
            ("ap-guangzhou", failing(2)),
        ]);
        let ran = country.list(&format!("--page-size 2 -o {form} --log-format json")).fails(7);
        assert_eq!(ran.stdout.lines().count(), lines, "{ran:?}");
        let mut told: Vec<_> = (ran.stderr.lines())
            .map(|line| serde_json::from_str::<Value>(line).expect("an object")["error"].take())
            .map(|error| format!("{} {}", error["host"], error["facts"]))
            .collect();
        told.sort();
        assert_eq!(told.len(), 2, "one line for each that fails: {ran:?}");
        assert!(told[0].contains("ap-beijing") && told[0].contains("nothing was listed"));
        assert!(told[1].contains("ap-guangzhou"), "{told:?}");
        assert!(told[1].contains("the listing is incomplete: 2 jobs of 1 page came"), "{told:?}");
    }
}

#[test]
fn only_certificates_that_are_trusted_are_taken() {
    let country = Country::of([("ap-chengdu", with_jobs(1))]);
    assert_eq!(country.list("").stdout().lines().count(), 1);
    let ran = country.list("").env("SSL_CERT_FILE", "").fails(7);
    ran.says("error[E0701 no-reply]: ListJobs got no reply: no ");
    let run = |file: &str| {
        let path = country.folder.path().join(file);
        let ran = country.list("").env("SSL_CERT_FILE", &path).fails(3);
        ran.screen().replace(&*country.folder.path().display().to_string(), "~")
    };
    assert_snapshot!(run("none.pem"), @"
    error[E0307 bad-file]: ~/none.pem is not there
      SSL_CERT_FILE names it
      help: unset SSL_CERT_FILE, or name a file of certificates in PEM
    ");
    std::fs::write(country.folder.path().join("empty.pem"), "no PEM").expect("a file");
    assert_snapshot!(run("empty.pem"), @r#"
    error[E0307 bad-file]: ~/empty.pem is malformed
      expected certificates in PEM, found "none"
      help: mend the file; cosbatch config doctor checks it
    "#);
    // Where no TLS is spoken, nobody looks.
    let local = cosbatch("list --local --limit 1").env("SSL_CERT_FILE", "/nonexistent");
    assert_eq!(local.stdout().lines().count(), 1);
}

//! cos-batch beside the floors and the peers, in one go
//!
//! `cargo run --release -- [ROUNDS]`: 51 rounds unless told; 1 is a trial that all of it works.
//! Prints tables in Markdown.

mod floors;
mod measure;
mod parsers;
mod signers;

use std::hint::black_box;

use cos_batch_benches::{Call, PAGES, page_of, pages_of, read, read_by_reader};

use measure::{Case, Figures, measure, table};

fn main() {
    let rounds = std::env::args().nth(1).map_or(51, |rounds| rounds.parse().expect("rounds"));
    for (name, layout, content) in PAGES {
        pages(name, &page_of(1000, layout, content), rounds);
    }
    signatures(rounds);
    growth(rounds);
}

fn pages(name: &str, page: &[u8], rounds: usize) {
    // All the way to its end it is plain.
    let odd = [page, b"<!-- -->"].concat();
    let text = std::str::from_utf8(page).unwrap();
    let spans = floors::spans(text);
    agree(page, &odd);
    let cases = [
        Case::new("plain page", || read(page)),
        Case::new("reader", || read_by_reader(page)),
        Case::new("page that falls back at its end", || read(&odd)),
        Case::new("floor: xmlparser drained", || floors::drain(page)),
        Case::new("floor: values of known spans", || floors::values(&spans)),
        Case::new("floor: from_utf8", || std::str::from_utf8(page)),
        Case::new("floor: memchr of each <", || memchr::memchr_iter(b'<', page).count()),
        Case::new("quick-xml, events", || parsers::quick_xml_events(page)),
        Case::new("quick-xml, serde", || parsers::quick_xml_serde::read(page)),
        Case::new("aws-smithy-xml", || parsers::aws_smithy_xml(page)),
        Case::new("roxmltree", || parsers::roxmltree(page)),
    ];
    let to = ["plain page", "reader", "floor: xmlparser drained", "floor: values of known spans"];
    let title = format!("1000 jobs, {name}, {} bytes", page.len());
    table(&title, &measure(&cases, rounds), &to);
}

/// All of them read the same.
fn agree(page: &[u8], odd: &[u8]) {
    let ours = read(page);
    assert_eq!(ours, read_by_reader(page));
    assert_eq!(ours, read(odd));
    assert_eq!(ours.jobs, floors::values(&floors::spans(std::str::from_utf8(page).unwrap())));
    assert_eq!(ours, parsers::quick_xml_events(page));
    assert_eq!(ours, parsers::aws_smithy_xml(page));
    assert_eq!(ours, parsers::roxmltree(page));
    let theirs = parsers::quick_xml_serde::read(page);
    assert_eq!(theirs.next_token.as_deref(), ours.next_token.as_ref().map(|it| it.as_str()));
    assert_eq!(theirs.jobs.member.len(), ours.jobs.len());
    for (their, our) in theirs.jobs.member.iter().zip(&ours.jobs) {
        let progress = our.progress_summary.as_ref().unwrap();
        let counts = their.progress_summary.as_ref().unwrap();
        assert_eq!(their.job_id, our.job_id.as_str());
        assert_eq!(their.creation_time, our.creation_time);
        assert_eq!(their.termination_date, our.termination_date);
        assert_eq!(
            their.description.as_deref().unwrap_or_default(),
            our.description.as_deref().unwrap_or_default()
        );
        assert_eq!(their.status, our.status.as_str());
        assert_eq!(their.operation, our.operation.as_str());
        assert_eq!(their.priority, our.priority.value());
        assert_eq!(counts.number_of_tasks_failed, progress.number_of_tasks_failed);
        assert_eq!(counts.number_of_tasks_succeeded, progress.number_of_tasks_succeeded);
        assert_eq!(counts.total_number_of_tasks, progress.total_number_of_tasks);
    }
}

fn signatures(rounds: usize) {
    let call = Call::new();
    let (reqsign, sigv4) = (signers::Reqsign::new(), signers::AwsSigV4::new());
    let rusty_s3 = signers::RustyS3::new();
    let unsigned = std::cell::RefCell::new(call.build());
    let cases = [
        Case::new("sign", || call.signer.sign(&mut unsigned.borrow_mut(), call.now)),
        Case::new("sign with a key", || call.key.sign(&mut unsigned.borrow_mut(), call.now)),
        Case::new("build", || call.build()),
        Case::new("build and sign", || {
            let mut request = call.build();
            call.signer.sign(&mut request, call.now).unwrap();
            request
        }),
        Case::new("build and sign with a key", || {
            let mut request = call.build();
            call.key.sign(&mut request, call.now).unwrap();
            request
        }),
        Case::new("floor: 12 compressions", || floors::compressions(12)),
        Case::new("floor: 6 compressions", || floors::compressions(6)),
        Case::new("reqsign-tencent-cos", || reqsign.build_and_sign()),
        Case::new("rusty-s3", || rusty_s3.build_and_sign()),
        Case::new("aws-sigv4", || sigv4.build_and_sign()),
    ];
    let to = [
        "floor: 12 compressions",
        "floor: 6 compressions",
        "build and sign",
        "build and sign with a key",
    ];
    table("A ListJobs with three parameters", &measure(&cases, rounds), &to);
}

/// Does the time of a job depend on how many there are? Small pages are many and different: of one
/// that is read again and again the processor learns the branches, the sooner the smaller it is.
fn growth(rounds: usize) {
    const LEAST: usize = 8000;
    let (_, layout, content) = PAGES[0];
    let sizes = [
        (1, "1"),
        (10, "10"),
        (100, "100"),
        (1000, "1000"),
        (10_000, "10000"),
        (100_000, "100000"),
    ];
    let pages: Vec<_> =
        sizes.map(|(jobs, name)| (jobs, name, pages_of(jobs, LEAST, layout, content))).into();
    let read = |pages: &[Vec<u8>]| pages.iter().for_each(|page| drop(black_box(read(page))));
    let cases: Vec<_> =
        pages.iter().map(|(_, name, pages)| Case::new(name, || read(pages))).collect();
    let figures: Vec<Figures> = measure(&cases, rounds.min(21));
    println!("\n### Growth, tabs-mixed, plain page\n");
    println!(
        "| jobs | bytes | least for each job | to 1000 jobs | bytes held at most to the page's |"
    );
    println!("|--:|--:|--:|--:|--:|");
    let each = |at: usize| figures[at].least() / (pages[at].0 * pages[at].2.len()) as f64;
    for (at, (jobs, _, pages)) in pages.iter().enumerate() {
        let page = pages.iter().max_by_key(|page| page.len()).expect("a page");
        let held = figures[at].bytes_most as f64 / page.len() as f64;
        let (time, ratio) = (each(at) * 1e9, each(at) / each(3));
        println!("| {jobs} | {} | {time:.0} ns | {ratio:.2} | {held:.2} |", page.len());
    }
}

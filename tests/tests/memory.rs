//! Whatever is read, it takes memory in proportion to its bytes: at most `FACTOR` times as many, and
//! a little

use std::fs;
use std::path::Path;

use allocation_counter::measure;
use cos_batch::http::{Response, StatusCode};
use cos_batch::{
    CreateJob, DescribeJob, Limits, ListJobs, Operation, UpdateJobPriority, UpdateJobStatus,
};
use cos_batch_testkit::corpus::{Content, Layout, page};
use cos_batch_testkit::oracle::reply_of;

/// A job of a listing has 128 bytes at least and takes 208; of an attribute, which has seven, the name
/// is kept in sixteen, in a list that doubles.
const FACTOR: u64 = 8;

/// What an error and the first of a list take.
const LITTLE: u64 = 4096;

/// The most memory that reading a body takes at any moment, whichever call it answers.
fn peak(status: StatusCode, body: &[u8]) -> u64 {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    let limits = Limits::default();
    let reads: [&dyn Fn(); 6] = [
        &|| drop(ListJobs::decode_response(&reply, &limits)),
        &|| drop(DescribeJob::decode_response(&reply, &limits)),
        &|| drop(CreateJob::decode_response(&reply, &limits)),
        &|| drop(UpdateJobPriority::decode_response(&reply, &limits)),
        &|| drop(UpdateJobStatus::decode_response(&reply, &limits)),
        &|| drop(CreateJob::from_xml(reply.body(), &limits)),
    ];
    reads.iter().map(|read| measure(read).bytes_max).max().unwrap()
}

fn check(name: &str, body: &[u8]) {
    let most = FACTOR * body.len() as u64 + LITTLE;
    for status in [StatusCode::OK, StatusCode::NOT_FOUND] {
        let peak = peak(status, body);
        assert!(peak <= most, "{name} under {status}: {peak} bytes for {}", body.len());
    }
}

#[test]
fn for_every_seed_of_the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/reply");
    let mut seeds = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let seed = fs::read(&path).unwrap();
        check(&path.display().to_string(), reply_of(&seed).0.body());
        seeds += 1;
    }
    assert!(seeds > 20, "{seeds} seeds");
}

#[test]
fn for_pages_of_any_size() {
    for jobs in [0, 1, 10, 1000, 20_000] {
        for content in [Content::Plain, Content::Mixed] {
            check("a page", &page(7, jobs, Layout::Tabs, content));
            check("a page", &page(7, jobs, Layout::Compact, content));
        }
    }
}

#[test]
fn for_documents_made_to_take_much() {
    let many = 200_000;
    let text = |inside: &str| {
        format!("<ListJobsResult><Jobs><member><Description>{inside}</Description></member>")
    };
    let described = |inside: &str| {
        format!("<DescribeJobResult><Job><JobId>a</JobId>{inside}</Job></DescribeJobResult>")
    };
    let listed = |inside: &str| {
        format!("<ListJobsResult><Jobs><member>{inside}</member></Jobs></ListJobsResult>")
    };
    let create = |inside: &str| {
        format!("<CreateJobRequest><Operation>{inside}</Operation></CreateJobRequest>")
    };
    let attributes: String = (0..many / 10).map(|n| format!(" a{n}=''")).collect();
    let bombs = [
        ("depth", "<a>".repeat(many)),
        ("depth of an unknown operation", create(&"<a>".repeat(many))),
        ("attributes", format!("<ListJobsResult{attributes}></ListJobsResult>")),
        ("one attribute", format!("<ListJobsResult a='{}'/>", "x".repeat(many))),
        ("an entity", format!("<!DOCTYPE a [<!ENTITY b '{}'>]><a>&b;</a>", "b".repeat(many))),
        ("references", text(&"&#65;".repeat(many))),
        ("references of one character each", text(&"&lt;".repeat(many))),
        ("an unending reference", text(&format!("&{}", "a".repeat(many)))),
        ("a huge name", format!("<{}>", "n".repeat(many))),
        ("a huge unknown element", format!("<ListJobsResult><a>{}</a>", "x".repeat(many))),
        ("tiny unknown elements of a job", described(&"<a/>".repeat(many))),
        ("tiny unknown elements of a listed job", listed(&"<a/>".repeat(many))),
        ("a huge text", text(&"x".repeat(many))),
        ("a huge text in pieces", text(&"x<![CDATA[y]]><!---->".repeat(many / 10))),
        ("a huge comment", format!("<!--{}--><a/>", "x".repeat(many))),
        (
            "a million tiny members",
            format!("<ListJobsResult><Jobs>{}", "<member/>".repeat(1_000_000)),
        ),
        ("tiny elements", format!("<ListJobsResult>{}", "<a/>".repeat(1_000_000))),
        (
            "tiny failures",
            described(&format!(
                "<FailureReasons>{}</FailureReasons>",
                "<JobFailure/>".repeat(many)
            )),
        ),
        (
            "tiny fields",
            format!(
                "<CreateJobRequest><Manifest><Spec><Fields>{}",
                "<member>Key</member>".repeat(many)
            ),
        ),
        (
            "tiny grants",
            create(&format!(
                "<COSPutObjectCopy><AccessControlGrants>{}",
                "<COSGrant/>".repeat(many)
            )),
        ),
        (
            "tiny tags",
            create(&format!(
                "<COSPutObjectTagging><TagSet>{}</TagSet></COSPutObjectTagging>",
                "<COSTag><Key>k</Key><Value/></COSTag>".repeat(many)
            )),
        ),
        (
            "an unknown operation",
            create(&format!("<New>{}</New>", "<a b='c'>&lt;</a>".repeat(many))),
        ),
        (
            "a message",
            format!("<Error><Code>a</Code><Message>{}</Message></Error>", "&gt;".repeat(many)),
        ),
        ("no document", "x".repeat(many)),
        ("HTML", format!("<html><body>{}", "<hr>".repeat(many))),
        ("blanks", " ".repeat(many)),
    ];
    for (name, bomb) in bombs {
        check(name, bomb.as_bytes());
    }
}

//! Seeds for the fuzz targets, made of the model: every call, every value of every closed list, each element
//! left out
//!
//! `just seeds` writes them below `fuzz/corpus`, where each target has a folder and `reply` is shared by those
//! that read replies. Their names begin with `model-`; the others there are made by hand. A test holds what is
//! there against what is made here.

mod requests;
mod tables;
mod values;

use std::collections::HashSet;

use cos_batch::http::StatusCode;
use cos_batch::xml::Writer;
use cos_batch::{
    CreateJob, CreateJobResult, DescribeJobResult, ErrorCode, JobStatus, ListJobs, ListJobsResult,
    Operation, Priority, ServiceError, UpdateJobPriority, UpdateJobPriorityResult, UpdateJobStatus,
    UpdateJobStatusResult,
};

use crate::corpus::Random;
use crate::oracle;

/// An input that a target begins with
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub struct Seed {
    /// Below `fuzz/corpus`.
    pub folder: &'static str,
    /// Its file.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

/// What the names of seeds made here begin with.
pub const PREFIX: &str = "model-";

impl Seed {
    fn new(folder: &'static str, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let name = format!("{PREFIX}{}", name.to_lowercase().replace([' ', '_'], "-"));
        Self { folder, name, bytes: bytes.into() }
    }
}

/// All of them, in order, each input once.
#[must_use]
pub fn all() -> Vec<Seed> {
    let mut seeds = replies();
    seeds.extend(documents(&seeds));
    seeds.extend(requests::on_the_wire());
    seeds.extend(requests::texts());
    seeds.extend(tables::tables());
    seeds.extend(machines());
    seeds.sort();
    let mut inputs = HashSet::new();
    seeds.retain(|seed| inputs.insert((seed.folder, seed.bytes.clone())));
    seeds
}

/// Answers to each call, jobs in files and refusals: a byte for the status, one for the call, the body.
fn replies() -> Vec<Seed> {
    let mut seeds = Vec::new();
    let mut add = |name: &str, choice: &str, body: Vec<u8>| {
        seeds.push(Seed::new("reply", name, [choice.as_bytes(), &body].concat()));
    };
    for (name, operation) in values::operations() {
        let job = values::described(operation.clone());
        let described = values::must(DescribeJobResult::new(job).to_xml(Writer::new()));
        add(&format!("describe-{name}"), "2D", described);
        let create = values::create(operation);
        add(&format!("job-{name}"), "2J", values::must(create.to_xml()));
    }
    let least = DescribeJobResult::new(values::least());
    add("describe-least", "2D", values::must(least.to_xml(Writer::new())));
    add("describe-indented", "2D", values::must(least.to_xml(Writer::indented())));
    let page = |jobs| {
        let mut page = ListJobsResult::new(jobs);
        page.next_token = Some(values::parsed("a&<中"));
        body::<ListJobs>(&page)
    };
    for (name, jobs) in values::pages() {
        add(&format!("page-{name}"), "2L", page(jobs));
    }
    let one = |status: &JobStatus| page(vec![values::summary(status)]);
    add("page-indented", "2L", spaced(&one(&JobStatus::Active)));
    for (call, document) in [
        ("C", body::<CreateJob>(&CreateJobResult::new(values::parsed("a")))),
        (
            "P",
            body::<UpdateJobPriority>(&UpdateJobPriorityResult::new(
                values::parsed("a"),
                Priority::MAX,
            )),
        ),
        (
            "D",
            values::must(DescribeJobResult::new(values::described_short()).to_xml(Writer::new())),
        ),
        ("L", one(&JobStatus::Active)),
        ("J", values::must(values::create(values::copy_short()).to_xml())),
    ] {
        add(&format!("answer-{call}"), &format!("2{call}"), document.clone());
        for (element, rest) in without_each(&document) {
            add(&format!("answer-{call}-without-{element}"), &format!("2{call}"), rest);
        }
    }
    for status in JobStatus::LISTED {
        let mut result = UpdateJobStatusResult::new(values::parsed("a"), status.clone());
        result.status_update_reason = Some("because".into());
        add(&format!("status-{status}"), "2S", body::<UpdateJobStatus>(&result));
    }
    for code in ErrorCode::LISTED {
        let mut refusal = ServiceError::new(StatusCode::FORBIDDEN, code.clone());
        refusal.message = Some(code.as_str().into());
        add(&format!("refusal-{code}"), "4L", refusal.encode().into_body());
    }
    add("refusal-full", "<X", values::refusal().encode().into_body());
    add("deleted", "0X", Vec::new());
    seeds
}

fn body<O: Operation>(answer: &O::Output<'_>) -> Vec<u8> {
    values::must(O::encode_response(answer)).into_body()
}

/// Space between the tags of a document, but in no element that could be a text.
fn spaced(document: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(document);
    text.replace("><", ">\r\n\t<").replace(">\r\n\t</", "></").into_bytes()
}

/// A document without each of its elements in turn, by name.
fn without_each(document: &[u8]) -> Vec<(String, Vec<u8>)> {
    let text = String::from_utf8_lossy(document);
    let tags = text.split('<').skip(2).filter_map(|tag| tag.split(['>', '/', ' ']).next());
    let mut names: Vec<_> = tags.filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let without = |name: &str| {
        let (start, end) = (text.find(&format!("<{name}>"))?, format!("</{name}>"));
        let behind = text.find(&end)? + end.len();
        Some((name.to_owned(), [text.get(..start)?, text.get(behind..)?].concat().into_bytes()))
    };
    names.into_iter().filter_map(without).collect()
}

/// What is no reply to either reader but a document: the bodies of replies, and all of XML that is allowed.
fn documents(replies: &[Seed]) -> Vec<Seed> {
    let whole = replies.iter().filter(|seed| !seed.name.contains("without"));
    let documents = whole.filter_map(|seed| {
        let body = seed.bytes.get(2..).filter(|body| !body.is_empty())?;
        let (_, name) = seed.name.split_once('-')?;
        (name.contains("copy-0") || name.contains("indented") || name.contains("full"))
            .then(|| Seed::new("xml_diff", name, body))
    });
    let odd = [
        ("references", "<r>&lt;&gt;&amp;&quot;&apos;&#13;&#x4e2d;</r>"),
        ("cdata", "<r>a<![CDATA[<b>&amp;]]>c</r>"),
        ("comments", "<!-- a --><r>b<!-- c -->d</r><!-- e -->"),
        ("instructions", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><r>a<?b c?>d</r>"),
        ("attributes", "<r a=\"1\" b='&lt;'><c d=\"\t\"/></r>"),
        ("prefixes", "<p:r xmlns:p=\"u\"><p:a>b</p:a></p:r>"),
        ("line-ends", "<r>a\r\nb\rc\nd\r</r>"),
        ("mark", "\u{feff}<r> 中\u{10ffff} </r>\n"),
        ("empty", "<r><a/><b></b><c ></c ></r>"),
    ];
    documents.chain(odd.map(|(name, text)| Seed::new("xml_diff", name, text))).collect()
}

/// Each machine without anything odd, and with what random numbers have happen to it.
fn machines() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for which in 0..oracle::MACHINES {
        seeds.push(Seed::new("machine", &format!("{which}"), [which]));
        let mut random = Random::new(which.into());
        for course in 0..4_usize {
            let bytes = (0..40 << course).map(|_| random.byte());
            let bytes: Vec<u8> = [which].into_iter().chain(bytes).collect();
            seeds.push(Seed::new("machine", &format!("{which}-{course}"), bytes));
        }
    }
    seeds
}

//! What cannot be saved: the parts of the work without the rest

use std::borrow::Cow;
use std::hint::black_box;

use cos_batch::date::parse_timestamp;
use cos_batch::{JobSummary, ProgressSummary};

/// Checks UTF-8 and takes every token, as any reader on this tokenizer must.
pub fn drain(page: &[u8]) -> usize {
    let text = std::str::from_utf8(page).unwrap();
    let tokens = xmlparser::Tokenizer::from(text);
    tokens.fold(0, |count, token| count + usize::from(black_box(token).is_ok()))
}

/// Where the values of a job stand.
pub struct Spans<'a> {
    creation_time: &'a str,
    description: Option<&'a str>,
    job_id: &'a str,
    operation: &'a str,
    priority: &'a str,
    failed: &'a str,
    succeeded: &'a str,
    total: &'a str,
    status: &'a str,
    termination_date: Option<&'a str>,
}

/// The values of a page of the corpus, found once.
pub fn spans(page: &str) -> Vec<Spans<'_>> {
    fn value<'a>(job: &'a str, name: &str) -> Option<&'a str> {
        let (_, rest) = job.split_once(&format!("<{name}>"))?;
        rest.split_once('<').map(|(value, _)| value).filter(|value| !value.is_empty())
    }
    let jobs = page.split("<member>").skip(1);
    jobs.map(|job| Spans {
        creation_time: value(job, "CreationTime").unwrap(),
        description: value(job, "Description"),
        job_id: value(job, "JobId").unwrap(),
        operation: value(job, "Operation").unwrap(),
        priority: value(job, "Priority").unwrap(),
        failed: value(job, "NumberOfTasksFailed").unwrap(),
        succeeded: value(job, "NumberOfTasksSucceeded").unwrap(),
        total: value(job, "TotalNumberOfTasks").unwrap(),
        status: value(job, "Status").unwrap(),
        termination_date: value(job, "TerminationDate"),
    })
    .collect()
}

/// Parses values whose places are known: a typed page without a look at its markup.
pub fn values<'a>(spans: &[Spans<'a>]) -> Vec<JobSummary<'a>> {
    let time = |text: &'a str| parse_timestamp(Cow::Borrowed(text)).unwrap();
    let mut jobs = Vec::with_capacity(spans.len());
    jobs.extend(spans.iter().map(|it| {
        let mut job = JobSummary::new(
            it.job_id.try_into().unwrap(),
            it.operation.parse().unwrap(),
            it.priority.parse().unwrap(),
            it.status.parse().unwrap(),
            time(it.creation_time),
        );
        job.description = it.description.map(|text| quick_xml::escape::unescape(text).unwrap());
        let count = |text: &str| text.parse().unwrap();
        job.progress_summary =
            Some(ProgressSummary::new(count(it.succeeded), count(it.failed), count(it.total)));
        job.termination_date = it.termination_date.map(time);
        job
    }));
    jobs
}

/// SHA-1 compressions, each of which needs the one before.
pub fn compressions(count: usize) -> [u32; 5] {
    let mut state = black_box([0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]);
    let block = black_box([0x61; 64]);
    (0..count).for_each(|_| sha1::block_api::compress(&mut state, std::slice::from_ref(&block)));
    state
}

//! Pages as the service writes them, read without a tokenizer
//!
//! A page is plain where it has no other elements than those of the docs, and no markup but their
//! tags. [`page`] gives for it what the [`Reader`](crate::xml::Reader) gives; for every other page,
//! and for every page that is wrong somewhere, it gives nothing, and the reader says what it is.

use std::borrow::Cow;

use time::OffsetDateTime;

use super::ListJobsResult;
use crate::date::{parse_timestamp, plain_timestamp};
use crate::model::{JobId, JobSummary, NextToken, Priority, ProgressSummary, UnknownFields};
use crate::value::{ValueError, parse_count};
use crate::xml::{Limits, Plain};

/// Members seldom take fewer bytes, so that a list for as many as a page can hold of these seldom
/// grows.
const SMALL_MEMBER: usize = 400;

/// The length of the times that the service writes.
const USUAL_TIME: usize = 20;

/// The length of the ids that the service makes, UUIDs.
const USUAL_ID: usize = 36;

/// What an element held: `None` where it was empty. Nothing at all where it was wrong or not plain.
type Held<T> = Option<Option<T>>;

/// Takes a start tag behind its indent, or behind any other white space, or none.
macro_rules! start {
    ($plain:ident, $indent:literal, $name:literal) => {
        $plain.start($indent, concat!($indent, "<", $name, ">"), concat!("<", $name, ">"))
    };
}

/// Reads the elements up to the end tag of their parent, each at most once: in this order, which is
/// the usual one, and where `$any_order` as often in this order as there are some out of it.
///
/// `$indent` is the usual space before each, `$outdent` that before the end tag. A variable becomes
/// `Some` where its element stands.
macro_rules! elements {
    (
        $plain:ident, $any_order:expr, $indent:literal, $outdent:literal, $end:expr;
        $($field:ident = $name:literal, $read:expr;)+
    ) => {
        $(let mut $field = None;)+
        loop {
            let before = $plain.len();
            $(
                if start!($plain, $indent, $name) {
                    if $field.is_some() {
                        return None;
                    }
                    $field = Some($read($plain, concat!("</", $name, ">"))?);
                } else if $plain.take(concat!("<", $name, "/>")) {
                    if $field.is_some() {
                        return None;
                    }
                    $field = Some(None);
                }
            )+
            $plain.space($outdent);
            if $plain.take($end) {
                break;
            }
            if !$any_order || $plain.len() == before {
                return None;
            }
        }
    };
}

/// A page, if it is plain.
pub(super) fn page<'a>(bytes: &'a [u8], limits: &Limits) -> Option<ListJobsResult<'a>> {
    if bytes.len() > limits.bytes {
        return None;
    }
    let mut plain = Plain::new(std::str::from_utf8(bytes).ok()?);
    plain.space("");
    plain.demand("<ListJobsResult>")?;
    let page = result(&mut plain)?;
    plain.space("");
    (plain.len() == 0).then_some(page)
}

fn result<'a>(plain: &mut Plain<'a>) -> Option<ListJobsResult<'a>> {
    elements! { plain, true, "\n\t", "\n", "</ListJobsResult>";
        list = "Jobs", jobs;
        next_token = "NextToken", value::<NextToken<'a>>;
    }
    Some(ListJobsResult {
        jobs: list.flatten().unwrap_or_default(),
        next_token: next_token.flatten(),
    })
}

fn jobs<'a>(page: &mut Plain<'a>, end: &str) -> Held<Vec<JobSummary<'a>>> {
    // A copy of its own, which is kept in registers.
    let plain = &mut { *page };
    let mut jobs = Vec::new();
    while start!(plain, "\n\t\t", "member") {
        if jobs.is_empty() {
            jobs.reserve_exact(1 + plain.len() / SMALL_MEMBER);
        }
        let start = *plain;
        match member::<false>(plain) {
            Some(job) => jobs.push(job),
            None => {
                let (job, behind) = member_in_any_order(start)?;
                jobs.push(job);
                *plain = behind;
            }
        }
    }
    plain.space("\n\t");
    plain.demand(end)?;
    *page = *plain;
    Some(Some(jobs))
}

#[cold]
fn member_in_any_order<'a>(mut plain: Plain<'a>) -> Option<(JobSummary<'a>, Plain<'a>)> {
    let job = member::<true>(&mut plain)?;
    Some((job, plain))
}

// Inline, or each job would be moved once more.
#[inline(always)]
fn member<'a, const ANY_ORDER: bool>(plain: &mut Plain<'a>) -> Option<JobSummary<'a>> {
    elements! { plain, ANY_ORDER, "\n\t\t\t", "\n\t\t", "</member>";
        creation_time = "CreationTime", time;
        description = "Description", text;
        job_id = "JobId", id;
        operation = "Operation", value;
        priority = "Priority", number;
        progress_summary = "ProgressSummary", progress::<ANY_ORDER>;
        status = "Status", value;
        termination_date = "TerminationDate", time;
    }
    Some(JobSummary {
        creation_time: creation_time??,
        description: description.flatten(),
        job_id: job_id??,
        operation: operation??,
        priority: priority??,
        progress_summary: progress_summary.flatten(),
        status: status??,
        termination_date: termination_date.flatten(),
        unknown: UnknownFields::default(),
    })
}

#[inline(always)]
fn progress<'a, const ANY_ORDER: bool>(
    plain: &mut Plain<'a>,
    end: &str,
) -> Held<ProgressSummary<'a>> {
    elements! { plain, ANY_ORDER, "\n\t\t\t\t", "\n\t\t\t", end;
        auto_manifest_status = "AutoManifestStatus", text;
        failed = "NumberOfTasksFailed", count;
        succeeded = "NumberOfTasksSucceeded", count;
        total = "TotalNumberOfTasks", count;
    }
    if auto_manifest_status.is_none() && failed.is_none() && succeeded.is_none() && total.is_none()
    {
        return Some(None);
    }
    Some(Some(ProgressSummary {
        auto_manifest_status: auto_manifest_status.flatten(),
        number_of_tasks_failed: failed??,
        number_of_tasks_succeeded: succeeded??,
        total_number_of_tasks: total??,
    }))
}

#[inline(always)]
fn text<'a>(plain: &mut Plain<'a>, end: &str) -> Held<Cow<'a, str>> {
    parsed(plain, end, Ok)
}

#[inline(always)]
fn value<'a, T>(plain: &mut Plain<'a>, end: &str) -> Held<T>
where
    T: TryFrom<Cow<'a, str>, Error = ValueError>,
{
    parsed(plain, end, T::try_from)
}

#[inline(always)]
fn parsed<'a, T>(
    plain: &mut Plain<'a>,
    end: &str,
    parse: impl FnOnce(Cow<'a, str>) -> Result<T, ValueError>,
) -> Held<T> {
    let text = plain.text(end)?;
    if text.is_empty() { Some(None) } else { parse(text).ok().map(Some) }
}

/// An id: none holds what a text must not, so one of the usual length needs no look at it.
#[inline(always)]
fn id<'a>(plain: &mut Plain<'a>, end: &str) -> Held<JobId<'a>> {
    match plain.split(USUAL_ID, end) {
        Some(id) => JobId::try_from(id).ok().map(Some),
        None => value(plain, end),
    }
}

/// A time, as it is with ids.
#[inline(always)]
fn time(plain: &mut Plain<'_>, end: &str) -> Held<OffsetDateTime> {
    match plain.split(USUAL_TIME, end) {
        Some(time) => match time.as_bytes().try_into().ok().and_then(plain_timestamp) {
            Some(time) => Some(Some(time)),
            None => parse_timestamp(Cow::Borrowed(time)).ok().map(Some),
        },
        None => parsed(plain, end, parse_timestamp),
    }
}

#[inline(always)]
fn number(plain: &mut Plain<'_>, end: &str) -> Held<Priority> {
    match plain.number(end) {
        Some(number) => Priority::try_from(u32::try_from(number).ok()?).ok().map(Some),
        None => value(plain, end),
    }
}

#[inline(always)]
fn count(plain: &mut Plain<'_>, end: &str) -> Held<u64> {
    match plain.number(end) {
        Some(number) => Some(Some(number)),
        None => parsed(plain, end, parse_count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str = "<CreationTime>2019-12-19T11:05:40Z</CreationTime><Description>a&amp;b\r\n\
                       </Description><JobId>a</JobId><Operation>A</Operation><Priority>1</Priority>\
                       <ProgressSummary/><Status>New</Status><TerminationDate/>";

    fn list(member: &str, token: &str) -> String {
        format!("<ListJobsResult><Jobs><member>{member}</member></Jobs>{token}</ListJobsResult>")
    }

    fn is_plain(page: &str) -> bool {
        super::page(page.as_bytes(), &Limits::default()).is_some()
    }

    #[test]
    fn what_the_docs_show_is_plain() {
        let page = list(JOB, "<NextToken>t</NextToken>");
        let swapped = list("", "").replace("<member></member>", "") + "\n";
        for page in [
            page.clone(),
            page.replace("<TerminationDate/>", "<TerminationDate></TerminationDate>"),
            page.replace("><", ">\r\n    <"),
            page.replace("><", ">\n\t\t<"),
            format!("<?xml version='1.0' encoding='utf-8' ?>\n{page}\n"),
            swapped.replace("<Jobs>", "<NextToken>t</NextToken><Jobs>"),
            swapped.replace("<Jobs></Jobs>", "<Jobs/>"),
            swapped.replace("<Jobs></Jobs>", ""),
        ] {
            assert!(is_plain(&page), "{page}");
        }
    }

    #[test]
    fn elements_may_stand_in_any_order_and_once() {
        let leaves: Vec<_> = JOB.split_inclusive('>').collect();
        let mut elements: Vec<String> = Vec::new();
        for part in leaves {
            match elements.last_mut() {
                Some(last) if !last.ends_with("/>") && !last.contains("</") => last.push_str(part),
                _ => elements.push(part.to_owned()),
            }
        }
        assert_eq!(elements.len(), 8);
        for by in 0..8 {
            elements.rotate_left(by);
            assert!(is_plain(&list(&elements.concat(), "")));
            elements.reverse();
            assert!(is_plain(&list(&elements.concat(), "")));
        }
        for element in &elements {
            assert!(!is_plain(&list(&(JOB.to_owned() + element), "")), "{element}");
        }
    }

    #[test]
    fn what_the_reader_must_see_is_not_plain() {
        let page = list(JOB, "");
        for odd in [
            page.replace("<Jobs>", "<Jobs><!-- -->"),
            page.replace("<Jobs>", "<Jobs >"),
            page.replace("<Jobs>", "<Jobs a='b'>"),
            page.replace("<Jobs>", "<Jobs>x"),
            page.replace("a&amp;b", "<![CDATA[a]]>"),
            page.replace("a&amp;b", "]]>"),
            page.replace("a&amp;b", "\u{fffe}"),
            page.replace("a&amp;b", "\u{1}"),
            page.replace("a&amp;b", "&nbsp;"),
            page.replace("<Status>New</Status>", "<Status>New</Status><Colour>red</Colour>"),
            page.replace("<Status>New</Status>", ""),
            page.replace("<Status>New</Status>", "<Status/>"),
            page.replace("<Priority>1", "<Priority>2147483648"),
            page.replace("12-19T", "02-30T"),
            format!("\u{feff}{page}"),
            format!("{page}<a/>"),
            page.trim_end_matches('>').to_owned(),
        ] {
            assert!(!is_plain(&odd), "{odd}");
        }
    }

    #[test]
    fn a_page_over_the_limit_is_not_read() {
        let page = list(JOB, "");
        assert!(super::page(page.as_bytes(), &Limits::bytes(page.len())).is_some());
        assert!(super::page(page.as_bytes(), &Limits::bytes(page.len() - 1)).is_none());
    }
}

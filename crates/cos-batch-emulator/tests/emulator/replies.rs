//! What every reply has, and that a reply can always be made

use cos_batch::http::Request;
use cos_batch::time::OffsetDateTime;
use cos_batch::{ErrorCode, Job, JobOperation, JobStatus, Priority};
use cos_batch_emulator::{Settings, sample_jobs};

use crate::support::*;
use crate::vectors::v1;

#[test]
fn an_answer_has_its_headers() {
    let reply = sample_engine().handle(&v1(), at(START));
    let headers = reply.headers();
    assert_eq!(reply.status(), 200);
    assert_eq!(header(headers, "content-type"), "application/xml");
    assert_eq!(header(headers, "server"), "tencent-cos");
    assert_eq!(header(headers, "date"), "Wed, 15 May 2019 06:46:40 GMT");
    assert!(!header(headers, "x-cos-request-id").is_empty());
    assert!(!headers.contains_key("x-cos-trace-id"));
}

#[test]
fn a_refusal_has_its_headers_and_the_same_in_its_document() {
    let reply = sample_engine().handle(&wire("GET", "/jobs?a=b", &[HOST, APPID]), at(START));
    let error = refused(&reply, 403, ErrorCode::AccessDenied);
    let headers = reply.headers();
    assert_eq!(header(headers, "content-type"), "application/xml");
    assert_eq!(header(headers, "server"), "tencent-cos");
    assert_eq!(header(headers, "date"), "Wed, 15 May 2019 06:46:40 GMT");
    let text = String::from_utf8(reply.body().clone()).unwrap();
    for (name, value) in [
        ("RequestId", header(headers, "x-cos-request-id")),
        ("TraceId", header(headers, "x-cos-trace-id")),
        ("Resource", "/jobs"),
        ("Code", "AccessDenied"),
    ] {
        assert!(text.contains(&format!("<{name}>{value}</{name}>")), "{text}");
    }
    assert_eq!(error.resource.as_deref(), Some("/jobs"));
}

#[test]
fn the_same_seed_gives_the_same_replies() {
    let requests = [v1(), wire("GET", "/jobs", &[]), v1(), signed_get("/nowhere", at(START))];
    let run = |seed| {
        let mut settings = Settings::default();
        settings.seed = seed;
        let mut engine = engine(settings, sample_jobs(at(START), 20));
        let replies = requests.iter().map(|request: &Request<&[u8]>| {
            let reply = engine.handle(request, at(START));
            (reply.headers().clone(), reply.into_body())
        });
        replies.collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(1));
    let (one, other) = (run(1), run(2));
    let mut ids: Vec<_> =
        one.iter().chain(&other).map(|(headers, _)| header(headers, "x-cos-request-id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 8);
}

/// The path is shown as it was signed, decoded; XML cannot carry all that it decodes to.
#[test]
fn a_refusal_can_always_be_written() {
    let everything: String = (0..=255).map(|byte| format!("%{byte:02X}")).collect();
    for path in ["/jobs%00%01", "/%EF%BF%BE%EF%BF%BF%0D%0A%C2%85", "/%FF%FE", &*everything] {
        let target = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let mut request = v1();
        *request.uri_mut() = target.parse().unwrap();
        let reply = sample_engine().handle(&request, at(START));
        let error = refused(&reply, 403, ErrorCode::SignatureDoesNotMatch);
        assert_eq!(error.resource.as_deref(), Some(&*target));
        let format_string = error.format_string.unwrap();
        assert!(format_string.as_str().starts_with("get\n/"), "{format_string:?}");
        assert!(format_string.as_str().contains('\u{fffd}'), "{format_string:?}");
    }
}

/// The documented answer where the reply's XML cannot be made.
#[test]
fn a_job_that_cannot_be_written_is_an_internal_error() {
    let mut job = Job::new(
        "a".parse().unwrap(),
        JobOperation::DeleteObject,
        Priority::MIN,
        JobStatus::New,
        at(START),
    );
    job.description = Some("bell \u{7}".into());
    let reply = engine(Settings::default(), vec![job]).handle(&v1(), at(START));
    refused(&reply, 500, ErrorCode::InternalError);
}

#[test]
fn no_time_is_too_early_or_too_late() {
    let earliest =
        OffsetDateTime::new_utc(cos_batch::time::Date::MIN, cos_batch::time::Time::MIDNIGHT);
    let latest =
        OffsetDateTime::new_utc(cos_batch::time::Date::MAX, cos_batch::time::Time::MIDNIGHT);
    for now in [earliest, OffsetDateTime::UNIX_EPOCH, latest] {
        let mut engine = engine(Settings::default(), sample_jobs(now, 48));
        assert_eq!(engine.handle(&v1(), now).status(), 403);
        let _ = engine.handle(&signed_get("/jobs", now), now);
    }
}

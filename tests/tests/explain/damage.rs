//! A signed request is damaged, a server refuses it, and the damage is named

use super::*;

fn explained(damage: impl FnOnce(&mut Request<()>)) -> Explanation {
    let mut request = signed();
    damage(&mut request);
    let (refusal, explanation) = refused(&request, "SECRETEXAMPLE", now());
    assert_eq!(refusal.code, ErrorCode::SignatureDoesNotMatch);
    explanation
}

fn retarget(request: &mut Request<()>, from: &str, to: &str) {
    let target = request.uri().to_string();
    assert!(target.contains(from), "{target}");
    *request.uri_mut() = target.replacen(from, to, 1).parse().expect("a target");
}

fn header(request: &mut Request<()>, name: &'static str, value: &'static str) {
    request.headers_mut().insert(name, HeaderValue::from_static(value));
}

fn authorization(request: &mut Request<()>, from: &str, to: &str) {
    let text = request.headers()["authorization"].to_str().expect("text");
    assert!(text.contains(from), "{text}");
    let changed = HeaderValue::from_str(&text.replacen(from, to, 1)).expect("a value");
    request.headers_mut().insert("authorization", changed);
}

/// The one part that differs, and why.
#[track_caller]
fn only(explanation: &Explanation, cause: Cause, part: &Part) {
    assert_eq!(explanation.cause, cause, "{explanation}");
    let [difference] = explanation.differences.as_slice() else { panic!("{explanation}") };
    assert_eq!((&difference.part, &difference.cause), (part, &cause), "{explanation}");
    assert!(!explanation.to_string().contains("T0KEN"), "{explanation}");
}

fn parameter(name: &str) -> Part {
    Part::Parameter(name.into())
}

fn named(name: &str) -> Part {
    Part::Header(name.into())
}

#[test]
fn a_plus_that_was_unescaped() {
    let explanation = explained(|it| retarget(it, "%2B", "+"));
    only(&explanation, Cause::PlusForSpace, &parameter("statusupdatereason"));
    let shown = explanation.to_string();
    assert!(shown.contains("\n  ours:   no%20longer%20needed%2B%252F\n"), "{shown}");
    assert!(shown.ends_with("\n  theirs: no%20longer%20needed%20%252F"), "{shown}");
}

#[test]
fn a_space_that_became_a_plus() {
    let explanation = explained(|it| retarget(it, "longer+", "longer%2B"));
    only(&explanation, Cause::PlusForSpace, &parameter("statusupdatereason"));
    let explanation = explained(|it| retarget(it, "a%20b", "a+b"));
    only(&explanation, Cause::PlusForSpace, &Part::Path);
}

#[test]
fn a_port_that_was_changed_or_removed() {
    for host in ["batch.example", "batch.example:443"] {
        let explanation = explained(|it| header(it, "host", host));
        only(&explanation, Cause::HostPort, &named("host"));
    }
}

#[test]
fn a_host_that_was_replaced() {
    let explanation = explained(|it| header(it, "host", "proxy.example:9000"));
    only(&explanation, Cause::Value, &named("host"));
}

#[test]
fn a_host_in_lower_case() {
    let explanation = explained(|it| header(it, "host", "BATCH.example:9000"));
    only(&explanation, Cause::LetterCase, &named("host"));
}

#[test]
fn a_value_that_was_escaped_again_or_decoded() {
    let explanation = explained(|it| retarget(it, "no%20", "no%2520"));
    only(&explanation, Cause::Escapes, &parameter("statusupdatereason"));
    let explanation = explained(|it| retarget(it, "%2B%252F", "%2B%2F"));
    only(&explanation, Cause::Escapes, &parameter("statusupdatereason"));
}

#[test]
fn a_path_that_was_escaped_again_or_decoded() {
    let explanation = explained(|it| retarget(it, "a%20b", "a%2520b"));
    only(&explanation, Cause::Escapes, &Part::Path);
    let explanation = explained(|it| retarget(it, "%252Fc", "%2Fc"));
    only(&explanation, Cause::Escapes, &Part::Path);
}

#[test]
fn a_path_with_a_prefix() {
    let explanation = explained(|it| retarget(it, "/jobs", "/batch/jobs"));
    only(&explanation, Cause::PathPrefix, &Part::Path);
}

#[test]
fn another_path() {
    let explanation = explained(|it| retarget(it, "/status", "/priority"));
    only(&explanation, Cause::Path, &Part::Path);
}

#[test]
fn another_method() {
    let explanation = explained(|it| *it.method_mut() = Method::GET);
    only(&explanation, Cause::Method, &Part::Method);
}

#[test]
fn a_parameter_that_is_gone_or_not_listed() {
    let explanation = explained(|it| retarget(it, "requestedJobStatus=Cancelled&", ""));
    only(&explanation, Cause::Missing, &parameter("requestedjobstatus"));
    let explanation = explained(|it| authorization(it, "-list=requestedjobstatus;", "-list="));
    only(&explanation, Cause::Missing, &parameter("requestedjobstatus"));
}

#[test]
fn a_value_that_was_changed() {
    let explanation = explained(|it| retarget(it, "=Cancelled", "=Ready"));
    only(&explanation, Cause::Value, &parameter("requestedjobstatus"));
    let explanation = explained(|it| retarget(it, "tag=b", "tag=c"));
    only(&explanation, Cause::Value, &parameter("tag"));
    assert_eq!(explanation.differences[0].ours.as_deref(), Some("b"));
    // The value that both have is no difference, whichever side is ahead in order.
    let explanation = explained(|it| retarget(it, "tag=a", "tag=0"));
    only(&explanation, Cause::Value, &parameter("tag"));
    assert_eq!(explanation.differences[0].ours.as_deref(), Some("a"));
    let explanation = explained(|it| retarget(it, "=Cancelled", ""));
    assert!(explanation.to_string().ends_with("\n  theirs: (empty)"), "{explanation}");
}

#[test]
fn a_header_that_is_gone_or_not_listed() {
    let explanation = explained(|it| drop(it.headers_mut().remove("x-cos-appid")));
    only(&explanation, Cause::Missing, &named("x-cos-appid"));
    assert!(explanation.to_string().ends_with("\n  theirs: (absent)"), "{explanation}");
    let explanation = explained(|it| authorization(it, "content-length;", ""));
    only(&explanation, Cause::Missing, &named("content-length"));
}

#[test]
fn a_header_that_was_added_or_is_listed_besides() {
    let explanation = explained(|it| {
        it.headers_mut().append("x-cos-appid", HeaderValue::from_static("1250000001"));
    });
    only(&explanation, Cause::Added, &named("x-cos-appid"));
    let explanation = explained(|it| {
        header(it, "date", "Wed, 15 May 2019 06:46:40 GMT");
        authorization(it, "content-length;", "content-length;date;");
    });
    only(&explanation, Cause::Added, &named("date"));
}

#[test]
fn a_header_whose_space_was_collapsed() {
    let explanation = explained(|it| header(it, "x-cos-meta-x", "some Text"));
    only(&explanation, Cause::Whitespace, &named("x-cos-meta-x"));
}

#[test]
fn another_token_is_not_shown() {
    let explanation = explained(|it| header(it, "x-cos-security-token", "T0KEN-OTHER"));
    only(&explanation, Cause::Value, &named("x-cos-security-token"));
    assert!(explanation.to_string().contains("theirs: … (11 characters)"), "{explanation}");
}

#[test]
fn lists_in_another_order() {
    let explanation =
        explained(|it| authorization(it, "content-length;host", "host;content-length"));
    only(&explanation, Cause::Order, &Part::Headers);
    let explanation = explained(|it| {
        authorization(it, "statusupdatereason;tag;tag", "tag;tag;statusupdatereason");
    });
    only(&explanation, Cause::Order, &Part::Parameters);
}

#[test]
fn changed_times() {
    let explanation = explained(|it| {
        for _ in ["sign-time", "key-time"] {
            authorization(it, "=1557902800;", "=1557902000;");
        }
    });
    only(&explanation, Cause::Times, &Part::Times);
}

#[test]
fn another_key() {
    let (_, explanation) = refused(&signed(), "OTHER", now());
    assert_eq!((explanation.cause, explanation.differences.len()), (Cause::SecretKey, 0));
}

#[test]
fn another_id() {
    let mut request = signed();
    authorization(&mut request, "AKIDEXAMPLE", "AKIDOTHER");
    assert_eq!(refused(&request, "SECRETEXAMPLE", now()).1.cause, Cause::SecretId);
}

#[test]
fn a_clock_that_is_off() {
    let hours =
        |hours: i64| now() + Duration::from_secs(3600) * u32::try_from(hours).expect("hours");
    let early = now() - Duration::from_secs(6 * 3600);
    let (mut refusal, explanation) = refused(&signed(), "SECRETEXAMPLE", early);
    assert_eq!(explanation.cause, Cause::Clock { ahead: None });
    // The three forms in which a time may come.
    for server in ["1557881260", "2019-05-15T00:47:40Z", "Wed, 15 May 2019 00:47:40 GMT"] {
        refusal.server_time = Some(server.into());
        let explanation = explain(&trace(), &refusal);
        let shown = "our clock is about 6 hours ahead of the service's: set the clock";
        assert_eq!(explanation.to_string(), shown, "{server}");
    }
    refusal.server_time = Some("2019-05-15T12:47:40Z".into());
    let shown = explain(&trace(), &refusal).to_string();
    assert_eq!(shown, "our clock is about 6 hours behind the service's: set the clock");
    refusal.server_time = Some("soon".into());
    assert_eq!(explain(&trace(), &refusal).cause, Cause::Clock { ahead: None });

    let (mut refusal, explanation) = refused(&signed(), "SECRETEXAMPLE", hours(3));
    assert_eq!(explanation.cause, Cause::Expired { late: None });
    refusal.server_time = Some(hours(3).unix_timestamp().to_string().into());
    let shown = explain(&trace(), &refusal).to_string();
    assert!(shown.starts_with("the signature's time was over for 2 hours: "), "{shown}");
    // The window ends an hour after it began, 60 seconds before it was signed.
    for (seconds, late) in [(1, "1 seconds"), (119, "119 seconds"), (5400, "90 minutes")] {
        let server = at(1_557_906_400 + seconds).unix_timestamp();
        refusal.server_time = Some(server.to_string().into());
        let shown = explain(&trace(), &refusal).to_string();
        let expected = format!("the signature's time was over for {late}: ");
        assert!(shown.starts_with(&expected), "{shown}");
    }
    refusal.server_time = Some("1557906400".into());
    assert_eq!(explain(&trace(), &refusal).cause, Cause::Expired { late: None });
}

#[test]
fn a_signature_that_nobody_can_compare() {
    let mut request = signed();
    authorization(&mut request, "q-ak", "ak");
    assert_eq!(refused(&request, "SECRETEXAMPLE", now()).1.cause, Cause::Unknown);
    let refusal = ServiceError::new(StatusCode::BAD_REQUEST, ErrorCode::ExpiredToken);
    assert_eq!(explain(&trace(), &refusal).cause, Cause::ExpiredToken);
}

#[test]
fn two_damages_are_both_named() {
    type Damage = (fn(&mut Request<()>), Cause, Part);
    let damages: [Damage; 9] = [
        (|it| *it.method_mut() = Method::PUT, Cause::Method, Part::Method),
        (|it| retarget(it, "/jobs", "/batch/jobs"), Cause::PathPrefix, Part::Path),
        (
            |it| retarget(it, "requestedJobStatus=Cancelled&", ""),
            Cause::Missing,
            parameter("requestedjobstatus"),
        ),
        (|it| retarget(it, "%2B", "+"), Cause::PlusForSpace, parameter("statusupdatereason")),
        (|it| retarget(it, "tag=b", "tag=c"), Cause::Value, parameter("tag")),
        (|it| header(it, "host", "batch.example"), Cause::HostPort, named("host")),
        (|it| drop(it.headers_mut().remove("x-cos-appid")), Cause::Missing, named("x-cos-appid")),
        (|it| header(it, "x-cos-meta-x", "some Text"), Cause::Whitespace, named("x-cos-meta-x")),
        (
            |it| {
                for _ in ["sign-time", "key-time"] {
                    authorization(it, "=1557902800;", "=1557902000;");
                }
            },
            Cause::Times,
            Part::Times,
        ),
    ];
    for (index, (first, cause, part)) in damages.iter().enumerate() {
        for (second, other_cause, other_part) in &damages[index + 1..] {
            let explanation = explained(|it| {
                first(it);
                second(it);
            });
            let found = explanation.differences.iter().map(|it| (&it.part, &it.cause));
            let expected = [(part, cause), (other_part, other_cause)];
            assert_eq!(found.collect::<Vec<_>>(), expected, "{explanation}");
            assert_eq!(explanation.cause, *cause);
        }
    }
}

//! Texts of a service: of other services' habits, mangled, hostile

use proptest::prelude::*;

use super::*;

fn explained(change: impl FnOnce(&str) -> String) -> Explanation {
    let trace = trace();
    explain(&trace, &refusal(change(trace.http_string.as_str())))
}

#[test]
fn line_ends_make_no_difference() {
    for ends in ["\r\n", "\r", "\\n", "\\r\\n"] {
        let explanation = explained(|text| text.replace('\n', ends));
        assert_eq!(explanation.cause, Cause::SecretKey, "{ends:?}: {explanation}");
        let mut refusal =
            ServiceError::new(StatusCode::FORBIDDEN, ErrorCode::SignatureDoesNotMatch);
        refusal.string_to_sign = Some(trace().string_to_sign.replace('\n', ends).into());
        assert_eq!(explain(&trace(), &refusal).cause, Cause::SecretKey, "{ends:?}");
    }
    assert_eq!(explained(|text| text.trim_end().to_owned()).cause, Cause::SecretKey);
    // Where there are line ends, a backslash and a letter are just that.
    let explanation = explained(|text| text.replace("tag=a", "tag=a\\n"));
    assert_eq!(explanation.differences.len(), 1, "{explanation}");
    assert_eq!(explanation.differences[0].theirs.as_deref(), Some("a\\n"));
}

#[test]
fn a_text_that_was_trimmed_lacks_its_empty_parts() {
    let request = Request::get("http://h.example/jobs").body(()).expect("a request");
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").expect("credentials");
    let trace = Signer::new(credentials).headers(&[]).trace(&request, now());
    assert_eq!(trace.http_string.as_str(), "get\n/jobs\n\n\n");
    for text in ["get\n/jobs", "get\n/jobs\n", "get\n/jobs\n\n"] {
        assert_eq!(explain(&trace, &refusal(text.into())).cause, Cause::SecretKey, "{text:?}");
    }
    assert_eq!(explain(&trace, &refusal("get\n/jobs\na=1".into())).cause, Cause::Added);
    assert_eq!(explain(&trace, &refusal(String::new())).cause, Cause::Method);
}

#[test]
fn a_path_may_have_line_ends() {
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").expect("credentials");
    let request = Request::get("http://h.example/a%0Ab?c=1").body(()).expect("a request");
    let trace = Signer::new(credentials).trace(&request, now());
    let theirs = trace.http_string.as_str().replace("a\nb", "a\nc");
    let explanation = explain(&trace, &refusal(theirs));
    assert_eq!(explanation.cause, Cause::Path);
    assert_eq!(explanation.differences[0].theirs.as_deref(), Some("/a\\nc"));
}

#[test]
fn any_path_that_ends_in_a_slash_ends_in_the_root() {
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").expect("credentials");
    let request = Request::get("http://h.example/jobs/").body(()).expect("a request");
    let trace = Signer::new(credentials).trace(&request, now());
    for (path, cause) in [("/", Cause::Path), ("/batch/jobs/", Cause::PathPrefix)] {
        let theirs = trace.http_string.as_str().replace("/jobs/", path);
        assert_eq!(explain(&trace, &refusal(theirs)).cause, cause, "{path}");
    }
}

#[test]
fn escapes_as_others_write_them() {
    for (from, to, cause) in [
        ("needed%2B%252F", "needed%2b%252F", Cause::EscapeCase),
        ("no%20longer", "no+longer", Cause::PlusForSpace),
        ("no%20longer", "no longer", Cause::Escapes),
        ("/jobs/a b", "/jobs/a%20b", Cause::Escapes),
        ("example%3A9000", "example", Cause::HostPort),
        ("example%3A9000", "example:9000", Cause::HostPort),
    ] {
        let explanation = explained(|text| {
            assert!(text.contains(from), "{text}");
            text.replace(from, to)
        });
        assert_eq!(explanation.cause, cause, "{to}: {explanation}");
        assert_eq!(explanation.differences.len(), 1, "{explanation}");
    }
}

#[test]
fn names_with_other_escapes_are_a_matter_of_spelling() {
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").expect("credentials");
    let request = Request::get("http://h.example/?a%2Fb=1").body(()).expect("a request");
    let trace = Signer::new(credentials).trace(&request, now());
    let theirs = trace.http_string.as_str().replace("a%2fb", "a%2Fb");
    let explanation = explain(&trace, &refusal(theirs));
    assert_eq!(explanation.cause, Cause::EscapeCase);
    assert_eq!(explanation.differences[0].part, Part::Parameters);
}

#[test]
fn a_hash_of_another_text_is_said() {
    let trace = trace();
    let mut refusal = refusal(trace.http_string.as_str().to_owned());
    let (times, _) = trace.string_to_sign.split_at(30);
    refusal.string_to_sign = Some(format!("{times}{}\n", "0".repeat(40)).into());
    let explanation = explain(&trace, &refusal);
    assert_eq!(explanation.cause, Cause::Hash, "{explanation}");
    assert_eq!(explanation.differences[0].part, Part::Hash);
}

#[test]
fn each_part_has_its_name() {
    for (part, name) in [
        (Part::Method, "method"),
        (Part::Path, "path"),
        (Part::Parameter("tag".into()), "parameter tag"),
        (Part::Parameters, "list of parameters"),
        (Part::Header("host".into()), "header host"),
        (Part::Headers, "list of headers"),
        (Part::Times, "times"),
        (Part::Hash, "hash of the request"),
    ] {
        assert_eq!(part.to_string(), name);
    }
}

#[test]
fn a_long_value_is_shown_around_its_difference() {
    let long = "x".repeat(5000);
    let request = |end: &str| {
        let target = format!("http://h.example/?long={long}{end}{long}");
        Request::get(target).body(()).expect("a request")
    };
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").expect("credentials");
    let signer = Signer::new(credentials);
    let [ours, theirs] = ["A", "B"].map(|end| signer.trace(&request(end), now()));
    let explanation = explain(&ours, &refusal(theirs.http_string.as_str().to_owned()));
    let shown = explanation.to_string();
    assert!(shown.len() < 1000 && shown.contains("xAx") && shown.contains("xBx"), "{shown}");
    // 160 characters, 40 of them before the difference, and a sign that there are more.
    let expected = format!("…{}A{}…", "x".repeat(40), "x".repeat(119));
    assert_eq!(explanation.differences[0].ours.as_deref(), Some(expected.as_str()));
}

#[test]
fn a_short_value_beside_a_long_one_is_shown_from_the_same_place() {
    let (short, long) = ("x".repeat(100), "x".repeat(300));
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").expect("credentials");
    let signer = Signer::new(credentials);
    let [ours, theirs] = [short, long].map(|value| {
        let request = Request::get(format!("http://h.example/?long={value}")).body(());
        signer.trace(&request.expect("a request"), now())
    });
    let explanation = explain(&ours, &refusal(theirs.http_string.as_str().to_owned()));
    let shown = |count| format!("…{}", "x".repeat(count));
    let difference = &explanation.differences[0];
    assert_eq!(difference.ours.as_deref(), Some(shown(40).as_str()));
    assert_eq!(difference.theirs.as_deref(), Some(format!("{}…", shown(160)).as_str()));
}

#[test]
fn a_token_is_masked_under_a_mangled_name_too() {
    for name in ["security-token", "X_COS-Security-Token", "x-cos%2Dsecurity%2Dtoken"] {
        let explanation = explained(|text| {
            let added = format!("\n{name}=T0KEN-OTHER&content-length=0");
            text.replace("\ncontent-length=0", &added)
        });
        assert!(!explanation.to_string().contains("T0KEN-OTHER"), "{explanation}");
        assert!(explanation.to_string().contains("theirs: … (11 characters)"), "{explanation}");
    }
}

#[test]
fn many_differences_are_counted() {
    let explanation = explained(|text| {
        let added: String = (0..20).map(|number| format!("added{number:02}=1&")).collect();
        text.replace("requestedjobstatus", &format!("{added}requestedjobstatus"))
    });
    assert_eq!(explanation.differences.len(), 20);
    assert!(explanation.to_string().ends_with("\nand 12 more"), "{explanation}");
}

#[test]
fn what_a_service_says_cannot_steer_a_terminal() {
    let explanation = explained(|text| text.replace("Cancelled", "\u{1b}[2J\u{202e}"));
    let shown = format!("{explanation} {explanation:?}");
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
}

/// Forms of the token that must not show.
fn shows_token(explanation: &Explanation) -> bool {
    let shown = format!("{explanation} {explanation:?}");
    shown.contains(TOKEN) || shown.contains("T0KEN-EXAMPLE%2Fwith%2Bspecial%3Dchars")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_texts_are_explained(
        format_string in proptest::option::of(any::<String>()),
        string_to_sign in proptest::option::of(any::<String>()),
        server_time in proptest::option::of("[0-9]{1,30}|.{0,30}"),
        code in cos_batch_testkit::strategies::error_code(),
    ) {
        let mut refusal = ServiceError::new(StatusCode::FORBIDDEN, code);
        refusal.format_string = format_string.map(Into::into);
        refusal.string_to_sign = string_to_sign.map(Into::into);
        refusal.server_time = server_time.map(Into::into);
        let shown = explain(&trace(), &refusal).to_string();
        prop_assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{}", shown);
    }

    /// Our text, cut and mixed with anything, the token where nobody expects it.
    #[test]
    fn mangled_texts_are_explained_and_show_no_token(
        cut in any::<proptest::sample::Index>(),
        at in any::<proptest::sample::Index>(),
        inserted in prop_oneof![
            any::<String>(),
            Just(TOKEN.to_owned()),
            Just(format!("x={TOKEN}&y\n")),
            Just("T0KEN-EXAMPLE%2Fwith%2Bspecial%3Dchars".to_owned()),
            "[%&=\n\\\\nrA+ ]{0,20}",
        ],
        ends in prop_oneof![Just("\n"), Just("\r\n"), Just("\\n")],
    ) {
        let explanation = explained(|text| {
            let mut text: Vec<_> = text.chars().collect();
            text.truncate(cut.index(text.len() * 2).max(1));
            let at = at.index(text.len());
            text.splice(at..at, inserted.chars());
            text.into_iter().collect::<String>().replace('\n', ends)
        });
        prop_assert!(!shows_token(&explanation), "{}", explanation);
    }
}

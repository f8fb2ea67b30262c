//! Refusals: the exit code says whose turn it is, the screen says why

use insta::assert_snapshot;

use crate::support::{always, answer, list_at, one_by_one, page, refusal};

#[test]
fn a_refusal_is_told_with_all_that_identifies_it() {
    let peer = always(1, "400 Bad Request", refusal("InvalidArgument"));
    let ran = list_at(&peer, "").fails(4);
    assert_eq!((ran.stdout.as_str(), peer.requests().len()), ("", 1));
    assert_snapshot!(ran.screen(), @r#"
    error[E0401 refused]: COS refused ListJobs: InvalidArgument (HTTP 400)
      message: as the message says
      nothing was listed
      request NWRmYmJhMTU=  trace OGVmYzZiMmQz  host 127.0.0.1:PORT  attempt 1 of 3
      help: mend the request as the message says
    "#);
}

#[test]
fn codes_decide_the_exit() {
    for (status, code, exit, screen) in [
        ("400 Bad Request", "InvalidRequest", 4, "E0401 refused"),
        ("402 Payment Required", "PaymentRequired", 4, "E0401 refused"),
        ("404 Not Found", "NoSuchKey", 4, "E0401 refused"),
        ("429 Too Many Requests", "Throttled", 4, "E0401 refused"),
        ("501 Not Implemented", "NotImplemented", 4, "E0401 refused"),
        ("301 Moved Permanently", "PermanentRedirect", 4, "E0401 refused"),
        ("500 Internal Server Error", "TooManyJobs", 4, "E0402 too-many-jobs"),
        ("404 Not Found", "NoSuchJob", 5, "E0501 no-such-job"),
        ("403 Forbidden", "AccessDenied", 6, "E0601 denied"),
        ("403 Forbidden", "NobodyKnows", 6, "E0601 denied"),
        ("401 Unauthorized", "NobodyKnows", 6, "E0601 denied"),
        ("403 Forbidden", "SignatureDoesNotMatch", 6, "E0602 signature"),
        ("403 Forbidden", "RequestTimeTooSkewed", 6, "E0603 clock-skew"),
        ("403 Forbidden", "Request has expired", 6, "E0603 clock-skew"),
        ("400 Bad Request", "ExpiredToken", 6, "E0601 denied"),
        ("500 Internal Server Error", "InternalError", 7, "E0702 service-fault"),
        ("503 Service Unavailable", "SlowDown", 7, "E0702 service-fault"),
        ("505 HTTP Version Not Supported", "NobodyKnows", 7, "E0702 service-fault"),
        ("200 OK", "InternalError", 7, "E0702 service-fault"),
        ("200 OK", "NoSuchJob", 5, "E0501 no-such-job"),
    ] {
        let peer = always(1, status, refusal(code));
        let ran = list_at(&peer, "--retries 0").fails(exit);
        ran.says(&format!("error[{screen}]: COS refused ListJobs: {code} (HTTP {}", &status[..3]));
        ran.says("\n  message: as the message says\n").says("\n  nothing was listed\n");
        ran.says("\n  request NWRmYmJhMTU=  trace OGVmYzZiMmQz  host 127.0.0.1:");
        ran.says("  attempt 1 of 1\n  help: ");
        assert_eq!((ran.stdout.as_str(), peer.requests().len()), ("", 1));
    }
}

#[test]
fn passing_faults_are_tried_again_and_counted() {
    for (status, code, retries) in [
        ("500 Internal Server Error", "InternalError", 1),
        ("503 Service Unavailable", "ServiceUnavailable", 2),
    ] {
        let peer = always(9, status, refusal(code));
        let ran = list_at(&peer, &format!("--retries {retries}")).fails(7);
        let attempts = retries + 1;
        assert_eq!(peer.requests().len(), attempts);
        ran.says(&format!("  attempt {attempts} of {attempts}\n"));
    }
    let peer = always(9, "503 Service Unavailable", "");
    let ran = list_at(&peer, "").fails(7);
    assert_eq!(peer.requests().len(), 3, "two retries unless told");
    assert_snapshot!(ran.screen(), @r#"
    error[E0702 service-fault]: ListJobs: the reply is no COS document (HTTP 503, empty)
      it has no x-cos-request-id: it did not come from COS
      nothing was listed
      host 127.0.0.1:PORT  attempt 3 of 3
      help: try again later, or give more --retries
    "#);
}

#[test]
fn a_final_refusal_is_not_tried_again() {
    for (status, code, exit) in [
        ("500 Internal Server Error", "TooManyJobs", 4),
        ("403 Forbidden", "SignatureDoesNotMatch", 6),
        ("400 Bad Request", "InvalidArgument", 4),
    ] {
        let peer = always(9, status, refusal(code));
        list_at(&peer, "--retries 5").fails(exit).says("  attempt 1 of 6\n");
        assert_eq!(peer.requests().len(), 1);
    }
}

#[test]
fn a_fault_that_passes_is_not_mentioned() {
    let fault = answer("503 Service Unavailable", refusal("SlowDown"));
    let good = answer("200 OK", page(&["a2f09dab-b45c-4316-8b33-1645445bcd27"], ""));
    let peer = one_by_one([fault, good]);
    let ran = list_at(&peer, "-o id").run();
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert_eq!(ran.stdout, "a2f09dab-b45c-4316-8b33-1645445bcd27\n");
}

#[test]
fn a_refusal_without_a_body_is_understood() {
    for (status, exit) in [
        ("403 Forbidden", 6),
        ("401 Unauthorized", 6),
        ("404 Not Found", 4),
        ("500 Internal Server Error", 7),
    ] {
        let peer = always(1, status, "");
        let ran = list_at(&peer, "--retries 0").fails(exit);
        ran.says("it has no x-cos-request-id: it did not come from COS");
    }
}

#[test]
fn programs_get_the_error_as_an_object() {
    let peer = always(9, "503 Service Unavailable", refusal("SlowDown"));
    let ran = list_at(&peer, "--retries 1 -o json").fails(7);
    assert_eq!(ran.stdout, "");
    let mut error = ran.json_error();
    assert_eq!(error["host"].take(), peer.address().to_string());
    assert_snapshot!(serde_json::to_string_pretty(&error).expect("JSON"), @r#"
    {
      "attempts": 2,
      "attempts_allowed": 2,
      "code": "E0702",
      "exit": 7,
      "facts": [
        "message: as the message says",
        "nothing was listed"
      ],
      "help": "try again later, or give more --retries",
      "host": null,
      "message": "COS refused ListJobs: SlowDown (HTTP 503)",
      "name": "service-fault",
      "operation": "ListJobs",
      "request_id": "NWRmYmJhMTU=",
      "trace_id": "OGVmYzZiMmQz"
    }
    "#);

    let peer = always(9, "400 Bad Request", refusal("InvalidRequest"));
    let error = list_at(&peer, "-o jsonl").fails(4).json_error();
    assert_eq!(error["code"], "E0401");
}

#[test]
fn what_comes_from_outside_steers_no_terminal() {
    let hostile =
        refusal("Bad\u{9b}31mCode").replace("as the message says", "a\u{202e}b\u{9b}m&#10;c");
    let hostile = hostile.replace("OGVm", "\u{9b}2J");
    for format in ["tsv", "json"] {
        // That nothing steers is checked of every run.
        let peer = always(1, "400 Bad Request", &hostile);
        list_at(&peer, &format!("--retries 0 -o {format}")).run();
    }
    let peer = always(1, "400 Bad Request", refusal("Odd").replace("says", "s\u{9b}ys&#10;it"));
    list_at(&peer, "").fails(4).says("message: as the message s\\u{9b}ys\\nit\n");
}

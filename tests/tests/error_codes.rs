//! The tables of error codes, row by row: what a client does with each

use cos_batch::{Error, ErrorCode, ReplyError, ServiceError};
use http::StatusCode;

/// What a code asks for: to try again, to mend the clock, to mend the credentials.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Asks {
    again: bool,
    clock: bool,
    credential: bool,
}

const NOTHING: Asks = Asks { again: false, clock: false, credential: false };
const AGAIN: Asks = Asks { again: true, ..NOTHING };
const CLOCK: Asks = Asks { clock: true, credential: true, ..NOTHING };
const CREDENTIAL: Asks = Asks { credential: true, ..NOTHING };

/// Code, status and what it asks for, as the batch page and the general page have them.
const TABLE: &[(&str, u16, Asks)] = &[
    // The batch page.
    ("InvalidArgument", 400, NOTHING),
    ("InvalidRequest", 400, NOTHING),
    ("InternalError", 500, AGAIN),
    ("MalformedXML", 400, NOTHING),
    ("NoSuchJob", 404, NOTHING),
    ("ServiceUnavailable", 500, AGAIN),
    ("TooManyJobs", 500, NOTHING),
    // The general page, as far as a batch call can meet it.
    ("AccessDenied", 403, CREDENTIAL),
    ("SignatureDoesNotMatch", 403, CREDENTIAL),
    ("InvalidAccessKeyId", 403, CREDENTIAL),
    ("RequestTimeTooSkewed", 403, CLOCK),
    ("Request has expired", 403, CLOCK),
    ("ExpiredToken", 400, CREDENTIAL),
    ("ExpiredToken", 403, CREDENTIAL),
    ("AccessForbidden", 403, CREDENTIAL),
    ("AccountProblem", 403, CREDENTIAL),
    ("PaymentRequired", 402, NOTHING),
    ("BadDigest", 400, NOTHING),
    ("InvalidDigest", 400, NOTHING),
    ("MissingContentLength", 411, NOTHING),
    ("MissingRequestBodyError", 400, NOTHING),
    ("IncompleteBody", 400, NOTHING),
    ("EntitySizeNotMatch", 400, NOTHING),
    ("XMLSizeLimit", 400, NOTHING),
    ("BadRequest", 400, NOTHING),
    ("InvalidURI", 400, NOTHING),
    ("MissingSecurityHeader", 400, CREDENTIAL),
    ("MissingAppid", 400, NOTHING),
    ("MissingHost", 400, NOTHING),
    ("MissingContentMD5", 400, NOTHING),
    ("MethodNotAllowed", 405, NOTHING),
    ("NotImplemented", 501, NOTHING),
    ("RequestTimeout", 400, AGAIN),
    ("UserNetworkTooSlow", 400, AGAIN),
    ("ServiceUnavailable", 503, AGAIN),
    ("SlowDown", 503, AGAIN),
    ("PermanentRedirect", 301, NOTHING),
    ("Redirect", 302, NOTHING),
    ("TemporaryRedirect", 307, NOTHING),
];

fn refusal(code: &str, status: u16) -> ServiceError {
    let status = StatusCode::from_u16(status).expect("a status");
    ServiceError::new(status, code.parse().expect("a code"))
}

#[test]
fn every_row_is_a_code_of_its_own_and_asks_for_what_the_table_says() {
    for (name, status, asks) in TABLE {
        let refusal = refusal(name, *status);
        let code = &refusal.code;
        assert!(ErrorCode::LISTED.contains(code), "{name} is not listed");
        assert_eq!(code.as_str(), *name);
        let said = Asks {
            again: refusal.is_transient(),
            clock: code.is_clock_skew(),
            credential: code.is_credential(),
        };
        assert_eq!(said, *asks, "{name}");
        let error = Error::from(ReplyError::from(refusal));
        assert_eq!(error.is_transient(), asks.again, "{name}");
    }
}

#[test]
fn every_listed_code_has_a_row() {
    for code in ErrorCode::LISTED {
        assert!(TABLE.iter().any(|(name, ..)| *name == code.as_str()), "{code} has no row");
    }
}

#[test]
fn an_expired_signature_is_known_by_its_one_documented_message() {
    let mut expired = refusal("AccessDenied", 403);
    assert!(!expired.is_clock_skew());
    expired.message = Some("Request has expired".into());
    assert!(expired.is_clock_skew());
    expired.message = Some("Request has expired.".into());
    assert!(!expired.is_clock_skew());
}

#[test]
fn a_code_that_no_page_documents_is_kept_and_its_status_decides() {
    for (status, again) in
        [(400, false), (403, false), (429, true), (500, true), (501, false), (503, true)]
    {
        let refusal = refusal("InternalErrorOfANewKind", status);
        assert!(matches!(refusal.code, ErrorCode::Other(_)));
        assert_eq!(refusal.is_transient(), again, "{status}");
    }
    // A refusal under a status of success was a refusal all the same.
    assert!(!refusal("NewKind", 200).is_transient());
}

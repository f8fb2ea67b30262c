//! What went wrong with a call, by exit code

use cos_batch::date::{parse_http_date, parse_timestamp};
use cos_batch::drive::Failed;
use cos_batch::http::StatusCode;
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    BuildError, Error, ErrorCode, Lost, NotCos, ReplyError, ServiceError, SignError, XmlError,
    XmlErrorKind, printable,
};
use cos_batch_emulator::StartError;
use cos_batch_ureq::{SendError, SendErrorKind};

use super::{Failure, Kind};
use crate::output::span;

/// What helps against a fault that passes.
const LATER: &str = "try again later, or give more --retries";

impl Failure {
    /// A call that failed.
    pub(crate) fn of_call(operation: &'static str, failed: &Failed<SendError>) -> Self {
        Self::of_error(operation, &failed.error, failed.cause.as_ref())
    }

    /// The same; `cause` is what the transport said of the last attempt.
    pub(crate) fn of_error(
        operation: &'static str,
        error: &Error,
        cause: Option<&SendError>,
    ) -> Self {
        let failure = match error.root_cause() {
            Error::Build(error) => Self::of_build(operation, error),
            Error::Sign(error) => Self::of_sign(operation, error),
            Error::Lost(lost) => Self::of_loss(operation, *lost, cause),
            Error::Reply(error) => Self::of_reply(operation, error).with_provenance(error),
            Error::DeadlinePassed { .. } => {
                Self::new(Kind::DEADLINE, format!("{operation}: {error}")).help("give it more time")
            }
            circle @ Error::RepeatedToken { .. } => {
                Self::new(Kind::CIRCULAR_LISTING, format!("{operation}: {circle}"))
                    .help("the service's answers contradict each other; try again, or report it")
            }
            other => {
                Self::new(Kind::NO_END, format!("{operation}: {other}")).help("list less at a time")
            }
        };
        let mut failure = match error {
            Error::OutcomeUnknown { .. } => {
                let no_reply = format!("{operation} got no reply: ");
                let why = failure.message.strip_prefix(&no_reply).unwrap_or(&failure.message);
                let message = format!("{operation} may or may not have happened ({why})");
                Self { kind: Kind::OUTCOME_UNKNOWN, message, ..failure }
            }
            _ => failure,
        };
        failure.call.operation = Some(operation);
        failure
    }

    /// A local service that does not start; `help` is for one that cannot listen.
    pub(crate) fn of_start(error: &StartError, help: &str) -> Self {
        match error {
            StartError::Data(error) => {
                Self::new(Kind::BAD_DATA, "the folder for the data is of no use")
                    .fact(format!("{}: {}", error.file().display(), error.reason()))
                    .help(error.help())
            }
            error => Self::new(Kind::NO_LOCAL_SERVICE, "the local service does not start")
                .fact(error.to_string())
                .help(help),
        }
    }

    /// A reply that is not the answer asked for.
    pub(crate) fn of_reply(operation: &'static str, error: &ReplyError) -> Self {
        let mut failure = match error {
            ReplyError::Service(refusal) => Self::of_refusal(operation, refusal),
            ReplyError::NotCos(reply) => Self::of_stranger(operation, reply),
            ReplyError::Xml(error) => Self::of_document(operation, error),
            other => Self::new(Kind::UNREADABLE, format!("{operation}: {other}")),
        };
        failure.call.operation = Some(operation);
        failure.call.request_id = error.request_id().map(|id| printable(id, 128));
        failure
    }

    /// The request id where only the reply's head has it.
    pub(crate) fn or_request_id(mut self, request_id: Option<&str>) -> Self {
        let head = || request_id.map(|id| printable(id, 128));
        self.call.request_id = self.call.request_id.or_else(head);
        self
    }

    /// Who answered, as the reply's head shows: that of a saved reply is not known.
    fn with_provenance(self, error: &ReplyError) -> Self {
        match error {
            ReplyError::NotCos(reply) if reply.request_id.is_none() => {
                self.fact("it has no x-cos-request-id: it did not come from COS")
            }
            _ => self,
        }
    }

    fn of_build(operation: &str, error: &BuildError) -> Self {
        let message = format!("{operation} cannot be asked for: {error}");
        Self::new(Kind::BAD_PARAMETER, message).help("nothing was sent; mend it and try again")
    }

    fn of_sign(operation: &str, error: &SignError) -> Self {
        let message = format!("{operation} cannot be signed: {error}");
        match error {
            SignError::Expired { .. } => Self::new(Kind::EXPIRED_CREDENTIALS, message)
                .help("get new temporary credentials; nothing was sent"),
            _ => Self::new(Kind::BAD_CREDENTIALS, message)
                .help("check the credentials; nothing was sent"),
        }
    }

    /// No reply; `cause` is what the transport said of the last attempt.
    fn of_loss(operation: &str, lost: Lost, cause: Option<&SendError>) -> Self {
        use SendErrorKind::{
            Closed, Handshake, NameNotFound, NotHttp, Proxy, Refused, TimedOut, Unreachable,
        };
        let help = match cause.map(SendError::kind) {
            Some(NameNotFound) => "check the host's name: the UIN and the region, or the endpoint",
            Some(Refused) => "check the endpoint's host and port, and that the service runs there",
            Some(Unreachable) => "check the network",
            Some(Handshake) => "check that the endpoint speaks TLS, and whose certificate it has",
            Some(Proxy) => "check HTTPS_PROXY and NO_PROXY",
            Some(TimedOut) => "check the network, or give more --timeout",
            Some(Closed) => "try again, or give more --retries",
            Some(NotHttp) => "check the endpoint: http and https are not the same port",
            _ => "check the endpoint, the network and the proxy",
        };
        let why = cause.map_or_else(|| lost.to_string(), ToString::to_string);
        let message = format!("{operation} got no reply: {why}");
        Self::new(Kind::NO_REPLY, message).fact(lost.to_string()).help(help)
    }

    fn of_refusal(operation: &str, refusal: &ServiceError) -> Self {
        use ErrorCode::{NoSuchJob, SignatureDoesNotMatch, TooManyJobs};
        let (kind, help) = match &refusal.code {
            _ if refusal.is_clock_skew() => (Kind::CLOCK_SKEW, "set this machine's clock right"),
            SignatureDoesNotMatch => (
                Kind::SIGNATURE,
                "check the secret key; where it is right, something on the way changed the request",
            ),
            NoSuchJob => (Kind::NO_SUCH_JOB, "check the id with cosbatch list"),
            code if code.is_credential() || is_identity(refusal.status) => {
                (Kind::DENIED, "check the secret id, its permissions and the APPID")
            }
            TooManyJobs => (
                Kind::TOO_MANY_JOBS,
                "wait for jobs to end, or cancel some: trying again does not help",
            ),
            code if !refusal.status.is_client_error()
                && (refusal.is_transient() || is_odd_fault(code, refusal.status)) =>
            {
                (Kind::SERVICE_FAULT, LATER)
            }
            _ if refusal.is_transient() => (Kind::REFUSED, "try again later"),
            _ => (Kind::REFUSED, "mend the request as the message says"),
        };
        let status = refusal.status.as_u16();
        let code = printable(refusal.code.as_str(), 64);
        let message = format!("COS refused {operation}: {code} (HTTP {status})");
        let mut failure = Self::new(kind, message).help(help);
        if let Some(off) = clock_off(refusal) {
            failure = failure.fact(off);
        }
        let texts = [("message", &refusal.message), ("server time", &refusal.server_time)];
        for (name, text) in texts {
            if let Some(text) = text {
                failure = failure.fact(format!("{name}: {}", printable(text, 512)));
            }
        }
        failure.call.trace_id = refusal.trace_id.as_deref().map(|id| printable(id, 128));
        failure
    }

    fn of_stranger(operation: &str, reply: &NotCos) -> Self {
        let status = reply.status;
        // A reply without a body says nothing but its status, and that is understood.
        let between =
            "check the endpoint, and what stands between here and it: a proxy, a login page";
        let (kind, help) = match status {
            _ if reply.length > 0 || status.is_success() || status.is_redirection() => {
                (Kind::NOT_COS, between)
            }
            _ if is_identity(status) => (Kind::DENIED, between),
            _ if status.is_client_error() => (Kind::REFUSED, between),
            _ => (Kind::SERVICE_FAULT, LATER),
        };
        let failure = Self::new(kind, format!("{operation}: {reply}")).help(help);
        match () {
            () if status.is_redirection() => failure.fact("redirects are not followed"),
            // The magic number of gzip, as it is shown.
            () if reply.start.starts_with("\\u{1f}\u{fffd}") => {
                failure.fact("it seems to be compressed, which nobody asked for")
            }
            () => failure,
        }
    }

    fn of_document(operation: &str, error: &XmlError) -> Self {
        let (kind, help) = match error.kind() {
            XmlErrorKind::Truncated if error.offset() == 0 => {
                return Self::new(Kind::CUT_OFF, format!("the reply to {operation} is empty"))
                    .help(
                        "try again; if it stays so, check what stands between here and the service",
                    );
            }
            XmlErrorKind::Truncated => {
                (Kind::CUT_OFF, "what came is not the whole answer, and was not used; try again")
            }
            XmlErrorKind::TooLarge { .. } => {
                (Kind::TOO_LARGE, "ask for fewer jobs at a time, with --page-size")
            }
            _ => {
                (Kind::MALFORMED, "save the reply, and look at that byte: it may not be COS's own")
            }
        };
        let message = format!("the reply to {operation} is not understood: {error}");
        Self::new(kind, message).help(help)
    }
}

/// `this clock is 6h behind the service's`, where the refusal tells the service's time.
fn clock_off(refusal: &ServiceError) -> Option<String> {
    let time = refusal.server_time.as_deref().filter(|_| refusal.is_clock_skew())?.trim();
    let time = parse_timestamp(time.into()).ok().or_else(|| parse_http_date(time))?;
    let ahead = OffsetDateTime::now_utc() - time;
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    Some(format!("this clock is {} {side} the service's", span(ahead.abs())))
}

/// A known code that does not pass is an answer even under 5xx; an unknown one is a fault.
fn is_odd_fault(code: &ErrorCode, status: StatusCode) -> bool {
    matches!(code, ErrorCode::Other(_)) && status.is_server_error()
}

fn is_identity(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

//! Why the service computed another signature

mod cause;
mod compare;
mod shown;

use std::fmt;

pub use self::cause::Cause;
use self::compare::{Stages, hash_and_times};
use super::Trace;
use crate::error::{ErrorCode, ServiceError};

/// Holds a signature against what the service says it computed, and names what differs
///
/// On `SignatureDoesNotMatch` the service gives its `FormatString` and `StringToSign`, though not
/// always; refusals that say more by their code are explained by it. What it names is likely, not
/// certain.
///
/// The texts that are kept are fit for a terminal, and tokens are masked. Line ends that were
/// changed on the way, also to a backslash and a letter, are no difference.
///
/// ```
/// use cos_batch::sign::{Cause, explain};
/// use cos_batch::{Credentials, ErrorCode, ServiceError, Signer};
/// use time::OffsetDateTime;
///
/// let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?);
/// let request = http::Request::get("http://h.example/jobs?nextToken=a%2Bb").body(())?;
/// let trace = signer.trace(&request, OffsetDateTime::from_unix_timestamp(1_557_902_860)?);
///
/// let mut refusal = ServiceError::new(http::StatusCode::FORBIDDEN, ErrorCode::SignatureDoesNotMatch);
/// let theirs = trace.http_string.as_str().replace("%2B", "%20");
/// refusal.format_string = Some(theirs.into());
///
/// let explanation = explain(&trace, &refusal);
/// assert_eq!(explanation.cause, Cause::PlusForSpace);
/// assert_eq!(
///     explanation.to_string(),
///     "a plus and a space were taken for each other: write a space as %20 and a plus as %2B\n\
///      parameter nexttoken\n  ours:   a%2Bb\n  theirs: a%20b",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn explain(trace: &Trace, refusal: &ServiceError) -> Explanation {
    let differences = differences(trace, refusal);
    let cause = match refusal.code {
        ErrorCode::InvalidAccessKeyId => Cause::SecretId,
        ErrorCode::ExpiredToken => Cause::ExpiredToken,
        ErrorCode::RequestTimeTooSkewed => Cause::clock(trace, refusal),
        _ if refusal.is_clock_skew() => Cause::expired(trace, refusal),
        _ => match differences.first() {
            Some(difference) => difference.cause.clone(),
            None if refusal.format_string.is_none() && refusal.string_to_sign.is_none() => {
                Cause::Unknown
            }
            None => Cause::SecretKey,
        },
    };
    Explanation { cause, differences }
}

/// Where two signatures of one request part, and the likely cause
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The likely cause: that of the code, else that of the first difference.
    pub cause: Cause,
    /// All differences, in the order in which a request is signed; empty where the service gave
    /// nothing to compare with, or where all is equal.
    pub differences: Vec<Difference>,
}

impl Explanation {
    /// How many differences its text has; the others are counted.
    pub const SHOWN: usize = 8;
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)?;
        for difference in self.differences.iter().take(Self::SHOWN) {
            write!(f, "\n{difference}")?;
        }
        match self.differences.len().saturating_sub(Self::SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

/// A part of the request that the two sides see differently
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// Which part.
    pub part: Part,
    /// What we signed, as it is signed; the surroundings of the difference where it is long, and
    /// masked where it is a token. `None` where we have no such part.
    pub ours: Option<Box<str>>,
    /// The same of the service.
    pub theirs: Option<Box<str>>,
    /// What likely made the difference.
    pub cause: Cause,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &Option<Box<str>>| match text.as_deref() {
            None => "(absent)".to_owned(),
            Some("") => "(empty)".to_owned(),
            Some(text) => text.to_owned(),
        };
        let (ours, theirs) = (text(&self.ours), text(&self.theirs));
        write!(f, "{}\n  ours:   {ours}\n  theirs: {theirs}", self.part)
    }
}

/// A part of what is signed
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Part {
    /// The method, in lower case.
    Method,
    /// The decoded path.
    Path,
    /// The parameter of this name, as it is signed: encoded, in lower case.
    Parameter(Box<str>),
    /// The list of parameters as a whole.
    Parameters,
    /// The header of this name, as it is signed.
    Header(Box<str>),
    /// The list of headers as a whole.
    Headers,
    /// The time from which and until which the signature holds.
    Times,
    /// The digest of all parts but the time.
    Hash,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("method"),
            Self::Path => f.write_str("path"),
            Self::Parameter(name) => write!(f, "parameter {name}"),
            Self::Parameters => f.write_str("list of parameters"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::Headers => f.write_str("list of headers"),
            Self::Times => f.write_str("times"),
            Self::Hash => f.write_str("hash of the request"),
        }
    }
}

fn differences(trace: &Trace, refusal: &ServiceError) -> Vec<Difference> {
    let ours = Stages::read(trace.http_string.as_str());
    let mut found = Vec::new();
    if let Some(theirs) = &refusal.format_string {
        found = ours.compare(&Stages::read(theirs.as_str()));
    }
    if let Some(theirs) = &refusal.string_to_sign {
        hash_and_times(&trace.string_to_sign, theirs, &mut found);
    }
    // Whatever a text from outside holds where: what is our token is not shown.
    let tokens = ours.tokens();
    let shown = |difference| shown::fit(difference, &tokens);
    found.into_iter().map(shown).collect()
}

//! Signatures: made by a client, explained to people, verified by a server
//!
//! The scheme is `q-sign-algorithm=sha1`:
//!
//! ```text
//! KeyTime      = <start>;<end>                              Unix seconds
//! SignKey      = hex(HMAC-SHA1(SecretKey, KeyTime))
//! HttpString   = method \n decoded path \n parameters \n headers \n
//! StringToSign = sha1 \n KeyTime \n hex(SHA1(HttpString)) \n
//! Signature    = hex(HMAC-SHA1(SignKey, StringToSign))
//! ```
//!
//! Names and values of parameters and headers are percent-encoded, names then lower-cased, pairs
//! sorted and joined as `name=value` by `&`.
//!
//! Page: [request signature](https://www.tencentcloud.com/document/product/436/7778).
//!
//! ```
//! use cos_batch::{Credentials, Endpoint, ListJobs, Operation, Signer, VerifyPolicy, verify};
//! use time::OffsetDateTime;
//!
//! let now = OffsetDateTime::from_unix_timestamp(1_557_902_800)?;
//! let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?;
//! let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
//!
//! let mut request = ListJobs::new().encode_request(&endpoint)?;
//! Signer::new(credentials.clone()).sign(&mut request, now)?;
//!
//! let key_of = |id: &str, _token: Option<&str>| {
//!     (id == credentials.secret_id()).then(|| credentials.secret_key().clone())
//! };
//! let verified = verify(&request, key_of, &VerifyPolicy::default(), now)?;
//! assert_eq!(verified.secret_id, "AKIDEXAMPLE");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod canonical;
mod credentials;
mod digest;
mod explain;
mod signer;
mod small;
mod verify;

pub use credentials::{Credentials, SecretKey};
pub use explain::{Cause, Difference, Explanation, Part, explain};
pub use signer::{Signer, SigningKey, Trace};
pub use verify::{Verified, VerifyPolicy, verify};

/// The header, and the query parameter, that carries the token of temporary credentials.
pub const TOKEN_HEADER: &str = "x-cos-security-token";

/// What a request says of its signature, in `Authorization` or as parameters of its query.
const PARTS: [&str; 7] = [
    "q-sign-algorithm",
    "q-ak",
    "q-sign-time",
    "q-key-time",
    "q-header-list",
    "q-url-param-list",
    "q-signature",
];

/// The parameter whose value is the whole text of `Authorization`.
const MERGED: &str = "sign";

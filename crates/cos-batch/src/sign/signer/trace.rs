use std::fmt;

use crate::value::HttpString;

/// Every stage of a signature, to hold against what another signer or the service computed
///
/// It holds no key. The signature itself lets its bearer in until its window ends, and
/// `http_string` holds the token of temporary credentials: `Debug` shows neither.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Trace {
    /// `<start>;<end>`, in Unix seconds.
    pub key_time: String,
    /// The names of the signed headers.
    pub header_list: String,
    /// The names of the signed parameters.
    pub url_param_list: String,
    /// The request as it is signed; the service calls it `FormatString`. What of a path is not
    /// UTF-8 is signed as it is and shows as U+FFFD.
    pub http_string: HttpString,
    /// What the signature is made of.
    pub string_to_sign: String,
    /// The signature: 40 hex digits.
    pub signature: String,
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace")
            .field("key_time", &self.key_time)
            .field("header_list", &self.header_list)
            .field("url_param_list", &self.url_param_list)
            .field("http_string", &self.http_string)
            .field("string_to_sign", &self.string_to_sign)
            .finish_non_exhaustive()
    }
}

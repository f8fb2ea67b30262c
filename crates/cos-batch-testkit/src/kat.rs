//! Known answers, held against both directions
//!
//! Whoever writes down an answer by hand gets the inverse for nothing, and a codec whose two
//! halves are wrong in the same way is found out.
//!
//! ```
//! use cos_batch::{Endpoint, ListJobs, ListJobsResult};
//! use cos_batch_testkit::kat::{kat_inverse, kat_inverse_request};
//!
//! kat_inverse::<ListJobs>(b"<ListJobsResult/>", &ListJobsResult::default());
//!
//! let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
//! let mut list = ListJobs::new();
//! list.max_results = Some("2".parse()?);
//! kat_inverse_request(
//!     &endpoint,
//!     &list,
//!     "GET http://127.0.0.1:9000/jobs?maxResults=2\n\
//!      host: 127.0.0.1:9000\n\
//!      x-cos-appid: 1250000000\n",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt::Debug;

use cos_batch::http::{Request, Response};
use cos_batch::{Endpoint, IntoOwned, Limits, Operation};

use crate::show;

/// Is `document` read as `output`, and what is written of that read as `output` again?
///
/// # Panics
///
/// Where it is not.
pub fn kat_inverse<O>(document: &[u8], output: &O::Output<'static>)
where
    O: Operation,
    O::Output<'static>: Debug + PartialEq,
{
    assert_eq!(&decoded::<O>(document), output, "as the known document has it");
    let written = match O::encode_response(output) {
        Ok(response) => response.into_body(),
        Err(error) => panic!("{output:?} cannot be written: {error}"),
    };
    assert_eq!(&decoded::<O>(&written), output, "as we have written it");
}

/// Is `operation` written as `text`, in the form of [`show::request`], and what is written read as
/// `operation` again?
///
/// # Panics
///
/// Where it is not.
pub fn kat_inverse_request<O>(endpoint: &Endpoint, operation: &O, text: &str)
where
    O: Operation + Debug + PartialEq,
{
    let request = match operation.encode_request(endpoint) {
        Ok(request) => request,
        Err(error) => panic!("{operation:?} cannot be written: {error}"),
    };
    assert_eq!(show::request(&request), text);
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, body.as_slice());
    assert_eq!(O::decode_request(&request, &Limits::default()).as_ref(), Ok(operation));
}

fn decoded<O: Operation>(document: &[u8]) -> O::Output<'static> {
    match O::decode_response(&Response::new(document), &Limits::default()) {
        Ok(output) => output.into_owned(),
        Err(error) => panic!("{error}:\n{}", String::from_utf8_lossy(document)),
    }
}

//! Any of the six calls, where a test does not know which
//!
//! ```
//! use cos_batch::serve::AnyRequest;
//! use cos_batch::{DeleteJob, Endpoint, Limits};
//! use cos_batch_testkit::calls;
//!
//! let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
//! let any = AnyRequest::DeleteJob(DeleteJob::new("53dc6228".parse()?));
//! let request = calls::encode(&any, &endpoint)?;
//! assert_eq!(AnyRequest::decode(&calls::borrowed(&request), &Limits::default()), Ok(any));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use cos_batch::http::{Request, Response};
use cos_batch::serve::AnyRequest;
use cos_batch::{BuildError, Endpoint, Operation};

/// A request as its call makes it
///
/// # Errors
///
/// Those of the call.
///
/// # Panics
///
/// For a call that is none of the six.
pub fn encode(any: &AnyRequest, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError> {
    match any {
        AnyRequest::CreateJob(call) => call.encode_request(endpoint),
        AnyRequest::DeleteJob(call) => call.encode_request(endpoint),
        AnyRequest::DescribeJob(call) => call.encode_request(endpoint),
        AnyRequest::ListJobs(call) => call.encode_request(endpoint),
        AnyRequest::UpdateJobPriority(call) => call.encode_request(endpoint),
        AnyRequest::UpdateJobStatus(call) => call.encode_request(endpoint),
        other => panic!("{} is none of the six", other.name()),
    }
}

/// A request as a server gets it.
#[must_use]
pub fn borrowed(request: &Request<Vec<u8>>) -> Request<&[u8]> {
    let mut borrowed = Request::new(request.body().as_slice());
    *borrowed.method_mut() = request.method().clone();
    *borrowed.uri_mut() = request.uri().clone();
    *borrowed.headers_mut() = request.headers().clone();
    borrowed
}

/// A reply as a client gets it.
#[must_use]
pub fn received(reply: &Response<Vec<u8>>) -> Response<&[u8]> {
    let mut received = Response::new(reply.body().as_slice());
    *received.status_mut() = reply.status();
    *received.headers_mut() = reply.headers().clone();
    received
}

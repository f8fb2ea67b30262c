use std::error::Error as StdError;
use std::future::poll_fn;

use bytes::Bytes;
use cos_batch::Lost;
use cos_batch::http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_service::Service;

/// The body of a request: all of it, at once.
pub type RequestBody = Full<Bytes>;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Any [`tower_service::Service`] that answers HTTP requests
///
/// This is another name for its bounds, given to all that meet them: a `Service` of
/// `http::Request<RequestBody>` that gives `http::Response`s with any body, and that can be cloned
/// and shared. It must leave both as they are: the request is signed, and what is done to a
/// response is done to the proof that it is whole.
pub trait HttpService: Answers {}

impl<S: Answers> HttpService for S {}

mod sealed {
    use super::{Body, BoxError, Lost, Request, RequestBody, Response, Service, poll_fn};

    #[expect(unnameable_types, reason = "nobody implements it but by its bounds")]
    pub trait Answers: Clone + Send + Sync + 'static {
        type Reply: Body<Data: Send, Error: Into<BoxError>> + Send;

        /// An error before the service takes the request is one before sending.
        fn answer(
            self,
            request: Request<RequestBody>,
        ) -> impl Future<Output = Result<Response<Self::Reply>, (Lost, BoxError)>> + Send;
    }

    impl<S, B> Answers for S
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: Body<Data: Send, Error: Into<BoxError>> + Send,
    {
        type Reply = B;

        async fn answer(
            mut self,
            request: Request<RequestBody>,
        ) -> Result<Response<B>, (Lost, BoxError)> {
            let ready = poll_fn(|context| self.poll_ready(context)).await;
            ready.map_err(|error| (Lost::BeforeSending, error.into()))?;
            self.call(request).await.map_err(|error| (Lost::AfterSending, error.into()))
        }
    }
}

pub(crate) use sealed::Answers;

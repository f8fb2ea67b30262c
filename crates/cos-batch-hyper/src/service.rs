use std::error::Error as StdError;
use std::future::poll_fn;

use cos_batch::http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::body::RequestBody;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Any [`tower_service::Service`] that answers HTTP requests
///
/// This is another name for its bounds, given to all that meet them: a `Service` of
/// `http::Request<RequestBody>` that gives `http::Response`s with any body, and that can be cloned
/// and shared. It must leave both as they are: the request is signed, and what is done to a
/// response is done to the proof that it is whole.
pub trait HttpService: Answers {}

impl<S: Answers> HttpService for S {}

/// Why a service gave no answer.
#[derive(Debug)]
#[expect(unnameable_types, reason = "nobody calls the function that gives it")]
pub enum Unanswered {
    /// It would not take the request.
    NotReady(BoxError),
    /// It took the request.
    Failed(BoxError),
}

mod sealed {
    use super::{Body, BoxError, Request, RequestBody, Response, Service, Unanswered, poll_fn};

    #[expect(unnameable_types, reason = "nobody implements it but by its bounds")]
    pub trait Answers: Clone + Send + Sync + 'static {
        type Reply: Body<Data: Send, Error: Into<BoxError>> + Send;

        fn answer(
            self,
            request: Request<RequestBody>,
        ) -> impl Future<Output = Result<Response<Self::Reply>, Unanswered>> + Send;
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
        ) -> Result<Response<B>, Unanswered> {
            let ready = poll_fn(|context| self.poll_ready(context)).await;
            ready.map_err(|error| Unanswered::NotReady(error.into()))?;
            let answer = self.call(request).await;
            answer.map_err(|error| Unanswered::Failed(error.into()))
        }
    }
}

pub(crate) use sealed::Answers;

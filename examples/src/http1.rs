use cos_batch::http::{Request, Response};
use ureq_proto::client::{Call, RecvResponseResult, SendRequestResult, state};
use ureq_proto::{BodyMode, Error};

/// The longest head of a response.
const MAX_HEAD: usize = 64 * 1024;

/// One request and its response, as bytes
#[derive(Debug)]
pub(crate) struct Http1 {
    state: State,
    /// What was read and not understood yet.
    input: Vec<u8>,
    head: Option<Response<()>>,
    body: Vec<u8>,
    /// How many bytes of the body are wanted.
    cap: usize,
    /// May another request follow on the same connection?
    is_open: bool,
}

#[derive(Debug)]
enum State {
    Head(Box<Call<state::RecvResponse>>),
    Body(Box<Call<state::RecvBody>>),
    Done,
}

/// Why the head of a response cannot be read.
#[derive(Debug)]
pub(crate) enum NotHttp {
    Malformed(Error),
    TooLong,
}

impl Http1 {
    /// The bytes to send, and what understands the answer.
    pub(crate) fn new(request: Request<Vec<u8>>, cap: usize) -> Result<(Vec<u8>, Self), Error> {
        let (parts, body) = request.into_parts();
        let mut call = Call::new(Request::from_parts(parts, ()))?.proceed();
        let mut output = vec![0; MAX_HEAD + body.len()];
        let mut length = call.write(&mut output)?;
        let call = match call.proceed()? {
            Some(SendRequestResult::RecvResponse(call)) => call,
            Some(SendRequestResult::SendBody(mut call)) => {
                length += call.write(&body, output.get_mut(length..).unwrap_or_default())?.1;
                call.proceed().ok_or(Error::OutputOverflow)?
            }
            Some(SendRequestResult::Await100(_)) | None => return Err(Error::OutputOverflow),
        };
        output.truncate(length);
        let state = State::Head(Box::new(call));
        let (input, body) = (Vec::new(), Vec::new());
        Ok((output, Self { state, input, head: None, body, cap, is_open: false }))
    }

    /// Takes what was read: is that all?
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Result<bool, NotHttp> {
        self.input.extend_from_slice(bytes);
        loop {
            let used = match std::mem::replace(&mut self.state, State::Done) {
                State::Head(call) => self.read_head(call)?,
                State::Body(call) => self.read_body(call),
                State::Done => return Ok(true),
            };
            self.input.drain(..used);
            if used == 0 && !matches!(self.state, State::Done) {
                return Ok(false);
            }
        }
    }

    fn read_head(&mut self, mut call: Box<Call<state::RecvResponse>>) -> Result<usize, NotHttp> {
        let (used, head) = call.try_response(&self.input, false).map_err(NotHttp::Malformed)?;
        let Some(head) = head else {
            self.state = State::Head(call);
            let is_too_long = self.input.len() > MAX_HEAD;
            return if is_too_long { Err(NotHttp::TooLong) } else { Ok(used) };
        };
        self.head = Some(head);
        match call.proceed() {
            Some(RecvResponseResult::RecvBody(call)) => self.state = State::Body(Box::new(call)),
            Some(RecvResponseResult::Redirect(call)) => {
                self.is_open = !call.must_close_connection();
            }
            Some(RecvResponseResult::Cleanup(call)) => {
                self.is_open = !call.must_close_connection();
            }
            None => {}
        }
        Ok(used)
    }

    fn read_body(&mut self, mut call: Box<Call<state::RecvBody>>) -> usize {
        let mut output = [0; 16 * 1024];
        let wanted = output.len().min(self.cap - self.body.len());
        let output = output.get_mut(..wanted).unwrap_or_default();
        // What cannot be understood any more is a body that broke off.
        let Ok((used, made)) = call.read(&self.input, output) else { return 0 };
        self.body.extend_from_slice(output.get(..made).unwrap_or_default());
        let is_over = call.can_proceed() && call.body_mode() != BodyMode::CloseDelimited;
        if is_over {
            self.is_open = used == self.input.len();
        } else if self.body.len() < self.cap {
            self.state = State::Body(call);
        }
        used
    }

    /// The response, as far as it came; nothing where its head did not.
    pub(crate) fn response(&mut self) -> Option<Response<Vec<u8>>> {
        let body = std::mem::take(&mut self.body);
        self.head.take().map(|head| head.map(|()| body))
    }

    /// How many bytes of the body came, once there is a head.
    pub(crate) fn came(&self) -> Option<usize> {
        self.head.is_some().then_some(self.body.len())
    }

    /// May another request follow on the same connection?
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }
}

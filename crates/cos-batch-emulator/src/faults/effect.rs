//! What becomes of a request that a fault befalls

use std::time::Duration;

use cos_batch::date::format_http_date;
use cos_batch::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use cos_batch::time::{self, OffsetDateTime};
use serde::Deserialize;

use crate::server::wire::{Drip, End, Outgoing};

/// What becomes of it. `Default` is nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effect {
    pub(super) lost: Option<Lost>,
    /// How often the service hears of it, if that is not once.
    pub(super) repeat: Option<u32>,
    pub(super) delay: Duration,
    /// What is answered where what the service would say is lost.
    pub(super) own: Option<Own>,
    pub(super) headers: HeaderMap,
    pub(super) drop_headers: Vec<HeaderName>,
    pub(super) date_off: time::Duration,
    pub(super) cut: Option<Cut>,
    pub(super) drip: Option<Drip>,
    pub(super) end: Option<End>,
}

/// What is lost.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Lost {
    Request,
    Answer,
}

/// An answer that the service did not give.
#[derive(Clone, Debug)]
pub(super) struct Own {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

/// The end of a body before its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    pub(super) bytes: usize,
    /// Does `Content-Length` tell of it?
    pub(super) told: bool,
}

impl Effect {
    /// How often the service hears of the request.
    pub(crate) fn deliveries(&self) -> u32 {
        match self.lost {
            Some(Lost::Request) => 0,
            _ => self.repeat.unwrap_or(1),
        }
    }

    /// How much later the answer comes.
    pub(crate) fn delay(&self) -> Duration {
        self.delay
    }

    /// What the client gets, given the last answer of the service.
    pub(crate) fn outgoing(
        &self,
        answer: Option<Response<Vec<u8>>>,
        head_only: bool,
        now: OffsetDateTime,
    ) -> Outgoing {
        let answer = match (&self.own, self.lost) {
            (Some(own), _) => Some(own.response()),
            (None, Some(_)) => None,
            (None, None) => answer,
        };
        let Some(mut answer) = answer else {
            return Outgoing { end: self.end.unwrap_or(End::Reset), ..Outgoing::default() };
        };
        let length = answer.body().len();
        if let Some(cut) = self.cut {
            answer.body_mut().truncate(cut.bytes);
        }
        let told = if self.cut.is_some_and(|cut| cut.told) { answer.body().len() } else { length };
        if answer.status() != StatusCode::NO_CONTENT {
            answer.headers_mut().insert(header::CONTENT_LENGTH, told.into());
        }
        self.change_headers(answer.headers_mut(), now);
        let mut outgoing = Outgoing::of(&answer, head_only);
        outgoing.drip = self.drip;
        outgoing.end = self.end.unwrap_or(outgoing.end);
        outgoing
    }

    fn change_headers(&self, headers: &mut HeaderMap, now: OffsetDateTime) {
        if !self.date_off.is_zero() {
            let date = format_http_date(now.saturating_add(self.date_off));
            if let Ok(date) = HeaderValue::try_from(date) {
                headers.insert(header::DATE, date);
            }
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        for name in &self.drop_headers {
            headers.remove(name);
        }
    }
}

impl Own {
    fn response(&self) -> Response<Vec<u8>> {
        let mut response = Response::new(self.body.clone());
        *response.status_mut() = self.status;
        response
    }
}

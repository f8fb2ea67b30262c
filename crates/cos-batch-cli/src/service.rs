//! The service, asked call by call

use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::time::Duration;

use cos_batch::drive::Failed;
use cos_batch::http::Request;
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Credentials, Endpoint, Error, Exchange, ListJobs, Machine, Operation, Region, Retry, Signer,
    Step, printable,
};
use cos_batch_ureq::{Client, Items, Listing, SendError};

use crate::account::{Account, is_on_this_machine};
use crate::arguments::{Clock, Global, Target};
use crate::config::trusting;
use crate::failure::{Failure, Kind};
use crate::output;
use crate::pager::Out;
use crate::renewal::Renewal;
use crate::steps;
use crate::talk::{Detail, Talk};

/// How long one call may take unless told.
const TIMEOUT: Duration = Duration::from_secs(30);

/// An account, and how it is asked
pub(crate) struct Service {
    // The connections go before the local service that the account may hold.
    client: Client,
    renewal: Arc<Renewal>,
    attempts: u32,
    dry_run: bool,
    account: Account,
}

impl Service {
    pub(crate) fn find(global: &Global) -> Result<Self, Failure> {
        Self::signed_by(Signer::new, global)
    }

    /// The same with signers of the caller's making.
    pub(crate) fn signed_by(
        signer_of: fn(Credentials) -> Signer,
        global: &Global,
    ) -> Result<Self, Failure> {
        Self::new(Account::find(global)?, signer_of, global)
    }

    /// One for each region that is named.
    pub(crate) fn find_all(global: &Global) -> Result<Vec<Self>, Failure> {
        let accounts = Account::find_all(global)?.into_iter();
        accounts.map(|account| Self::new(account, Signer::new, global)).collect()
    }

    fn new(
        account: Account,
        signer_of: fn(Credentials) -> Signer,
        global: &Global,
    ) -> Result<Self, Failure> {
        let (target, talk) = (&global.target, global.output.talk());
        let credentials = account.credentials.clone();
        let renewal = Arc::new(Renewal::new(credentials, signer_of, target.clone(), talk));
        let client = client(&account, renewal.clone(), target, talk);
        let client = trusting(client, &account.endpoint, Client::with_root_certificates)?;
        let (attempts, dry_run) = (target.attempts(), target.dry_run);
        Ok(Self { client, renewal, attempts, dry_run, account })
    }

    /// The same with the usual time for one call, whatever `--timeout` says.
    pub(crate) fn with_usual_timeout(self) -> Self {
        Self { client: self.client.with_timeout(TIMEOUT), ..self }
    }

    /// The same until then at the latest.
    pub(crate) fn with_deadline(self, deadline: Option<OffsetDateTime>) -> Self {
        let mut retry = self.client.retry().clone();
        retry.deadline = retry.deadline.into_iter().chain(deadline).min();
        Self { client: self.client.with_retry(retry), ..self }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.account.endpoint
    }

    /// The region, where several were named.
    pub(crate) fn region(&self) -> Option<&Region> {
        self.account.region.as_ref()
    }

    /// How often, how long and until when a call is tried.
    pub(crate) fn retry(&self) -> &Retry {
        self.client.retry()
    }

    /// Makes a call.
    pub(crate) fn call<O: Operation>(&self, operation: O) -> Result<O::Output<'static>, Failure> {
        let mut exchange = self.client.exchange(operation);
        loop {
            match self.client.run(&mut exchange) {
                Ok(Some(output)) => return Ok(output),
                Ok(None) => {}
                Err(failed) => return Err(self.failure(&failed, &exchange)),
            }
        }
    }

    pub(crate) fn pages(&self, list: ListJobs) -> Listing {
        self.client.pages(list)
    }

    pub(crate) fn items<M: Machine>(&self, machine: M) -> Items<M> {
        self.client.items(machine)
    }

    /// What failed, and where it was sent.
    pub(crate) fn failure<O: Operation>(
        &self,
        failed: &Failed<SendError>,
        call: &Exchange<O>,
    ) -> Failure {
        let failure = Failure::of_call(O::NAME, failed).or_request_id(call.request_id()).sent(
            self.endpoint().authority().as_str(),
            call.attempts().max(1),
            self.attempts,
        );
        match failure.kind() {
            Kind::CLOCK_SKEW => self.with_clock(failure, call.clock_offset()),
            _ => failure,
        }
    }

    /// What was done about a clock that is off.
    fn with_clock(&self, failure: Failure, offset: cos_batch::time::Duration) -> Failure {
        match self.retry().correct_clock {
            false => failure
                .fact("correction is off (--clock system)")
                .help("use --clock auto, or set this machine's clock right"),
            true if offset.is_zero() => failure,
            true => {
                let side = if offset.is_negative() { "ahead of" } else { "behind" };
                let off = output::span(offset.abs());
                failure
                    .fact(format!("this clock is {off} {side} the service's, whose time was used"))
            }
        }
    }

    /// With `--dry-run`, shows the request of a call in its place; otherwise does nothing. Says
    /// which.
    pub(crate) fn shows<O: Operation>(&self, operation: O) -> Result<bool, Failure> {
        if self.dry_run {
            let call = self.client.exchange(operation);
            let now = OffsetDateTime::now_utc();
            let step = call.next(&self.renewal.signer(now), now);
            let unsendable = |error: Error| Failure::of_error(O::NAME, &error, None);
            if let Step::Send { request, .. } = step.map_err(unsendable)? {
                let mut out = BufWriter::new(Out::new());
                output::written(write(&mut out, &request).and_then(|()| out.flush()))?;
            }
        }
        Ok(self.dry_run)
    }
}

/// A client for an account, as the flags want it.
fn client(account: &Account, renewal: Arc<Renewal>, target: &Target, talk: Talk) -> Client {
    let signer = move |now| Ok(renewal.signer(now));
    let mut client = Client::rotating(account.endpoint.clone(), signer)
        .with_timeout(target.timeout.unwrap_or(TIMEOUT))
        .with_connect_timeout(target.connect_timeout);
    if !is_on_this_machine(&account.endpoint) {
        client = client.with_proxy_from_env();
    }
    if talk.detail >= Detail::Steps {
        client = client.with_observer(move |_, step| steps::tell(talk, &step));
    }
    let mut retry = client.retry().clone();
    retry.attempts = target.attempts();
    retry.deadline = target.deadline.map(after);
    retry.correct_clock = target.clock == Clock::Auto;
    client.with_retry(retry)
}

/// So long from now.
pub(crate) fn after(duration: Duration) -> OffsetDateTime {
    let duration = cos_batch::time::Duration::try_from(duration);
    OffsetDateTime::now_utc().saturating_add(duration.unwrap_or(cos_batch::time::Duration::MAX))
}

/// A request as it would be sent, without what signs it.
fn write(out: &mut impl Write, request: &Request<Vec<u8>>) -> io::Result<()> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    writeln!(out, "{} {} HTTP/1.1", request.method(), printable(target, usize::MAX))?;
    for (name, value) in request.headers() {
        let value = match value.is_sensitive() {
            true => "(not shown)".to_owned(),
            false => printable(&String::from_utf8_lossy(value.as_bytes()), usize::MAX),
        };
        writeln!(out, "{name}: {value}")?;
    }
    writeln!(out)?;
    if !request.body().is_empty() {
        output::xml(out, request.body())?;
    }
    Ok(())
}

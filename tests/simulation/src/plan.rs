use std::fmt;

use cos_batch::time::Duration;
use fastrand::Rng;

/// What happens in a run: all of it follows from the seed
///
/// A plan can be made smaller, to find out what of it a failure needs.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) clients: Vec<ClientPlan>,
    /// What the network and the machines may do, by [`Fault`].
    pub(crate) faults: Vec<Fault>,
}

/// One client: its number keeps what it does, whoever else is there
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientPlan {
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    /// When it begins.
    pub(crate) begins: Duration,
}

/// What a client wants
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// A job, once.
    Create,
    /// All jobs.
    List,
    /// All jobs of a status.
    ListStatus,
    /// A job to its end.
    Watch,
    /// Another priority.
    Priority,
    /// A job confirmed.
    Confirm,
    /// A job cancelled.
    Cancel,
    /// A job gone.
    Delete,
    /// To be let in with a key that nobody gave it.
    Intrude,
}

/// Something that goes wrong now and then
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// Requests and replies are lost.
    Drop,
    /// Requests and replies take long, so that they overtake each other.
    Delay,
    /// Requests arrive twice.
    Duplicate,
    /// Replies are cut off.
    Truncate,
    /// Copies of requests arrive changed.
    Tamper,
    /// A proxy answers with a page of its own.
    Proxy,
    /// Clients' clocks are off, by up to twenty hours.
    Skew,
    /// Clients' clocks jump.
    Jump,
    /// The service is killed and comes back from its store.
    Crash,
    /// The clients get other credentials, and the old ones are worth nothing after a restart.
    Rotate,
}

impl Fault {
    pub(crate) const ALL: [Self; 10] = [
        Self::Drop,
        Self::Delay,
        Self::Duplicate,
        Self::Truncate,
        Self::Tamper,
        Self::Proxy,
        Self::Skew,
        Self::Jump,
        Self::Crash,
        Self::Rotate,
    ];
}

impl Plan {
    pub(crate) fn of(seed: u64) -> Self {
        const KINDS: [Kind; 9] = [
            Kind::Create,
            Kind::List,
            Kind::ListStatus,
            Kind::Watch,
            Kind::Priority,
            Kind::Confirm,
            Kind::Cancel,
            Kind::Delete,
            Kind::Intrude,
        ];
        let mut rng = random(seed, 0, 0);
        let creators = rng.u64(1..4);
        let clients = (0..creators + rng.u64(2..8)).map(|number| {
            let kind =
                if number < creators { Kind::Create } else { KINDS[rng.usize(..KINDS.len())] };
            ClientPlan { number, kind, begins: Duration::milliseconds(rng.i64(0..60_000)) }
        });
        let clients = clients.collect();
        let faults = Fault::ALL.into_iter().filter(|_| rng.bool()).collect();
        Self { seed, clients, faults }
    }

    /// The same with one thing less, in each way there is.
    pub(crate) fn smaller(&self) -> impl Iterator<Item = Self> + use<> {
        let (one, other) = (self.clone(), self.clone());
        let fewer_clients = (0..self.clients.len()).map(move |at| {
            let mut plan = one.clone();
            plan.clients.remove(at);
            plan
        });
        let fewer_faults = (0..self.faults.len()).map(move |at| {
            let mut plan = other.clone();
            plan.faults.remove(at);
            plan
        });
        fewer_clients.chain(fewer_faults)
    }

    /// Does this fault happen now? In so many of a hundred cases, where it may at all.
    pub(crate) fn strikes(&self, fault: Fault, percent: u32, rng: &mut Rng) -> bool {
        // Drawn in any case: what else is random must not depend on the plan.
        let strikes = rng.u32(..100) < percent;
        strikes && self.faults.contains(&fault)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, faults {:?}, clients", self.seed, self.faults)?;
        self.clients.iter().try_for_each(|it| write!(f, " {}:{:?}", it.number, it.kind))
    }
}

/// The random numbers of one thing: of a client, or of one of its attempts.
pub(crate) fn random(seed: u64, client: u64, attempt: u64) -> Rng {
    let mut rng = Rng::with_seed(seed);
    for part in [client, attempt] {
        rng = Rng::with_seed(rng.u64(..) ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    }
    rng
}

//! Every round measures every case once, in an order of its own
//!
//! Times move from minute to minute, most of all where others use the machine. What is measured
//! within one round meets the same machine, more or less, and the least time of many rounds is
//! that of a quiet one.

use std::time::{Duration, Instant};

/// Something that can be run again and again.
pub struct Case<'a> {
    pub name: &'static str,
    run: Box<dyn Fn() + 'a>,
}

/// What was measured of a case.
pub struct Figures {
    pub name: &'static str,
    /// Seconds of each round.
    rounds: Vec<f64>,
    pub allocations: u64,
    pub bytes_most: u64,
}

impl<'a> Case<'a> {
    /// `run` must give what it makes to `black_box`, or it may be left out.
    pub fn new<T>(name: &'static str, run: impl Fn() -> T + 'a) -> Self {
        let run = move || drop(std::hint::black_box(run()));
        Self { name, run: Box::new(run) }
    }

    /// The seconds of one run, of as many as take `least` together.
    fn time(&self, runs: u32) -> f64 {
        (self.run)();
        let start = Instant::now();
        (0..runs).for_each(|_| (self.run)());
        start.elapsed().as_secs_f64() / f64::from(runs)
    }

    /// How many runs make a sample that a clock can measure.
    fn runs(&self) -> u32 {
        const SAMPLE: Duration = Duration::from_micros(500);
        let mut runs = 1;
        while self.time(runs) * f64::from(runs) < SAMPLE.as_secs_f64() {
            runs *= 2;
        }
        runs
    }
}

/// Measures all cases, `rounds` times.
pub fn measure(cases: &[Case<'_>], rounds: usize) -> Vec<Figures> {
    let runs: Vec<_> = cases.iter().map(Case::runs).collect();
    let mut figures: Vec<_> = cases
        .iter()
        .map(|case| {
            let info = allocation_counter::measure(|| (case.run)());
            let (allocations, bytes_most) = (info.count_total, info.bytes_max);
            Figures { name: case.name, rounds: Vec::new(), allocations, bytes_most }
        })
        .collect();
    let mut random = fastrand::Rng::with_seed(7);
    let mut order: Vec<_> = (0..cases.len()).collect();
    for _ in 0..rounds {
        random.shuffle(&mut order);
        for &at in &order {
            figures[at].rounds.push(cases[at].time(runs[at]));
        }
    }
    figures
}

impl Figures {
    pub fn least(&self) -> f64 {
        self.rounds.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub fn median(&self) -> f64 {
        median(self.rounds.clone())
    }

    /// The median of the ratios within the rounds.
    pub fn ratio(&self, to: &Self) -> f64 {
        median(self.rounds.iter().zip(&to.rounds).map(|(one, other)| one / other).collect())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Prints a table in Markdown; ratios of the least times, and in brackets within the rounds, are to
/// the cases named in `to`.
pub fn table(title: &str, figures: &[Figures], to: &[&str]) {
    println!("\n### {title}\n");
    print!("| case | least | median | allocations | bytes held at most |");
    to.iter().for_each(|name| print!(" to {name} |"));
    print!("\n|---|--:|--:|--:|--:|");
    to.iter().for_each(|_| print!("--:|"));
    println!();
    for case in figures {
        print!("| {} | {} | {} |", case.name, time(case.least()), time(case.median()));
        print!(" {} | {} |", case.allocations, case.bytes_most);
        for name in to {
            let other = figures.iter().find(|other| other.name == *name).unwrap();
            let least = case.least() / other.least();
            print!(" {least:.3} ({:.3}) |", case.ratio(other));
        }
        println!();
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        0.0..1e-6 => format!("{:.0} ns", seconds * 1e9),
        1e-6..1e-3 => format!("{:.1} µs", seconds * 1e6),
        _ => format!("{:.2} ms", seconds * 1e3),
    }
}

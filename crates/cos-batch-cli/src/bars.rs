//! A bar for each job, on a terminal, while something is waited for

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::time::Instant;

use cos_batch::{Job, JobId, ProgressSummary, printable};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::output::{Options, grouped, span};

/// The bars; none where nobody would see them
pub(crate) struct Bars {
    shown: Option<MultiProgress>,
    bars: HashMap<JobId<'static>, Bar>,
}

struct Bar {
    bar: ProgressBar,
    /// What was done when it was looked at first.
    first: (Instant, u64),
}

impl Bars {
    pub(crate) fn new(options: &Options) -> Self {
        let wanted = !options.no_progress && !options.quiet && io::stderr().is_terminal();
        Self { shown: wanted.then(MultiProgress::new), bars: HashMap::new() }
    }

    /// Shows how far a job is now.
    pub(crate) fn show(&mut self, job: &Job<'_>, id: &JobId<'static>) {
        let Some(shown) = &self.shown else { return };
        let none = ProgressSummary::new(0, 0, 0);
        let progress = job.progress_summary.as_ref().unwrap_or(&none);
        let done = done(progress);
        let bar = self.bars.entry(id.clone()).or_insert_with(|| {
            let bar = shown.add(ProgressBar::new(1).with_prefix(id.to_string()));
            Bar { bar: bar.with_style(style()), first: (Instant::now(), done) }
        });
        let (start, at_first) = bar.first;
        let pace = pace(done.saturating_sub(at_first), start.elapsed().as_secs_f64());
        let status = printable(job.status.as_str(), 12);
        // The message last: it is drawn with the bar that belongs to it. A bar of no length is full.
        bar.bar.update(|state| {
            state.set_len(progress.total_number_of_tasks.max(1));
            state.set_pos(done);
        });
        bar.bar.set_message(message(&status, progress, pace));
        if job.status.is_terminal() {
            bar.bar.abandon();
        }
    }

    /// Does something to the terminal while no bar is in the way.
    pub(crate) fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        match &self.shown {
            Some(shown) => shown.suspend(act),
            None => act(),
        }
    }

    /// Takes them off the terminal.
    pub(crate) fn clear(&self) {
        if let Some(shown) = &self.shown {
            // A terminal that is gone needs no clearing.
            let _ = shown.clear();
        }
    }
}

/// One line a job: a narrow terminal cuts the end of the message.
fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{prefix}  [{bar:10}]  {wide_msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")
}

/// `Active  24.8%  31 failed  5m left  120/s`
fn message(status: &str, progress: &ProgressSummary<'_>, pace: Option<f64>) -> String {
    let (done, total) = (done(progress), progress.total_number_of_tasks);
    let mut parts = vec![status.to_owned()];
    if total > 0 {
        parts.push(format!("{:.1}%", (done as f64 / total as f64 * 1000.0).floor() / 10.0));
    }
    if progress.number_of_tasks_failed > 0 {
        parts.push(format!("{} failed", grouped(progress.number_of_tasks_failed)));
    }
    if let Some(pace) = pace {
        let left = total.saturating_sub(done) as f64 / pace;
        if left > 0.0 {
            parts.push(format!(
                "{} left",
                span(cos_batch::time::Duration::saturating_seconds_f64(left))
            ));
        }
        parts.push(format!("{pace:.0}/s"));
    }
    parts.join("  ")
}

/// How many tasks a second, where any were done.
fn pace(done: u64, seconds: f64) -> Option<f64> {
    (done > 0 && seconds > 0.0).then(|| done as f64 / seconds)
}

fn done(progress: &ProgressSummary<'_>) -> u64 {
    progress.number_of_tasks_succeeded.saturating_add(progress.number_of_tasks_failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_pace_and_time_left() {
        let progress = ProgressSummary::new(12_369, 31, 50_000);
        let shown = message("Active", &progress, pace(1_200, 10.0));
        assert_eq!(shown, "Active  24.8%  31 failed  5m left  120/s");
        assert_eq!(message("Active", &progress, pace(0, 10.0)), "Active  24.8%  31 failed");
        assert_eq!(message("New", &ProgressSummary::new(0, 0, 0), None), "New");
        let whole = ProgressSummary::new(10, 0, 10);
        assert_eq!(message("Complete", &whole, pace(10, 2.0)), "Complete  100.0%  5/s");
        let endless = ProgressSummary::new(1, 0, u64::MAX);
        assert!(message("Active", &endless, pace(1, 10.0)).ends_with("d left  0/s"));
        let huge = ProgressSummary::new(u64::MAX, u64::MAX, 1);
        assert!(message("Active", &huge, pace(1, f64::MIN_POSITIVE)).starts_with("Active  "));
    }
}

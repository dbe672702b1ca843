//! Progress of a run: a bar on a terminal that can draw one, plain lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use runtime_bench_results::trial::ErrorKind;

use crate::terminal::print_error;

/// Interval of the lines, without a bar.
const PLAIN: Duration = Duration::from_secs(5);
/// Number of steps of the bar.
const LENGTH: u64 = 1000;

/// Progress in units of expected seconds, so that the remaining time can be estimated.
pub(super) struct Progress {
    bar: ProgressBar,
    plain: bool,
    quiet: bool,
    phase: &'static str,
    last: Instant,
    /// When the phase began.
    start: Instant,
    /// Expected seconds: of the finished part of the phase, of the whole phase, and of the rest of the run.
    done_s: f64,
    phase_s: f64,
    rest_s: f64,
    /// The share of the run that was done when the phase began.
    before: f64,
}

impl Progress {
    /// Nothing is drawn when `quiet`. The bar is drawn between trials only, never during one.
    pub(super) fn new(quiet: bool) -> Self {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        // It is also hidden if standard error is not a terminal or cannot move its cursor.
        let plain = !quiet && target.is_hidden();
        let bar = ProgressBar::with_draw_target(Some(LENGTH), target);
        let style = "{bar:20.cyan/black} {percent:>3}%  {prefix}  {wide_msg}";
        bar.set_style(
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let now = Instant::now();
        let (done_s, phase_s, rest_s, before) = (0.0, 0.0, 0.0, 0.0);
        let phase = "";
        Self { bar, plain, quiet, phase, last: now, start: now, done_s, phase_s, rest_s, before }
    }

    /// Begins a phase; `phase_s` is its expected time, and `rest_s` the expected time from its end to the end of
    /// the run. A new estimate never reduces the displayed progress: the rest of the bar stands for the remaining
    /// time.
    pub(super) fn phase(&mut self, what: &'static str, phase_s: f64, rest_s: f64) {
        self.before = self.share();
        (self.phase, self.start, self.done_s) = (what, Instant::now(), 0.0);
        (self.phase_s, self.rest_s) = (phase_s, rest_s);
        if self.plain {
            print_error(&format!("{what}, about {} left", seconds(phase_s + rest_s)));
        }
    }

    /// Shows what is running now.
    pub(super) fn running(&mut self, what: &str) {
        self.bar.set_prefix(self.left());
        self.bar.set_message(format!("{} {what}", self.phase));
        if self.plain && self.last.elapsed() >= PLAIN {
            self.last = Instant::now();
            let percent = 100.0 * self.share();
            print_error(&format!("{percent:.0}%, {}: {} {what}", self.left(), self.phase));
        }
    }

    /// Ends a trial that was expected to take this long.
    pub(super) fn finished(&mut self, expected_s: f64) {
        self.done_s += expected_s;
        self.bar.set_position((self.share() * LENGTH as f64) as u64);
    }

    /// The completed share of the run.
    fn share(&self) -> f64 {
        let expected_s = self.phase_s + self.rest_s;
        let done = if expected_s > 0.0 { self.done_s / expected_s } else { 0.0 };
        self.before + (1.0 - self.before) * done.min(1.0)
    }

    /// Prints a message that stays.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| print_error(text));
        }
    }

    /// Prints a failed trial, even if the run is quiet.
    pub(super) fn failed(&self, cell: &str, kind: ErrorKind, message: &str) {
        self.bar.suspend(|| print_error(&format!("failed: {cell}: {kind}: {message}")));
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// The remaining time: of the phase, at its pace so far, and of the rest of the run.
    fn left(&self) -> String {
        let elapsed_s = self.start.elapsed().as_secs_f64();
        let pace = if self.done_s > 0.0 { elapsed_s / self.done_s } else { 1.0 };
        let of_phase_s = (self.phase_s - self.done_s).max(0.0) * pace;
        format!("{} left", seconds(of_phase_s + self.rest_s))
    }
}

/// Seconds in human-readable form.
pub(super) fn seconds(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    if whole < 90 { format!("{whole} s") } else { format!("{} min {} s", whole / 60, whole % 60) }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn progress_never_goes_back_when_a_look_extends_the_run() {
        let mut progress = Progress::new(true);
        let mut shown = vec![progress.share()];
        for (expected_s, steps_s) in [(10.0, [4.0, 4.0]), (30.0, [10.0, 15.0]), (5.0, [3.0, 4.0])] {
            progress.phase("measuring", expected_s, 0.0);
            for step_s in steps_s {
                progress.finished(step_s);
                shown.push(progress.share());
            }
        }
        assert!(
            shown.is_sorted() && shown.iter().all(|share| (0.0..=1.0).contains(share)),
            "{shown:?}"
        );
        assert!(shown[2] < 0.9 && *shown.last().unwrap() > 0.999, "{shown:?}");
    }
}

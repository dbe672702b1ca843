//! Progress of a run: a bar on a terminal that can draw one, plain lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use runtime_bench_results::trial::ErrorKind;

use crate::terminal::print_error;

/// Without a bar, one line as often as this.
const PLAIN: Duration = Duration::from_secs(5);

/// Progress in units of expected seconds, so that the remaining time can be estimated.
pub(super) struct Progress {
    bar: ProgressBar,
    plain: bool,
    quiet: bool,
    phase: &'static str,
    start: Instant,
    last: Instant,
    done_s: f64,
    all_s: f64,
}

impl Progress {
    /// Nothing is drawn when `quiet`. The bar is drawn between trials only, never during one.
    pub(super) fn new(quiet: bool) -> Self {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        // It is hidden, too, where standard error is not a terminal or cannot move its cursor.
        let plain = !quiet && target.is_hidden();
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let style = "{bar:20.cyan/black} {percent:>3}%  {prefix}  {wide_msg}";
        bar.set_style(
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let now = Instant::now();
        Self { bar, plain, quiet, phase: "", start: now, last: now, done_s: 0.0, all_s: 0.0 }
    }

    /// Begins a phase; `expected_s` is the expected time to the end of the run.
    pub(super) fn phase(&mut self, what: &'static str, expected_s: f64) {
        self.phase = what;
        self.all_s = self.done_s + expected_s;
        self.bar.set_length((self.all_s * 1e3) as u64);
        if self.plain {
            print_error(&format!("{what}, about {} left", seconds(expected_s)));
        }
    }

    /// Shows what is running now.
    pub(super) fn running(&mut self, what: &str) {
        self.bar.set_prefix(self.left());
        self.bar.set_message(format!("{} {what}", self.phase));
        if self.plain && self.last.elapsed() >= PLAIN {
            self.last = Instant::now();
            let percent = 100.0 * self.done_s / self.all_s.max(f64::MIN_POSITIVE);
            print_error(&format!("{percent:.0}%, {}: {} {what}", self.left(), self.phase));
        }
    }

    /// It has ended, and was expected to take so long.
    pub(super) fn finished(&mut self, expected_s: f64) {
        self.done_s += expected_s;
        self.bar.set_position((self.done_s * 1e3) as u64);
    }

    /// A message that stays.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| print_error(text));
        }
    }

    /// A failed trial. It is shown even if the run is quiet.
    pub(super) fn failed(&self, cell: &str, kind: ErrorKind, message: &str) {
        self.bar.suspend(|| print_error(&format!("failed: {cell}: {kind}: {message}")));
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// What is left, at the pace so far.
    fn left(&self) -> String {
        let pace =
            if self.done_s > 0.0 { self.start.elapsed().as_secs_f64() / self.done_s } else { 1.0 };
        format!("{} left", seconds((self.all_s - self.done_s).max(0.0) * pace))
    }
}

/// Seconds as a person says them.
pub(super) fn seconds(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    if whole < 90 { format!("{whole} s") } else { format!("{} min {} s", whole / 60, whole % 60) }
}

//! Where the time of the measured trials went.

use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Outcome;

use crate::format;

/// Seconds of the measured trials, pilots left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Time {
    /// From starting the processes to their ends.
    whole: f64,
    /// Warming up and measuring.
    inside: f64,
    trials: usize,
}

/// The share of time inside warm-up or measured blocks, in a sentence.
pub(super) fn sentence(run: &Run) -> String {
    let time = time(run);
    let share = time.inside / time.whole;
    if !(time.whole > 0.0 && share.is_finite()) {
        return "No trial was measured, so there is no time to account for.".to_owned();
    }
    format!(
        "{} took {}\u{a0}s from the start of their processes to their ends; {} of it was inside \
         warm-up or measured blocks. The rest is starting a process, preparing inputs and \
         verifying answers.",
        format::count(time.trials, "measured trial"),
        format::number(time.whole),
        format::percent(share)
    )
}

fn time(run: &Run) -> Time {
    let mut time = Time::default();
    for trial in run.trials.iter().filter(|trial| trial.round > 0) {
        if let Outcome::Ok { block } = &trial.outcome {
            time.whole += trial.cost_s;
            time.inside += block.phases.warm_up_s + block.phases.measure_s;
            time.trials += 1;
        }
    }
    time
}

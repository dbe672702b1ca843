//! Where the time of the measured trials went.

use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Outcome;

use crate::format;

/// The share of time inside warm-up or measured blocks, in a sentence; pilots are left out.
pub(super) fn sentence(run: &Run) -> String {
    let (mut whole, mut inside, mut trials) = (0.0, 0.0, 0);
    for trial in run.trials.iter().filter(|trial| trial.round > 0) {
        if let Outcome::Ok { block } = &trial.outcome {
            whole += trial.cost_s;
            inside += block.phases.warm_up_s + block.phases.measure_s;
            trials += 1;
        }
    }
    let share = inside / whole;
    if !(whole > 0.0 && share.is_finite()) {
        return "No trial was measured, so there is no time to account for.".to_owned();
    }
    format!(
        "{} took {}\u{a0}s from the start of their processes to their ends; {} of it was inside \
         warm-up or measured blocks. The rest is starting a process, preparing inputs and \
         verifying answers.",
        format::count(trials, "measured trial"),
        format::number(whole),
        format::percent(share)
    )
}

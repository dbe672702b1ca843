//! The time of the measured trials by phase.

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
        return "No trial was measured.".to_owned();
    }
    format!(
        "{} took {}\u{a0}s from process start to exit; {} of that was warm-up or measured blocks. The rest \
         went into starting processes, preparing inputs and verifying outputs.",
        format::count(trials, "measured trial"),
        format::number(whole),
        format::percent(share)
    )
}

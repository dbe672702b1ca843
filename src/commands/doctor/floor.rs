//! The noise floor: by how much identical code differs here, and what follows from it.

use runtime_bench_analysis::analysis::{Group, Status, control_pairs, level};
use runtime_bench_analysis::stats::{ControlCheck, Interval, MARGIN, compare, fewest_pairs};
use runtime_bench_results::run::{Run, Schedule};
use runtime_bench_results::trial::Phase;
use serde::Serialize;

use runtime_bench_harness::plan::profile::Profile;

/// Runners of a whole table, whose number of pairs sets the level.
const RUNNERS: usize = 7;
/// Workloads of such a table.
const WORKLOADS: usize = 39;
/// A difference of a half-width and the margin is seen half the time. To be seen nine times in ten it
/// must be larger by 1.28 standard errors of the median, where the half-width at this level is 3.6.
const OFTEN: f64 = 1.0 + 1.28 / 3.6;

/// What the reference against itself showed for one workload.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Floor {
    /// `workload[/variant]/params`.
    pub(super) name: String,
    /// Heading of the workload.
    pub(super) title: String,
    /// Rounds in which both were measured.
    pub(super) rounds: usize,
    /// Mean cost of a trial, milliseconds.
    pub(super) trial_ms: f64,
    /// Whether the two were proven alike, or told apart; `None` when they could not be compared.
    pub(super) control: Option<ControlCheck>,
    /// Half-width of the A/A control's interval, per cent: the noise floor.
    pub(super) half_width: Option<f64>,
    /// The smallest difference that a quick run sees nine times in ten, per cent.
    pub(super) quick: Option<f64>,
    /// The same of a standard run that measures warm instances.
    pub(super) standard: Option<f64>,
    /// Why there is no figure.
    pub(super) reason: Option<String>,
}

impl Floor {
    /// The floor of one comparison of a run.
    pub(super) fn of(run: &Run, group: &Group) -> Self {
        let pairs = control_pairs(run, group);
        let trial_s = trial_s(run, group).unwrap_or(0.0);
        let interval = group.control.as_ref().and_then(|control| control.comparison.interval);
        // A table of seven runners has a stricter level than the one A/A control here.
        let wide = compare("", &pairs, level(WORKLOADS, 1, RUNNERS, 1)).strict_interval;
        let smallest = |profile: Profile| {
            let rounds = rounds(profile, trial_s);
            let scale = OFTEN * (pairs.len() as f64 / rounds).sqrt();
            wide.map(|wide| half_width(wide, scale) + 100.0 * MARGIN)
        };
        // The schedule's own words are of the budget of a cell, and the doctor has one for all.
        let left_out = |s: &Schedule| s.group == group.name && s.left_out.is_some();
        let reason = match group.rows.first().map(|row| &row.status) {
            _ if run.schedules.iter().any(left_out) => {
                Some("its rounds do not fit: give it a longer --budget".to_owned())
            }
            Some(Status::Measured) if interval.is_some() => None,
            Some(Status::Measured) => {
                Some("too few independent rounds: give it a longer --budget".to_owned())
            }
            Some(status) => Some(status.reason().to_owned()),
            None => Some("it was not planned".to_owned()),
        };
        let title = run.workload(&group.workload).map_or(&group.workload, |info| &info.title);
        Self {
            name: group.name.clone(),
            title: title.clone(),
            rounds: pairs.len(),
            trial_ms: trial_s * 1e3,
            control: group.control.as_ref().map(|control| control.check),
            half_width: interval.map(|interval| half_width(interval, 1.0)),
            quick: smallest(Profile::Quick),
            standard: smallest(Profile::Standard),
            reason,
        }
    }
}

/// Half of an interval of a ratio, per cent, after `scale` has been applied to its width. Ratios
/// are wide on a log scale, as they are compared.
fn half_width(interval: Interval, scale: f64) -> f64 {
    let half = (interval.high.ln() - interval.low.ln()) / 2.0;
    100.0 * (half * scale).exp_m1()
}

/// Rounds that a profile makes with its budget of a cell and trials of this cost; the width of an
/// interval of a median shrinks with the root of them.
fn rounds(profile: Profile, trial_s: f64) -> f64 {
    let (fewest, most) = profile.rounds(Phase::Warm).into_inner();
    let fitting = profile.budget().as_secs_f64() / trial_s.max(f64::MIN_POSITIVE);
    let fewest = f64::from(fewest).max(fewest_pairs(level(WORKLOADS, 1, RUNNERS, 1)) as f64);
    fitting.floor().clamp(fewest, f64::from(most))
}

/// Mean cost of the counted trials of a comparison, seconds.
fn trial_s(run: &Run, group: &Group) -> Option<f64> {
    let cells = run.header.plan.cells.iter().enumerate();
    let own: Vec<usize> =
        cells.filter(|(_, cell)| cell.key.group() == group.name).map(|(id, _)| id).collect();
    let trials = run.trials.iter().filter(|trial| trial.round > 0 && own.contains(&trial.cell));
    let costs: Vec<f64> = trials.map(|trial| trial.cost_s).collect();
    (!costs.is_empty()).then(|| costs.iter().sum::<f64>() / costs.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, wanted: f64) -> bool {
        (value - wanted).abs() < 1e-6
    }

    #[test]
    fn the_half_width_is_taken_on_a_log_scale() {
        let interval = Interval { low: 1.0 / 1.04, high: 1.04 };
        assert!(near(half_width(interval, 1.0), 4.0));
        assert!(near(half_width(interval, 2.0), 8.16), "1.04² − 1");
        assert!(near(half_width(Interval { low: 1.0, high: 1.21 }, 1.0), 10.0), "not around 1");
        assert!(near(half_width(Interval { low: 1.1, high: 1.1 }, 1.0), 0.0));
    }

    #[test]
    fn a_profile_has_the_rounds_that_fit_its_budget() {
        assert!(near(rounds(Profile::Quick, 0.0119), 50.0));
        assert!(near(rounds(Profile::Standard, 0.02), 100.0));
        assert!(near(rounds(Profile::Standard, 0.001), 150.0), "no more are of use");
        assert!(near(rounds(Profile::Quick, 9.0), 14.0), "no fewer bear a verdict");
        assert!(near(rounds(Profile::Quick, 0.0), 150.0));
    }
}

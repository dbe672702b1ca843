//! The noise floor: the differences of identical code on this machine, and the detectable differences.

use runtime_bench_analysis::analysis::{Group, Levels, Status, control_pairs};
use runtime_bench_analysis::stats::{ControlCheck, Interval, smallest_difference};
use runtime_bench_results::run::{Run, Schedule};
use serde::Serialize;

use runtime_bench_harness::plan::Planned;
use runtime_bench_harness::plan::profile::Profile;
use runtime_bench_harness::run::rounds_in_time;

/// A complete run of a profile, whose cells determine the level of a comparison.
pub(super) struct WholeRun {
    pub(super) profile: Profile,
    pub(super) planned: Planned,
}

impl WholeRun {
    /// The level of a comparison of its workload.
    fn level(&self, group: &Group) -> f64 {
        Levels::of(&self.planned.plan, &self.planned.runners).level(&group.workload)
    }

    /// The smallest difference that it finds nine times in ten, percent, given the cost of a trial.
    fn smallest(&self, group: &Group, control: &[(f64, f64)], trial_s: f64) -> Option<f64> {
        let rounds = rounds_in_time(&self.planned, self.profile, &group.name, trial_s)?;
        smallest_difference(control, rounds as usize, self.level(group)).map(|share| 100.0 * share)
    }
}

/// The result of the reference against itself in one workload.
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
    /// Result of the A/A control; `None` if it could not be compared.
    pub(super) control: Option<ControlCheck>,
    /// Half-width of the A/A control's interval, percent: the noise floor.
    pub(super) half_width: Option<f64>,
    /// The smallest difference that a quick run finds nine times in ten, percent.
    pub(super) quick: Option<f64>,
    /// The same for a standard run that measures warm instances.
    pub(super) standard: Option<f64>,
    /// Why there is no figure.
    pub(super) reason: Option<String>,
}

impl Floor {
    /// The floor of one comparison of a run.
    pub(super) fn of(run: &Run, group: &Group, [quick, standard]: &[WholeRun; 2]) -> Self {
        let pairs = control_pairs(run, group);
        let trial_s = trial_s(run, group).unwrap_or(0.0);
        let interval = group.control.as_ref().and_then(|control| control.comparison.interval);
        // The schedule's message refers to the budget of a cell, but the doctor has one budget for all.
        let left_out = |s: &Schedule| s.group == group.name && s.left_out.is_some();
        let reason = match group.rows.first().map(|row| &row.status) {
            _ if run.schedules.iter().any(left_out) => {
                Some("too few rounds fit: use a longer --budget".to_owned())
            }
            Some(Status::Measured) if interval.is_some() => None,
            Some(Status::Measured) => {
                Some("too few independent rounds: use a longer --budget".to_owned())
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
            half_width: interval.map(half_width),
            quick: quick.smallest(group, &pairs, trial_s),
            standard: standard.smallest(group, &pairs, trial_s),
            reason,
        }
    }
}

/// Half-width of the interval of a ratio, percent, on a log scale, as ratios are compared.
fn half_width(interval: Interval) -> f64 {
    100.0 * ((interval.high.ln() - interval.low.ln()) / 2.0).exp_m1()
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
        assert!(near(half_width(interval), 4.0));
        assert!(near(half_width(Interval { low: 1.0, high: 1.21 }), 10.0), "not around 1");
        assert!(near(half_width(Interval { low: 1.1, high: 1.1 }), 0.0));
    }
}

//! The reference against itself, pair by pair.

use super::Group;
use super::compare::paired;
use super::noise::stalled;
use super::samples::Samples;
use crate::run::{PlannedCell, Role, Run};

/// Costs of the reference's twin and of the reference, round by round, as [`Group::twin`] compares
/// them; empty for a comparison without a twin.
pub fn twin_pairs(run: &Run, group: &Group) -> Vec<(f64, f64)> {
    let Some(twin) = &group.twin else { return Vec::new() };
    let cells = run.header.plan.cells.iter().enumerate();
    let own = |cell: &PlannedCell| {
        cell.key.runner == twin.comparison.reference
            && cell.age == group.age
            && cell.key.group() == group.name
    };
    let own: Vec<(usize, Role)> =
        cells.filter(|(_, cell)| own(cell)).map(|(id, cell)| (id, cell.role)).collect();
    let samples = |role: Role| {
        let mut samples = Samples::default();
        for trial in run.trials.iter().filter(|trial| own.contains(&(trial.cell, role))) {
            samples.take(trial, stalled(run, trial));
        }
        samples.costs(&group.headline)
    };
    paired(&samples(Role::Twin), &samples(Role::Subject))
}

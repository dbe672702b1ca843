//! The reference against itself, pair by pair.

use super::Group;
use super::gathered::{Gathered, paired};
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::{Role, Run};

/// Costs of the reference's A/A control and of the reference, round by round, as [`Group::control`] compares
/// them; empty for a comparison without an A/A control.
pub fn control_pairs(run: &Run, group: &Group) -> Vec<(f64, f64)> {
    let Some(control) = &group.control else { return Vec::new() };
    let key = CellKey {
        workload: group.workload.clone(),
        point: group.point.clone(),
        runner: control.comparison.reference.clone(),
    };
    let gathered = Gathered::new(run);
    let costs = |role| gathered.costs(&key, group.phase, role, &group.headline);
    paired(&costs(Role::AaControl), &costs(Role::Subject))
}

//! The reference against itself, pair by pair.

use super::Group;
use super::gathered::{Gathered, paired};
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::{Role, Run};

/// Costs of the reference's twin and of the reference, round by round, as [`Group::twin`] compares
/// them; empty for a comparison without a twin.
pub fn twin_pairs(run: &Run, group: &Group) -> Vec<(f64, f64)> {
    let Some(twin) = &group.twin else { return Vec::new() };
    let key = CellKey {
        workload: group.workload.clone(),
        point: group.point.clone(),
        runner: twin.comparison.reference.clone(),
    };
    let gathered = Gathered::new(run);
    let costs = |role| gathered.costs(&key, group.age, role, &group.headline);
    paired(&costs(Role::Twin), &costs(Role::Subject))
}

//! Cells that are compared with each other.

use runtime_bench_results::run::Plan;
use runtime_bench_results::trial::Phase;

/// Cells that this run measures and compares with each other, by their ids.
pub(crate) fn groups(plan: &Plan) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let cells = plan
        .cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| cell.not_applicable.is_none() && plan.measures(&cell.key.workload));
    for (id, cell) in cells {
        let name = cell.key.group();
        match groups.iter_mut().find(|group| group.name == name && group.phase == cell.phase) {
            Some(group) => group.cells.push(id),
            None => groups.push(Group { name, phase: cell.phase, cells: vec![id] }),
        }
    }
    groups
}

/// A comparison.
pub(crate) struct Group {
    /// `workload[/variant]/params`.
    pub(crate) name: String,
    pub(crate) phase: Phase,
    /// Ids of its cells.
    pub(crate) cells: Vec<usize>,
}

//! The cost of the headline, for every measured row.

use std::collections::BTreeMap;

use super::gathered::{Gathered, paired};
use super::parallel::on_all_cores;
use super::{Group, Row};
use runtime_bench_results::run::Role;

/// A measured row and the cost of its headline.
pub(super) struct Costed<'a> {
    /// Its comparison.
    pub(super) group: &'a Group,
    /// The row.
    pub(super) row: &'a Row,
    /// Cost by round, in the unit of the headline, or its inverse if higher is better.
    pub(super) costs: BTreeMap<u32, f64>,
}

impl Costed<'_> {
    /// `(own, other's)` cost of the rounds in which both were measured.
    pub(super) fn paired(&self, other: &Self) -> Vec<(f64, f64)> {
        paired(&self.costs, &other.costs)
    }
}

/// Every measured row, in the order of the groups.
pub(super) fn costed<'a>(gathered: &Gathered<'_>, groups: &'a [Group]) -> Vec<Costed<'a>> {
    let rows = groups.iter().flat_map(|group| group.rows.iter().map(move |row| (group, row)));
    let measured: Vec<(&Group, &Row)> = rows.filter(|(_, row)| row.is_ranked()).collect();
    on_all_cores(&measured, |&(group, row)| {
        let costs = gathered.costs(&row.key, group.phase, Role::Subject, &group.headline);
        Costed { group, row, costs }
    })
}

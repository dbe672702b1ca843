//! What the headline costs, for every row that was measured.

use std::collections::{BTreeMap, HashMap};

use super::samples::Samples;
use super::{Group, Row, Status};
use crate::key::CellKey;
use crate::run::{Role, Run};
use crate::trial::Age;

/// A measured row and what its headline costs.
pub(super) struct Costed<'a> {
    /// The comparison that it is part of.
    pub(super) group: &'a Group,
    /// The row.
    pub(super) row: &'a Row,
    /// Cost by round, in the unit of the headline, or its inverse where more is better.
    pub(super) costs: BTreeMap<u32, f64>,
}

impl Costed<'_> {
    /// `(own, other's)` cost of the rounds in which both were measured.
    pub(super) fn paired(&self, other: &Self) -> Vec<(f64, f64)> {
        let pair = |(round, cost): (&u32, &f64)| Some((*cost, *other.costs.get(round)?));
        self.costs.iter().filter_map(pair).collect()
    }
}

/// Every measured row, in the order of the groups. `measured` is by the plan's cells.
pub(super) fn costed<'a>(
    run: &Run,
    measured: &[Samples<'_>],
    groups: &'a [Group],
) -> Vec<Costed<'a>> {
    let cells = run.header.plan.cells.iter().zip(measured);
    let subjects: HashMap<(&CellKey, Age), &Samples<'_>> = cells
        .filter(|(cell, _)| cell.role == Role::Subject)
        .map(|(cell, samples)| ((&cell.key, cell.age), samples))
        .collect();
    let rows = groups.iter().flat_map(|group| group.rows.iter().map(move |row| (group, row)));
    rows.filter(|(_, row)| row.status == Status::Measured)
        .filter_map(|(group, row)| {
            let samples = subjects.get(&(&row.key, group.age))?;
            Some(Costed { group, row, costs: samples.costs(&group.headline) })
        })
        .collect()
}

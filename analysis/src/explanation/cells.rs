//! The explanations of a run, from its evidence.

use std::collections::HashMap;

use runtime_bench_results::evidence::Evidence;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Phase;
use serde::{Deserialize, Serialize};

use super::{Explanation, explain};
use crate::analysis::{Analysis, Group, Row};
use crate::format::counts_bytes;
use crate::stats::Verdict;

/// The explanation of the difference between a row and the reference of its comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CellExplanation {
    /// The cell of the candidate.
    pub cell: CellKey,
    /// Phase of the instances.
    pub phase: Phase,
    /// The explanation.
    pub explanation: Explanation,
}

/// Explains every row that is settled as faster or slower, if both the row and its reference have evidence.
pub fn explanations(run: &Run, analysis: &Analysis) -> Vec<CellExplanation> {
    let evidence: HashMap<&CellKey, &Evidence> =
        run.evidence.iter().map(|evidence| (&evidence.cell, evidence)).collect();
    let groups = analysis.groups.iter();
    let rows = groups.flat_map(|group| group.rows.iter().map(move |row| (group, row)));
    let explained = |(group, row): (&Group, &Row)| {
        let reference = reference(group, row)?;
        let explanation = explain(evidence.get(reference)?, evidence.get(&row.key)?)?;
        Some(CellExplanation { cell: row.key.clone(), phase: group.phase, explanation })
    };
    rows.filter_map(explained).collect()
}

/// The cell that a row is compared with, if the row is settled as faster or slower and counts per iteration
/// can explain it.
pub fn reference<'a>(group: &'a Group, row: &Row) -> Option<&'a CellKey> {
    let comparison = row.comparison.as_ref()?;
    let differs = matches!(comparison.verdict, Verdict::Faster | Verdict::Slower);
    let is_time = !counts_bytes(&row.metric(&group.headline)?.unit);
    // At startup there is one iteration, and nothing is counted.
    let has_counts = group.phase != Phase::Startup && !group.control_failed();
    let reference = group.rows.iter().find(|row| row.key.runner == comparison.reference)?;
    (differs && is_time && has_counts).then_some(&reference.key)
}

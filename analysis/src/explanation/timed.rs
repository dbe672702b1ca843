//! The timed comparison that an explanation belongs to.

use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Phase;
use serde::{Deserialize, Serialize};

use crate::analysis::{Row, Summary, analyze};
use crate::stats::Comparison;

/// Two runners in the same rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Timed {
    /// Phase of the instances.
    pub phase: Phase,
    /// The headline of the reference.
    pub reference: Summary,
    /// The headline of the candidate.
    pub candidate: Summary,
    /// The candidate against the reference.
    pub comparison: Comparison,
    /// Whether the A/A control failed.
    pub control_failed: bool,
}

impl Timed {
    /// The comparison of two cells of a run.
    ///
    /// # Errors
    /// Why the run does not compare them.
    pub fn of(run: &Run, reference: &CellKey, candidate: &CellKey) -> Result<Self, String> {
        let mut run = run.clone();
        run.header.plan.reference.clone_from(&reference.runner);
        let analysis = analyze(&run);
        let mut groups = analysis.groups.iter();
        let group = groups
            .find(|group| group.rows.iter().any(|row| row.key == *candidate))
            .ok_or_else(|| format!("the run has no cell {candidate}"))?;
        let figure = |key: &CellKey| -> Result<(&Row, Summary), String> {
            let row = group.rows.iter().find(|row| row.key == *key);
            let row = row.ok_or_else(|| format!("the run has no cell {key}"))?;
            let summary = row.metric(&group.headline).cloned();
            let why = format!("{key} is {}: {}", row.status.word(), row.status.reason());
            summary.ok_or(why).map(|summary| (row, summary))
        };
        let ((_, of_reference), (row, of_candidate)) = (figure(reference)?, figure(candidate)?);
        let compared = row.comparison.clone().filter(|one| one.reference == reference.runner);
        Ok(Self {
            phase: group.phase,
            reference: of_reference,
            candidate: of_candidate,
            comparison: compared.ok_or_else(|| format!("the run does not compare {candidate}"))?,
            control_failed: group.control_failed(),
        })
    }
}

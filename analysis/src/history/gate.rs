//! Judges change points: pass or fail.

use serde::{Deserialize, Serialize};

use super::{ChangePoint, Document};
use crate::comparison::gate::in_percent;
use crate::comparison::{FailOn, Outcome, Word};

/// A document and the outcome of a gate: the complete output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Judged {
    /// The change points. Its fields are inlined in JSON.
    #[serde(flatten)]
    pub document: Document,
    /// What the gate fails on.
    pub fail_on: FailOn,
    /// Share that a regression's whole interval lies beyond.
    pub threshold: f64,
    /// The outcome.
    pub outcome: Outcome,
    /// The cells that became slower and have not changed since.
    pub regressions: Vec<String>,
}

impl Judged {
    /// Judges change points. A *regression* is a cell whose last change point made it slower, with the
    /// whole interval beyond `threshold`, a share such as 0.01.
    ///
    /// A gate that could analyze no series is inconclusive; with [`FailOn::Inconclusive`], so is one
    /// with a series that is too short.
    pub fn new(document: Document, fail_on: FailOn, threshold: f64) -> Self {
        let regressed = |change: &&ChangePoint| {
            fail_on != FailOn::Nothing
                && change.latest
                && change.word == Word::Slower
                && change.interval.low > 1.0 + threshold
        };
        let all = document.machines.iter().flat_map(|machine| &machine.changes);
        let regressions: Vec<String> =
            all.filter(regressed).map(|change| change.cell.clone()).collect();
        let looked_at = document.machines.iter().any(|machine| machine.series > 0);
        let short =
            document.machines.iter().any(|machine| machine.series == 0 || machine.short > 0);
        let outcome = match fail_on {
            FailOn::Nothing => Outcome::Pass,
            _ if !regressions.is_empty() => Outcome::Regression,
            _ if !looked_at => Outcome::Inconclusive,
            FailOn::Inconclusive if short => Outcome::Inconclusive,
            _ => Outcome::Pass,
        };
        Self { document, fail_on, threshold, outcome, regressions }
    }

    /// The outcome as one sentence with its reason.
    pub fn sentence(&self) -> String {
        let machines = &self.document.machines;
        let series: usize = machines.iter().map(|machine| machine.series).sum();
        let changes: usize = machines.iter().map(|machine| machine.changes.len()).sum();
        let since = match &self.document.since {
            Some(since) => format!(" since {since}"),
            None => String::new(),
        };
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let found = format!("{changes} change point{}{since} in {series} series", plural(changes));
        let threshold = in_percent(self.threshold);
        match self.outcome {
            Outcome::Pass if self.fail_on == FailOn::Nothing => found,
            Outcome::Regression => format!(
                "{found}; {} became slower by more than {threshold}% and {} not changed since: {}",
                self.regressions.len(),
                if self.regressions.len() == 1 { "has" } else { "have" },
                self.regressions.join(", ")
            ),
            Outcome::Pass => format!("{found}; none made a cell slower by more than {threshold}%"),
            Outcome::Inconclusive if series == 0 => {
                "nothing to analyze: no cell has enough runs".to_owned()
            }
            Outcome::Inconclusive | Outcome::Untrusted => {
                format!("{found}; some cells have too few runs")
            }
        }
    }
}

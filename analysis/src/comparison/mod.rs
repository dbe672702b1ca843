//! Comparisons of two sides, row by row, and a gate over the result.
//!
//! - [`Document`]: the compared sides and the result of each row, in one form for the runners of one run,
//!   for two runs and for two builds.
//! - [`runners`]: the runners of one run.
//! - [`files`]: two runs, base and candidate.
//! - [`builds`]: two builds, measured interleaved.
//! - [`Judged`]: a document and the outcome of a gate.

mod builds;
mod cells;
mod files;
pub(crate) mod gate;
mod runners;

pub use builds::{BuildRow, Failure, Sides, builds};
pub use files::files;
pub use gate::{FailOn, Judged, Outcome, judge};
pub use runners::{Against, runners};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::analysis::Analysis;
use crate::explanation::Explanation;
use crate::format::{count, counts_bytes};
use crate::stats::{Interval, Verdict};
use runtime_bench_results::evidence::Evidence;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Phase;

/// Version of the document.
pub const SCHEMA: &str = "runtime-bench/comparison/1";

/// A comparison of two sides, row by row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Document {
    /// [`SCHEMA`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA)))]
    pub schema: String,
    /// Title of the comparison.
    pub title: String,
    /// The base, which ratios refer to.
    pub base: String,
    /// The side that is compared with it.
    pub head: String,
    /// Why no result can be trusted, if so.
    pub untrusted: Option<String>,
    /// Warnings, one sentence each.
    pub warnings: Vec<String>,
    /// How the rows were judged, one sentence each.
    pub notes: Vec<String>,
    /// Cells that only the base has.
    pub only_base: Vec<String>,
    /// Cells that only the candidate has.
    pub only_head: Vec<String>,
    /// The compared rows.
    pub rows: Vec<Row>,
    /// For two builds, the measurements of each row, so that it can be judged again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<BuildRow>,
    /// For two builds, the explanations of the rows that differ, if requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explanations: Vec<RowExplanation>,
}

impl Document {
    /// A document without rows.
    pub fn new(title: &str, base: &str, head: &str) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            title: title.to_owned(),
            base: base.to_owned(),
            head: head.to_owned(),
            untrusted: None,
            warnings: Vec::new(),
            notes: Vec::new(),
            only_base: Vec::new(),
            only_head: Vec::new(),
            rows: Vec::new(),
            measured: Vec::new(),
            explanations: Vec::new(),
        }
    }

    /// Sorts the rows: the worst result first (all open rows count as equal), then by ratio.
    fn worst_first(&mut self) {
        let rank = |word: Word| if word.is_open() { Word::Inconclusive } else { word };
        let cost = |row: &Row| row.ratio.unwrap_or(0.0);
        let order =
            |a: &Row, b: &Row| rank(a.word).cmp(&rank(b.word)).then(cost(b).total_cmp(&cost(a)));
        self.rows.sort_by(order);
    }
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Row {
    /// Its name, unique within a document.
    pub name: String,
    /// Name of the workload.
    pub workload: String,
    /// Name of the metric that is compared.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Its result.
    pub word: Word,
    /// Cost of the candidate ÷ cost of the base.
    pub ratio: Option<f64>,
    /// Interval of that ratio.
    pub interval: Option<Interval>,
    /// Samples of base and candidate; pairs of one round count on both sides.
    pub samples: [usize; 2],
    /// Share that the interval of a *faster* or *slower* lies beyond.
    pub margin: f64,
    /// Why there is no result, or a caveat; may be empty.
    pub note: String,
}

/// The explanation of a row's difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowExplanation {
    /// Name of the row.
    pub row: String,
    /// The explanation.
    pub explanation: Explanation,
    /// The evidence of the base and of the candidate.
    pub evidence: [Evidence; 2],
}

impl Row {
    /// Whether it differs in time, which counted evidence may explain.
    pub fn is_explainable(&self) -> bool {
        matches!(self.word, Word::Faster | Word::Slower) && !counts_bytes(&self.unit)
    }
}

/// The result of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// The candidate failed and the base did not.
    Failed,
    /// The candidate costs more: the whole interval lies beyond the margin.
    Slower,
    /// Runners of one run: the candidate probably costs more.
    LeansSlower,
    /// Median and mean disagree.
    DependsOnMode,
    /// No result, for the reason in the note.
    Inconclusive,
    /// Runners of one run: too few pairs.
    NotCompared,
    /// Runners of one run: the 95% interval lies within 10%.
    Same,
    /// Any difference is within 3%.
    Tie,
    /// Runners of one run: the candidate probably costs less.
    LeansFaster,
    /// The candidate costs less: the whole interval lies beyond the margin.
    Faster,
}

impl Word {
    /// Every result, the worst first.
    pub const ALL: [Self; 10] = [
        Self::Failed,
        Self::Slower,
        Self::LeansSlower,
        Self::DependsOnMode,
        Self::Inconclusive,
        Self::NotCompared,
        Self::Same,
        Self::Tie,
        Self::LeansFaster,
        Self::Faster,
    ];

    /// The result in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Slower => "slower",
            Self::DependsOnMode => "depends on mode",
            Self::Inconclusive => "inconclusive",
            Self::LeansSlower => "leaning slower",
            Self::LeansFaster => "leaning faster",
            Self::Same => "same",
            Self::NotCompared => "not compared",
            Self::Tie => "tie",
            Self::Faster => "faster",
        }
    }

    /// Whether the result is open.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::DependsOnMode
                | Self::Inconclusive
                | Self::NotCompared
                | Self::LeansSlower
                | Self::LeansFaster
        )
    }
}

/// Note of a row whose workload's control failed.
const TOLD_APART: &str = "the A/A control of this workload failed: identical code looked different";

impl From<Verdict> for Word {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Faster => Self::Faster,
            Verdict::Slower => Self::Slower,
            Verdict::Tie => Self::Tie,
            Verdict::Same => Self::Same,
            Verdict::LeansFaster => Self::LeansFaster,
            Verdict::LeansSlower => Self::LeansSlower,
            Verdict::Open => Self::Inconclusive,
            Verdict::DependsOnMode => Self::DependsOnMode,
            Verdict::NotCompared => Self::NotCompared,
        }
    }
}

/// The name of a row, with the phase of its instances if it is not the usual one.
pub(crate) fn with_phase(name: &str, phase: Phase) -> String {
    if phase == Phase::Warm { name.to_owned() } else { format!("{name} ({phase})") }
}

/// Why the A/A controls of the run `label` make it untrustworthy; `None` if none failed.
fn distrust(label: &str, analysis: &Analysis) -> Option<String> {
    let failed = analysis.noise.failed;
    (failed > 0).then(|| {
        format!(
            "{label}: the A/A control failed in {}: identical code looked different; measure again \
             on an idle machine, or with a longer profile",
            count(failed, "comparison")
        )
    })
}

/// The workloads in which a control failed.
pub(crate) fn distrusted(analysis: &Analysis) -> BTreeSet<&str> {
    let groups = analysis.groups.iter().filter(|group| group.control_failed());
    groups.map(|group| group.workload.as_str()).collect()
}

/// A warning if a run did not finish.
fn unfinished(label: &str, run: &Run) -> Option<String> {
    let how = match run.end {
        None => "was killed or is still running",
        Some(end) if end.interrupted => "was interrupted",
        Some(_) => return None,
    };
    Some(format!("{label} {how}: some cells have fewer rounds than planned, or none"))
}

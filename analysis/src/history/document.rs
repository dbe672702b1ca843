//! The change points of a history, as a document.

use serde::{Deserialize, Serialize};

use crate::comparison::Word;
use crate::stats::Interval;

/// Version of the document.
pub const SCHEMA: &str = "runtime-bench/history/1";

/// The change points of several machines, analyzed separately.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Document {
    /// [`SCHEMA`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA)))]
    pub schema: String,
    /// The analyzed metric; `None` means each workload's headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// Change points before this moment are omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// How change points were found, one sentence each.
    pub method: Vec<String>,
    /// The machine of the newest run first. Runs with other numbers of workers are separate entries.
    pub machines: Vec<MachineChanges>,
}

/// The change points of one machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MachineChanges {
    /// Processor, logical processors, memory and kernel, as far as known.
    pub label: String,
    /// Worker threads of every runner.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// The oldest first.
    pub runs: Vec<HistoryRun>,
    /// Number of analyzed series, one per cell.
    pub series: usize,
    /// Number of series with too few runs.
    pub short: usize,
    /// Change points, those of the newest run first.
    pub changes: Vec<ChangePoint>,
    /// Notes, one sentence each.
    pub notes: Vec<String>,
}

/// A run of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HistoryRun {
    /// Its name.
    pub id: String,
    /// Its start, RFC 3339, UTC.
    pub started: String,
    /// Commit of the harness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whether its controls allow trusting it; otherwise it is excluded.
    pub trusted: bool,
}

/// A change point: the run at which the cost of a cell changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangePoint {
    /// Name of the cell, with the phase of its instances if it is not the usual one.
    pub cell: String,
    /// Name of the workload.
    pub workload: String,
    /// Name of the runner.
    pub runner: String,
    /// Name of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// The runner that the cost is relative to, if there is no common baseline: either of the two
    /// changed. `None` means that the cost is relative to all other runners of the same runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// The run that introduced it: the first run after the change.
    pub run: String,
    /// Its start.
    pub started: String,
    /// The last run before the change that has a figure.
    pub previous: String,
    /// Differences in versions, builds and settings between these two, one fact each.
    pub changed: Vec<String>,
    /// *slower* or *faster*.
    pub word: Word,
    /// Cost after it ÷ cost before it, without changes that affected all runners.
    pub ratio: f64,
    /// The 95% interval of that ratio.
    pub interval: Interval,
    /// The p-value: how often shuffled runs have an equally good split.
    pub p_value: f64,
    /// The side before: since the previous change point, or the beginning.
    pub before: Side,
    /// The side after: until the next change point, or the end.
    pub after: Side,
    /// Whether it is the last change point of its series.
    pub latest: bool,
    /// A caveat; may be empty.
    pub note: String,
}

/// One side of a change point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Side {
    /// Runs with a figure.
    pub runs: usize,
    /// Median of their measured figures.
    pub figure: f64,
}

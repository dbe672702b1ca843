//! What is told of the change points of a history.

use serde::{Deserialize, Serialize};

use crate::comparison::Word;
use crate::stats::Interval;

/// Version of the document.
pub const SCHEMA: &str = "runtime-bench/history/1";

/// The change points of some machines, each for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Document {
    /// [`SCHEMA`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA)))]
    pub schema: String,
    /// The metric that was looked at; `None`: each workload's headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// Change points before this moment are not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// How change points were found, a sentence each.
    pub method: Vec<String>,
    /// That of the newest run first. The runs of other numbers of workers are apart.
    pub machines: Vec<MachineChanges>,
}

/// The change points of one machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MachineChanges {
    /// Processor, logical processors, memory and kernel, as far as they are known.
    pub label: String,
    /// Worker threads of every runner.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// The oldest first.
    pub runs: Vec<HistoryRun>,
    /// Series that were looked at: a cell each.
    pub series: usize,
    /// Series with too few runs to be looked at.
    pub short: usize,
    /// Those of the newest run first.
    pub changes: Vec<ChangePoint>,
    /// What a reader must know, a sentence each.
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
    /// Whether its controls leave it to be trusted; else it is left out.
    pub trusted: bool,
}

/// From one run on a cell costs another amount.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangePoint {
    /// Name of the cell, with the phase of its instances where that is not the usual one.
    pub cell: String,
    /// Name of the workload.
    pub workload: String,
    /// Name of the runner.
    pub runner: String,
    /// Name of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// The one runner that the cost is measured against, where most others cannot be told from one:
    /// either of the two changed. `None`: what the other runners did in the same runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// The run that introduced it: the first after it.
    pub run: String,
    /// Its start.
    pub started: String,
    /// The last run before it that has a figure.
    pub previous: String,
    /// Versions, builds and settings that differ between these two, a fact each.
    pub changed: Vec<String>,
    /// *slower* or *faster*.
    pub word: Word,
    /// Cost after it ÷ cost before it, without what the machine did to all.
    pub ratio: f64,
    /// The 95 % interval of that ratio.
    pub interval: Interval,
    /// How often runs in random order have a split as good.
    pub p_value: f64,
    /// Since the change point before, or the beginning.
    pub before: Side,
    /// Until the next change point, or the end.
    pub after: Side,
    /// Whether it is the last of its series: nothing has changed back.
    pub latest: bool,
    /// What to mind; may be empty.
    pub note: String,
}

/// One side of a change point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Side {
    /// Runs with a figure.
    pub runs: usize,
    /// Median of their figures as they were measured, whatever the machine did.
    pub figure: f64,
}

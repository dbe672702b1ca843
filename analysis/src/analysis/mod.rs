//! A run → one row per cell with its figures and verdicts.
//!
//! A [`Group`] holds cells that may be compared: one workload at one point and in one phase. Reports and the
//! terminal read this, never the raw trials.

pub mod claims;
mod compare;
mod control;
mod costs;
mod counts;
mod gathered;
mod load;
mod noise;
mod overall;
mod pairs;
mod parallel;
mod samples;
mod scaling;
mod tail;

pub use compare::{Levels, analyze, comparisons_of, ladder, level};
pub use control::control_pairs;
pub use counts::ClassCounts;
pub use gathered::Gathered;
pub(crate) use gathered::paired;
pub use load::LoadChange;
pub use noise::{GroupNoise, LEAST_FREE, LOADED};
pub use overall::{Overall, RunnerMean};
pub use pairs::{PairComparison, each_with_each, pairwise};
pub use parallel::on_all_cores;
pub use scaling::{Scaling, ScalingPoint};
pub use tail::{Percentile, Tail};

use serde::{Deserialize, Serialize};

use crate::stats::{Comparison, ControlCheck, Interval};
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::noise::Noise;
use runtime_bench_results::trial::{Better, Phase, metric};

/// Every comparison of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Analysis {
    /// In the order of the plan.
    pub groups: Vec<Group>,
    /// The A/A controls of all groups.
    pub noise: Noise,
    /// The growth of a runner's cost along a parameter with at least three values.
    #[serde(default)]
    pub scalings: Vec<Scaling>,
    /// The change in the load of other programs during the run, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_change: Option<LoadChange>,
    /// Means of runners over all workloads of a kind, by kind and class.
    #[serde(default)]
    pub overall: Vec<Overall>,
    /// The verdicts of the claims, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<claims::JudgedClaim>,
}

/// One workload at one point and in one phase: the cells that may be compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// `workload[/variant]/params`.
    pub name: String,
    /// Name of the workload.
    pub workload: String,
    /// Variant and parameters.
    pub point: Point,
    /// Phase of the instances.
    pub phase: Phase,
    /// Name of the metric that is compared.
    pub headline: String,
    /// One per runner.
    pub rows: Vec<Row>,
    /// The reference's A/A control, when both were measured.
    pub control: Option<AaControl>,
    /// Background load during its trials.
    #[serde(default)]
    pub noise: GroupNoise,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Row {
    /// Its name.
    pub key: CellKey,
    /// Whether it has a result, and if not, why.
    pub status: Status,
    /// Processes measured.
    pub samples: usize,
    /// Verified samples that were dropped because the machine stalled, or because the run was stopped
    /// in the middle of their round.
    #[serde(default)]
    pub dropped: usize,
    /// Every metric, including the workload's headline.
    pub metrics: Vec<Summary>,
    /// Latencies of all processes, if recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tail: Option<Tail>,
    /// Why the row is client-bound: the load generator was the limit, so the row is not ranked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_bound: Option<String>,
    /// The headline against the reference; `None` for the reference itself and without figures.
    pub comparison: Option<Comparison>,
    /// The runners of its class that are proven to cost less.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beaten_by: Vec<String>,
    /// The runners of its class that are proven to cost the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tied_with: Vec<String>,
    /// Every other runner of its class is proven slower.
    pub best: bool,
    /// For the best runner: the minimum cost of the next one, as a multiple of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<f64>,
}

impl Group {
    /// Whether it passes or fails: neither direction of its headline is better, so it is not ranked.
    pub fn is_check(&self) -> bool {
        is_check(&self.rows, &self.headline)
    }

    /// Whether its A/A control failed; then none of its results can be trusted.
    pub fn control_failed(&self) -> bool {
        self.control.as_ref().is_some_and(|control| control.check == ControlCheck::Failed)
    }
}

fn is_check(rows: &[Row], headline: &str) -> bool {
    let found = rows.iter().find_map(|row| row.metric(headline));
    // Older results files declare that lower is better.
    found.is_some_and(|one| one.better == Better::Neither || one.name == metric::FIXED.id)
}

impl Row {
    /// Whether it has a result and is not client-bound.
    pub fn is_ranked(&self) -> bool {
        self.status == Status::Measured && self.client_bound.is_none()
    }

    /// The summary of a metric, if there is one.
    pub fn metric(&self, name: &str) -> Option<&Summary> {
        self.metrics.iter().find(|metric| metric.name == name)
    }
}

/// Whether a cell has a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", content = "reason", rename_all = "kebab-case")]
pub enum Status {
    /// Every trial was verified.
    Measured,
    /// The runner or the machine does not support it, for this reason.
    NotApplicable(String),
    /// It takes longer than the profile allows, or the run stopped before it.
    NotMeasured(String),
    /// At least one trial failed, so the cell has no result.
    Failed(String),
}

impl Status {
    /// The status in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::NotApplicable(_) => "n/a",
            Self::NotMeasured(_) => "not measured",
            Self::Failed(_) => "failed",
        }
    }

    /// Why there is no result; empty if there is one.
    pub fn reason(&self) -> &str {
        match self {
            Self::Measured => "",
            Self::NotApplicable(reason) | Self::NotMeasured(reason) | Self::Failed(reason) => {
                reason
            }
        }
    }
}

/// A metric over the processes of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Which direction is good.
    pub better: Better,
    /// Median over processes.
    pub value: f64,
    /// Its [95% interval](crate::stats::figure_interval); `None` below 6 independent processes.
    pub interval: Option<Interval>,
    /// Processes that reported it.
    pub samples: usize,
}

/// The A/A control: the reference against itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AaControl {
    /// A/A control over reference.
    pub comparison: Comparison,
    /// Its outcome.
    pub check: ControlCheck,
}

//! Two builds: what was measured of each row.

use crate::stats::gate::Stage;

/// One row of a comparison of two builds.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildRow {
    /// What it is called: the cell and the cores.
    pub name: String,
    /// Name of the workload.
    pub workload: String,
    /// Name of the metric that is compared.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// What was measured, stage by stage.
    pub stages: Vec<Stage>,
    /// The first trial that failed.
    pub failure: Option<Failure>,
}

/// A trial that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whether it was the head's; else the base's.
    pub of_head: bool,
    /// What went wrong.
    pub message: String,
}

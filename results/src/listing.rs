//! What an executable of the harness can measure, as `list --format json` tells it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::catalogue::{RunnerInfo, WorkloadInfo};
use crate::run::PlannedCell;
use crate::trial::ExternalCommand;

/// Workloads, runners and cells of one executable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listing {
    /// The protocol that its trials speak, [`crate::trial::PROTOCOL`].
    pub protocol: u32,
    /// What was built, and how.
    pub build: Build,
    /// The workloads that were asked for.
    pub workloads: Vec<WorkloadInfo>,
    /// The runners that were asked for.
    pub runners: Vec<RunnerInfo>,
    /// Every pair at every point, also those that do not run.
    pub cells: Vec<ListedCell>,
    /// What runs the trials of each runner.
    #[serde(default)]
    pub routes: Vec<Route>,
}

/// What runs the trials of a runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Route {
    /// Name of the runner.
    pub runner: String,
    /// Path of the trial program.
    pub program: PathBuf,
    /// Arguments that make it serve trials.
    #[serde(default)]
    pub args: Vec<String>,
    /// Environment variable that must hold the number of workers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker_variable: Option<String>,
    /// The workloads that it measures there.
    pub workloads: Vec<String>,
    /// The external command that the program starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external: Option<ExternalCommand>,
}

/// One build of the harness.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Build {
    /// Version of the harness.
    pub version: String,
    /// Commit, with `+` behind it when the tree had changes.
    pub commit: Option<String>,
    /// The compiler.
    pub rustc: String,
    /// Cargo profile, optimisation level, link-time optimisation and target.
    pub profile: String,
    /// Features of the package that were on.
    #[serde(default)]
    pub features: Vec<String>,
}

/// One cell of a listing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedCell {
    /// Its whole name.
    pub name: String,
    /// The cell.
    #[serde(flatten)]
    pub cell: PlannedCell,
}

//! The workloads, runners and cells of an executable, as printed by `list --format json`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::catalog::{RunnerInfo, WorkloadInfo};
use crate::run::PlannedCell;
use crate::setting::SettingInfo;
use crate::trial::ExternalCommand;

/// Workloads, runners and cells of one executable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listing {
    /// The protocol of its trials, [`crate::trial::PROTOCOL`].
    pub protocol: u32,
    /// The build of the executable.
    pub build: Build,
    /// The selected workloads.
    pub workloads: Vec<WorkloadInfo>,
    /// The selected runners.
    pub runners: Vec<RunnerInfo>,
    /// Every workload and runner at every point, including cells that do not run.
    pub cells: Vec<ListedCell>,
    /// The program that runs the trials of each runner.
    #[serde(default)]
    pub routes: Vec<Route>,
}

/// The program that runs the trials of a runner.
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
    /// Other environment variables, which hold its settings.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// The settings that it has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<SettingInfo>,
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
    /// Commit, followed by `+` if the tree had changes.
    pub commit: Option<String>,
    /// The compiler.
    pub rustc: String,
    /// Cargo profile, optimization level, link-time optimization and target.
    pub profile: String,
    /// Enabled features of the package.
    #[serde(default)]
    pub features: Vec<String>,
}

/// One cell of a listing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedCell {
    /// Its full name.
    pub name: String,
    /// The cell.
    #[serde(flatten)]
    pub cell: PlannedCell,
}

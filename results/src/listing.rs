//! What an executable of the harness can measure, as `list --format json` tells it.

use serde::{Deserialize, Serialize};

use crate::catalogue::{RunnerInfo, WorkloadInfo};
use crate::run::PlannedCell;

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
    /// A sum of the source, the compiler, the profile and the features.
    #[serde(default)]
    pub source: String,
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

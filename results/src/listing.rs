//! What an executable of the harness can measure, as `list --format json` tells it.

use serde::{Deserialize, Serialize};

use crate::catalogue::{RunnerInfo, WorkloadInfo};
use crate::run::PlannedCell;

/// Workloads, runners and cells of one executable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// The protocol that its trials speak, [`crate::trial::PROTOCOL`].
    pub protocol: u32,
    /// Version of the harness.
    pub version: String,
    /// The workloads that were asked for.
    pub workloads: Vec<WorkloadInfo>,
    /// The runners that were asked for.
    pub runners: Vec<RunnerInfo>,
    /// Every pair at every point, also those that do not run.
    pub cells: Vec<ListedCell>,
}

/// One cell of a listing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedCell {
    /// Its whole name.
    pub name: String,
    /// The cell.
    #[serde(flatten)]
    pub cell: PlannedCell,
}

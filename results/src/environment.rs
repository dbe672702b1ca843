//! The machine and the build of a run.
//!
//! Only the data; the harness reads it. Values that could not be read are `None`, and reports say so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Machine, kernel, limits, load and build.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Environment {
    /// Model name of the processor.
    pub cpu_model: Option<String>,
    /// Logical processors of the machine.
    pub cores: Option<usize>,
    /// Processors that this process may run on.
    pub affinity: Option<Vec<usize>>,
    /// CPU quota of the control group, in cores; `None` when unlimited or not readable.
    pub cpu_quota: Option<f64>,
    /// Memory of the machine, bytes.
    pub memory: Option<u64>,
    /// Operating system and kernel release.
    pub kernel: Option<String>,
    /// Whether the processor reports that it runs under a hypervisor.
    pub virtual_machine: Option<bool>,
    /// Frequency governor of the first processor.
    pub governor: Option<String>,
    /// Mode of transparent huge pages.
    pub huge_pages: Option<String>,
    /// Load averages over 1, 5 and 15 minutes when the run began.
    pub load: Option<[f64; 3]>,
    /// Whether another measurement by the same user was running when the run began.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
    /// Soft limit of open files in a trial.
    pub open_files: Option<u64>,
    /// The compiler.
    pub rustc: String,
    /// Cargo profile, optimization level and link-time optimization of the build.
    pub profile: String,
    /// Enabled features of the harness.
    pub features: Vec<String>,
    /// The memory allocator that the trials run on.
    pub allocator: String,
    /// Commit of the harness, followed by `+` if the tree had changes.
    pub commit: Option<String>,
    /// Version of the harness.
    pub version: String,
    /// Checksum of the sources of the harness, in files of schema 1.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Hash of each trial program, by file name, and of its other link layouts, by `layouts/1/` and file
    /// name. Programs with equal hashes are identical.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub programs: BTreeMap<String, String>,
}

impl Environment {
    /// The known facts about the machine in one line: `AMD EPYC, 2 cores, 7.8 GiB, Linux 6.1.0, virtual`.
    pub fn label(&self) -> String {
        let cores = |cores: usize| format!("{cores} core{}", if cores == 1 { "" } else { "s" });
        let gibibytes = |bytes: u64| format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30));
        let facts: Vec<String> = [
            self.cpu_model.clone(),
            self.cores.map(cores),
            self.memory.map(gibibytes),
            self.kernel.clone(),
            self.virtual_machine.filter(|is| *is).map(|_| "virtual".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect();
        if facts.is_empty() {
            "a machine that is not described".to_owned()
        } else {
            facts.join(", ")
        }
    }
}

//! `list`: workloads, points and runners, and why a pair does not run.

use runtime_bench_results::catalogue::{RunnerInfo, WorkloadInfo};
use runtime_bench_results::run::PlannedCell;
use serde::Serialize;

use super::print;
use crate::cli::{Format, ListArgs};
use crate::error::Error;
use crate::harness::plan::{self, Planned};
use crate::machine::Limits;
use crate::registry::Registry;

/// Runs the command.
///
/// # Errors
/// When the selection matches nothing.
pub fn run(registry: &Registry, args: &ListArgs) -> Result<(), Error> {
    let planned = plan::make(registry, &args.matrix.wishes(), Limits::of_this_machine())?;
    match args.format {
        Format::Text => print(&text(&planned)),
        Format::Json => print(&format!("{}\n", json(&planned)?)),
    }
}

fn text(planned: &Planned) -> String {
    let mut lines = Vec::new();
    for workload in &planned.workloads {
        lines.push(format!("{}  ({}) {}", workload.name, workload.kind, workload.title));
        for cell in planned.subjects().filter(|cell| cell.key.workload == workload.name) {
            let reason = cell.not_applicable.as_ref().map(|reason| format!("  n/a: {reason}"));
            lines.push(format!("    {}{}", cell.key, reason.unwrap_or_default()));
        }
    }
    lines.push(String::new());
    let version = |runner: &RunnerInfo| {
        runner.packages.iter().map(|(name, v)| format!("{name} {v}")).collect::<Vec<_>>().join(", ")
    };
    for runner in &planned.runners {
        lines.push(format!("{}  {}  {}", runner.name, runner.configuration, version(runner)));
    }
    lines.join("\n") + "\n"
}

/// What programs read: stable names, one object per workload and runner and cell.
#[derive(Serialize)]
struct Listing<'a> {
    workloads: &'a [WorkloadInfo],
    runners: &'a [RunnerInfo],
    cells: Vec<ListedCell<'a>>,
}

#[derive(Serialize)]
struct ListedCell<'a> {
    name: String,
    #[serde(flatten)]
    cell: &'a PlannedCell,
}

fn json(planned: &Planned) -> Result<String, Error> {
    let listing = Listing {
        workloads: &planned.workloads,
        runners: &planned.runners,
        cells: planned
            .subjects()
            .map(|cell| ListedCell { name: cell.key.to_string(), cell })
            .collect(),
    };
    serde_json::to_string_pretty(&listing)
        .map_err(|error| Error::CouldNotRun(format!("cannot write the list as JSON: {error}")))
}

//! `list`: workloads, points and runners, and why some cells are n/a.

use clap::Args;
use runtime_bench_results::catalogue::RunnerInfo;
use runtime_bench_results::listing::{ListedCell, Listing};
use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::trial::PROTOCOL;

use super::{print, print_json};
use crate::cli::{Format, MatrixArgs};
use runtime_bench_harness::error::Error;
use runtime_bench_harness::plan::Planned;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::registry::Registry;

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What to list.
    #[command(flatten)]
    pub matrix: MatrixArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// Runs the command.
///
/// # Errors
/// When the selection matches nothing.
pub fn run(registry: &Registry, args: &ListArgs) -> Result<(), Error> {
    if args.matrix.asks_for_suites() {
        return print(&suites(registry));
    }
    let planned = super::plan(registry, &args.matrix.request(registry)?, &Interrupt::default())?;
    match args.format {
        Format::Text => print(&text(&planned)),
        Format::Json => print_json(&format!("{}\n", json(registry, &planned)?)),
    }
}

/// One line per suite.
fn suites(registry: &Registry) -> String {
    let lines =
        registry.suites().iter().map(|suite| format!("{:<12}{}\n", suite.name, suite.purpose));
    lines.collect()
}

fn text(planned: &Planned) -> String {
    let mut lines = Vec::new();
    for workload in planned.own_workloads() {
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

/// The listing for programs, with stable names.
fn json(registry: &Registry, planned: &Planned) -> Result<String, Error> {
    let listed = |cell: &PlannedCell| ListedCell { name: cell.key.to_string(), cell: cell.clone() };
    let listing = Listing {
        protocol: PROTOCOL,
        build: registry.build().build.clone(),
        workloads: planned.own_workloads().cloned().collect(),
        runners: planned.runners.clone(),
        cells: planned.subjects().map(listed).collect(),
        routes: planned.probes.routes(),
    };
    serde_json::to_string_pretty(&listing)
        .map_err(|error| Error::CouldNotRun(format!("cannot write the list as JSON: {error}")))
}

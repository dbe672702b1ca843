//! `list`: workloads, points and runners, and why some cells are n/a.

use clap::Args;
use runtime_bench_results::catalog::RunnerInfo;
use runtime_bench_results::listing::{ListedCell, Listing};
use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::setting::{SettingInfo, base};
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
    /// The cells to list.
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
    let settings = settings(planned);
    if !settings.is_empty() {
        lines.push("\nsettings of runners (--setting RUNNER.NAME=VALUES):".to_owned());
        lines.extend(settings);
    }
    lines.join("\n") + "\n"
}

/// One line per setting of the runners with their defaults.
fn settings(planned: &Planned) -> Vec<String> {
    let listed = |name: &str| planned.runners.iter().any(|info| info.name == name);
    let probed = planned.probes.runners().iter().map(|probed| &probed.runner);
    let own = probed.filter(|runner| listed(base(&runner.info.name)));
    let mut lines = Vec::new();
    for (name, setting) in own.flat_map(|own| own.settings.iter().map(|s| (&own.info.name, s))) {
        let SettingInfo { least, most, default, unit, about, missing, .. } = setting;
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        let missing =
            missing.as_ref().map_or_else(String::new, |reason| format!("; n/a: {reason}"));
        let line = format!(
            "    {}.{}  {least} to {most}{unit}, default {default}: {about}{missing}",
            base(name),
            setting.name
        );
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
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

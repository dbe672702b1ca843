//! `cargo bench`: the harness as a criterion-compatible bench target.
//!
//! We parse the arguments ourselves and configure criterion in code: its own parser reads `--profile` as
//! `--profile-time`, and panics if a baseline is missing.

use std::ffi::OsString;

use clap::{Args, Parser};
use regex::Regex;
use runtime_bench_api::workload::PointSet;

use crate::cli::{EvidenceArgs, MatrixArgs, OutputArgs, ResumeArgs, typed};
use crate::commands::{self, bench::BenchArgs};
use crate::criterion::{self, Replay};
use runtime_bench_harness::error::Error;
use runtime_bench_harness::plan::profile::Profile;
use runtime_bench_harness::plan::request::PlanRequest;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::registry::Registry;

/// The first argument of the bench target that `cargo bench` starts.
pub(crate) const NAME: &str = "cargo-bench";

/// Measures every workload on every runner, prints a summary, writes the report and criterion's files.
#[derive(Debug, Parser)]
#[command(name = "cargo bench --", bin_name = "cargo bench --", version)]
struct Cli {
    #[command(flatten)]
    args: TargetArgs,
}

#[derive(Debug, Args)]
struct TargetArgs {
    #[command(flatten)]
    matrix: MatrixArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    resume: ResumeArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
    /// Print the plan and its schedule without measuring
    #[arg(long)]
    dry_run: bool,
    /// List the cells that would be measured
    #[arg(long)]
    list: bool,
    /// Verify one iteration of each cell without measuring
    #[arg(long)]
    test: bool,
    /// Keep criterion's samples as a named baseline
    #[arg(long, value_name = "NAME", value_parser = criterion::baseline_name)]
    save_baseline: Option<String>,
    /// Compare with a named baseline, in criterion's files only
    #[arg(long, value_name = "NAME", conflicts_with = "save_baseline", value_parser = criterion::baseline_name)]
    baseline: Option<String>,
    /// Also draw criterion's plots (about 2 s per cell)
    #[arg(long, conflicts_with = "noplot")]
    plots: bool,
    /// Accepted for compatibility with criterion; plots are off by default
    #[arg(long)]
    noplot: bool,
    /// Passed by `cargo bench`; without it, as under `cargo test`, outputs are only checked
    #[arg(long, hide = true)]
    bench: bool,
    /// Passed by test runners: the only format of a list is `terse`
    #[arg(long, hide = true)]
    format: Option<String>,
    /// Passed by test runners: only ignored tests; there are none
    #[arg(long, hide = true)]
    ignored: bool,
    /// Passed by test runners: filters are whole names
    #[arg(long, hide = true)]
    exact: bool,
    /// Passed by test runners
    #[arg(long, hide = true)]
    nocapture: bool,
}

impl TargetArgs {
    /// The cells that are listed, checked or measured.
    fn request(&self, registry: &Registry) -> Result<PlanRequest, Error> {
        let mut request = self.matrix.request(registry)?;
        if self.exact {
            for filter in &mut request.filters {
                let whole = format!("^{}$", regex::escape(filter.as_str()));
                *filter = Regex::new(&whole).map_err(|error| Error::Usage(error.to_string()))?;
            }
        }
        if !self.bench && self.matrix.profile == Profile::Quick {
            // Under `cargo test`, the build may be a slow debug build.
            request = PlanRequest { points: PointSet::Smoke, claims: false, ..request };
        }
        Ok(request)
    }
}

/// Runs the bench target, whose options follow the `skipped` first arguments of this process.
///
/// # Errors
/// As [`commands::bench::run`], and when criterion's files cannot be written.
pub fn run(registry: &Registry, skipped: usize) -> Result<(), Error> {
    let arguments = std::env::args_os().skip(skipped);
    let cli = Cli::parse_from([OsString::from("cargo bench --")].into_iter().chain(arguments));
    if let Some(problem) = registry.problem() {
        return Err(Error::Usage(problem.to_owned()));
    }
    match cli.args {
        args if args.list => list(registry, &args),
        // None is.
        args if args.ignored => Ok(()),
        args if args.test || !args.bench => {
            commands::verify::verify(registry, &args.request(registry)?, args.output.quiet)
        }
        args => bench(registry, args, skipped),
    }
}

/// Lists cells as libtest does, one per line. Test runners request ignored ones separately; there are
/// none.
fn list(registry: &Registry, args: &TargetArgs) -> Result<(), Error> {
    if args.ignored {
        return Ok(());
    }
    let planned = commands::plan(registry, &args.request(registry)?, &Interrupt::default())?;
    let mut names: Vec<String> = planned.runnable().map(|cell| cell.key.to_string()).collect();
    // A comparison's A/A control has the name of its reference.
    names.sort();
    names.dedup();
    let lines: Vec<String> = names.iter().map(|name| format!("{name}: benchmark\n")).collect();
    commands::print(&lines.concat())
}

fn bench(registry: &Registry, args: TargetArgs, skipped: usize) -> Result<(), Error> {
    if let Some(name) = &args.baseline {
        criterion::check_baseline(name)?;
    }
    let TargetArgs {
        matrix,
        output,
        resume,
        evidence,
        dry_run,
        save_baseline,
        baseline,
        plots,
        ..
    } = args;
    let quiet = output.quiet;
    let args = BenchArgs { matrix, output, resume, evidence, dry_run };
    let command = typed(&["cargo", "bench", "--"], skipped);
    commands::bench::run(registry, &args, command, |results| {
        let results = results.to_path_buf();
        let replay = Replay { results, save_baseline, baseline, plots };
        let handed_over = criterion::replay(&replay)?;
        let folder = criterion::folder();
        if quiet || !handed_over {
            Ok(())
        } else {
            commands::print(&format!("criterion: {}\n", folder.display()))
        }
    })
}

//! `bench`: measure, print a summary, write the report.

use std::path::Path;

use clap::Args;
use runtime_bench_analysis::analysis::{Analysis, Status, analyse};
use runtime_bench_analysis::format::count;
use runtime_bench_reports::terminal::{self, Detail};
use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::store;

use super::{home, needs_release, print, print_error, settings};
use crate::cli::{MatrixArgs, OutputArgs, ResumeArgs};
use runtime_bench_harness::error::Error;
use runtime_bench_harness::plan::Planned;
use runtime_bench_harness::plan::profile::Profile;
use runtime_bench_harness::plan::request::PlanRequest;
use runtime_bench_harness::process::ProcessExecutor;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::registry::Registry;
use runtime_bench_harness::run::resume::Stopped;
use runtime_bench_harness::run::{self, Done, Output, cost, looks};

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// What to measure.
    #[command(flatten)]
    pub matrix: MatrixArgs,
    /// Where to put it.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Whether to go on with an earlier run.
    #[command(flatten)]
    pub resume: ResumeArgs,
    /// Print the plan and its cost, and measure nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs the command, which was started as `command`. A finished results file is also handed to
/// `sink`.
///
/// # Errors
/// When it cannot run, is interrupted, a cell fails, or the run's own control fails.
pub fn run(
    registry: &Registry,
    args: &BenchArgs,
    command: Vec<String>,
    sink: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let interrupt = Interrupt::install()?;
    let done = match &args.resume.resume {
        Some(from) => resumed(registry, args, from.as_deref(), &interrupt)?,
        None => match measured(registry, args, command, &interrupt)? {
            Some(done) => done,
            None => return Ok(()),
        },
    };
    report(&done, &args.output, &interrupt, sink)
}

/// A run from its beginning; `None` where only its plan was asked for.
fn measured(
    registry: &Registry,
    args: &BenchArgs,
    command: Vec<String>,
    interrupt: &Interrupt,
) -> Result<Option<Done>, Error> {
    let planned = super::plan(registry, &args.matrix.request()?)?;
    if args.dry_run {
        return print(&plan_text(&planned, args.matrix.profile)).map(|()| None);
    }
    needs_release()?;
    if !args.output.quiet {
        print_error(&format!("{}; seed {}", cost(&planned), planned.plan.seed));
    }
    let output = Output {
        folder: home().join("results"),
        out: args.output.out.clone(),
        quiet: args.output.quiet,
        command,
    };
    run::measure(registry, &planned, args.matrix.profile, &output, interrupt).map(Some)
}

/// The rest of a run that was stopped; without a file, of the newest of the results.
fn resumed(
    registry: &Registry,
    args: &BenchArgs,
    from: Option<&Path>,
    interrupt: &Interrupt,
) -> Result<Done, Error> {
    needs_release()?;
    let folder = home().join("results");
    let newest = || {
        store::newest(&folder).ok_or_else(|| {
            let folder = folder.display();
            Error::Usage(format!(
                "there is no run in {folder} to resume: start one without --resume"
            ))
        })
    };
    let from = from.map_or_else(newest, |path| Ok(path.to_path_buf()))?;
    let external_runners = args.matrix.external_runners()?;
    let executor = ProcessExecutor::new(interrupt, settings(&PlanRequest::default()))?;
    let out = args.output.out.as_deref();
    let stopped = Stopped::open(registry, &from, out, &external_runners, &executor)?;
    let OutputArgs { quiet, .. } = args.output;
    if !quiet {
        let run = stopped.run();
        let (id, trials) = (&run.header.id, run.trials.len());
        print_error(&format!(
            "going on with {id}, which has {trials} trials; seed {}",
            run.header.plan.seed
        ));
    }
    run::resume(stopped, quiet, interrupt)
}

/// Says where the results are, writes the report, and judges.
fn report(
    done: &Done,
    output: &OutputArgs,
    interrupt: &Interrupt,
    sink: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let analysis = analyse(&done.run);
    let say = |text: &str| if output.quiet { Ok(()) } else { print(text) };
    let measured = analysis.groups.iter().any(|group| group.rows.iter().any(|row| row.samples > 0));
    // Where the results are comes before anything that can still fail.
    let path = done.path.display();
    say(&format!("results: {path}\n"))?;
    if measured {
        let runs = std::slice::from_ref(&done.run);
        let index =
            write_site(runs, &home().join("report"), Options::default()).map_err(Error::report)?;
        say(&terminal::text(&done.run, &analysis, Detail::new(output.verbose)))?;
        say(&format!("report:  {}\n", index.display()))?;
    }
    let interrupted = done.run.end.is_some_and(|end| end.interrupted);
    // Half a run must not take the place of a baseline.
    let handed_over = if interrupted { Ok(()) } else { sink(&done.path) };
    if interrupted {
        let what = if measured { "what was measured" } else { "nothing was measured; the plan" };
        return Err(Error::Interrupted(format!(
            "interrupted; {what} is in {path}, and `{} --resume` goes on",
            again(&done.run)
        )));
    }
    if interrupt.requested() {
        return Err(Error::Interrupted(format!(
            "interrupted after the measuring; the results are in {path}"
        )));
    }
    handed_over.and(judge(&analysis))
}

/// The command that a run was started with, up to its options.
fn again(run: &Run) -> &'static str {
    let cargo = run.header.command.first().is_some_and(|word| word == "cargo");
    if cargo { "cargo bench --" } else { "runtime-bench bench" }
}

fn plan_text(planned: &Planned, profile: Profile) -> String {
    let mut lines = vec![format!("{}; seed {}", cost(planned), planned.plan.seed)];
    lines.extend(looks(planned, profile));
    for cell in planned.cells() {
        let what = match &cell.not_applicable {
            Some(reason) => format!("n/a: {reason}"),
            None if cell.role == Role::AaControl => format!("A/A control, {}", cell.phase),
            None => cell.phase.to_string(),
        };
        lines.push(format!("{}  {what}", cell.key));
    }
    lines.join("\n") + "\n"
}

/// How a run ends for a script.
fn judge(analysis: &Analysis) -> Result<(), Error> {
    let rows = analysis.groups.iter().flat_map(|group| &group.rows);
    let failed: Vec<String> = rows
        .filter(|row| matches!(row.status, Status::Failed(_)))
        .map(|row| row.key.to_string())
        .collect();
    if !failed.is_empty() {
        return Err(Error::Failed(format!(
            "{} failed, the reasons are in the report: {}",
            count(failed.len(), "cell"),
            failed.join(", ")
        )));
    }
    if !analysis.noise.trusted() {
        return Err(Error::Untrusted(format!(
            "identical code was told apart in {} workloads: the machine is too restless, run again \
             when it is idle or with a longer profile",
            analysis.noise.failed
        )));
    }
    Ok(())
}

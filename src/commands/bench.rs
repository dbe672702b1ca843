//! `bench`: measure, print a summary, write the report.

use std::path::{Path, PathBuf};

use clap::Args;
use runtime_bench_analysis::analysis::{Analysis, Status, analyze};
use runtime_bench_analysis::format::count;
use runtime_bench_reports::terminal::{self, Detail};
use runtime_bench_reports::{Options, Site, write_site};
use runtime_bench_results::run::{Role, Run, TrialRecord};
use runtime_bench_results::store;
use runtime_bench_results::trial::Outcome;

use super::layouts::link_missing;
use super::{home, needs_release, print, print_error, settings};
use crate::cli::{EvidenceArgs, MatrixArgs, OutputArgs, ResumeArgs};
use runtime_bench_harness::error::Error;
use runtime_bench_harness::machine;
use runtime_bench_harness::plan::Planned;
use runtime_bench_harness::plan::request::PlanRequest;
use runtime_bench_harness::process::ProcessExecutor;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::registry::Registry;
use runtime_bench_harness::run::resume::Stopped;
use runtime_bench_harness::run::{self, Done, Output, cost, looks};

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// The cells to measure.
    #[command(flatten)]
    pub matrix: MatrixArgs,
    /// Where to put results.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Whether to resume an earlier run.
    #[command(flatten)]
    pub resume: ResumeArgs,
    /// How much evidence to collect.
    #[command(flatten)]
    pub evidence: EvidenceArgs,
    /// Print the plan and its schedule without measuring
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs the command, which was started as `command`. A finished results file is also passed to `sink`.
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

/// Measures a new run; `None` if only its plan was requested.
fn measured(
    registry: &Registry,
    args: &BenchArgs,
    command: Vec<String>,
    interrupt: &Interrupt,
) -> Result<Option<Done>, Error> {
    let request = PlanRequest { evidence: args.evidence.level, ..args.matrix.request(registry)? };
    let mut planned = super::plan(registry, &request, interrupt)?;
    match planned.left_out(registry) {
        Some(why) if planned.runnable().next().is_none() => {
            return Err(Error::Usage(format!("cannot measure anything: {why}")));
        }
        Some(why) if !args.output.quiet => print_error(&format!("note: {why}")),
        _ => {}
    }
    if args.dry_run {
        return print(&plan_text(&planned, &request)).map(|()| None);
    }
    needs_release()?;
    if planned.plan.layouts < request.layouts() {
        link(registry, &planned, &request, args.output.quiet, interrupt)?;
        planned = super::plan(registry, &request, interrupt)?;
    }
    if !args.output.quiet {
        print_error(&format!("{}; seed {}", cost(&planned), planned.plan.seed));
        if let Some(note) = lowered_workers(planned.plan.workers) {
            print_error(&note);
        }
    }
    let output = Output {
        folder: home().join("results"),
        out: args.output.out.clone(),
        quiet: args.output.quiet,
        command,
    };
    run::measure(registry, &planned, args.matrix.profile, &output, interrupt).map(Some)
}

/// A note if a CPU quota reduces the number of workers below that of the processors.
fn lowered_workers(workers: usize) -> Option<String> {
    let allowed = machine::allowed_cores()?.len();
    let quota = machine::cpu_quota().filter(|quota| *quota < allowed as f64)?;
    (workers < allowed).then(|| {
        format!(
            "note: using {workers} of {allowed} cores, because the CPU quota is {quota:.2} cores"
        )
    })
}

/// Links the missing layouts of the trial programs. If that is impossible, the run has one layout, unless
/// more were requested.
fn link(
    registry: &Registry,
    planned: &Planned,
    request: &PlanRequest,
    quiet: bool,
    interrupt: &Interrupt,
) -> Result<(), Error> {
    let executor = ProcessExecutor::new(interrupt, settings(request))?;
    let programs = planned.programs(&executor)?;
    match link_missing(registry, &programs, request.layouts(), quiet, interrupt) {
        Err(Error::CouldNotRun(why)) if request.layouts.is_none() => {
            if !quiet {
                print_error(&why);
            }
            Ok(())
        }
        linked => linked,
    }
}

/// Resumes a stopped run; without a file, the newest one.
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
                "cannot resume: {folder} has no run\nhelp: start one without --resume"
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
            "resuming {id}, which has {trials} trials; seed {}",
            run.header.plan.seed
        ));
    }
    run::resume(stopped, quiet, interrupt)
}

/// Prints the path of the results, writes the report, and judges the run.
fn report(
    done: &Done,
    output: &OutputArgs,
    interrupt: &Interrupt,
    sink: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let say = |text: &str| if output.quiet { Ok(()) } else { print(text) };
    let counts = |trial: &TrialRecord| {
        let verified = matches!(trial.outcome, Outcome::Ok { .. });
        trial.round > 0 && verified && !done.run.excluded(trial)
    };
    let measured = done.run.trials.iter().any(counts);
    // The path comes before anything that can still fail.
    let path = done.path.display();
    say(&format!("results: {path}\n"))?;
    let analysis = if measured {
        let runs = std::slice::from_ref(&done.run);
        let site = write_site(runs, &report_folder(output), Options::default());
        let Site { mut analyses, index, .. } = site.map_err(Error::report)?;
        let analysis = analyses.remove(0);
        say(&terminal::text(&done.run, &analysis, Detail::new(output.verbose)))?;
        say(&format!("report:  {}\n", index.display()))?;
        analysis
    } else {
        analyze(&done.run)
    };
    let interrupted = done.run.end.is_some_and(|end| end.interrupted);
    // An incomplete run must not replace a baseline.
    let handed_over = if interrupted { Ok(()) } else { sink(&done.path) };
    if interrupted {
        let what =
            if measured { "the finished trials are" } else { "nothing was measured; the plan is" };
        return Err(Error::Interrupted(format!(
            "interrupted; {what} in {path}\nhelp: resume with `{} --resume`",
            again(&done.run)
        )));
    }
    if interrupt.requested() {
        return Err(Error::Interrupted(format!(
            "interrupted after measuring; the results are in {path}"
        )));
    }
    handed_over.and(judge(&analysis))
}

/// The folder of the report: next to the results file if --out names one.
fn report_folder(output: &OutputArgs) -> PathBuf {
    let Some(out) = &output.out else { return home().join("report") };
    let mut stem = out.clone();
    while stem.extension().is_some_and(|ending| ending == "gz" || ending == "json") {
        stem.set_extension("");
    }
    let mut name = stem.file_name().unwrap_or_default().to_os_string();
    name.push("-report");
    stem.with_file_name(name)
}

/// The command that a run was started with, up to its options.
fn again(run: &Run) -> &'static str {
    let cargo = run.header.command.first().is_some_and(|word| word == "cargo");
    if cargo { "cargo bench --" } else { "runtime-bench bench" }
}

fn plan_text(planned: &Planned, request: &PlanRequest) -> String {
    let mut lines = vec![format!("{}; seed {}", cost(planned), planned.plan.seed)];
    if planned.plan.layouts < request.layouts() {
        let layouts = request.layouts();
        lines.push(format!("links the trial programs in {layouts} layouts first, if possible"));
    }
    lines.extend(looks(planned, request.profile));
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

/// The exit status of a run.
fn judge(analysis: &Analysis) -> Result<(), Error> {
    let rows = analysis.groups.iter().flat_map(|group| &group.rows);
    let failed: Vec<String> = rows
        .filter(|row| matches!(row.status, Status::Failed(_)))
        .map(|row| row.key.to_string())
        .collect();
    if !failed.is_empty() {
        return Err(Error::Failed(format!(
            "{} failed: {}\nhelp: the report has the reasons",
            count(failed.len(), "cell"),
            failed.join(", ")
        )));
    }
    if !analysis.noise.trusted() {
        return Err(Error::Untrusted(format!(
            "cannot trust this run: identical code looked different in {} workloads\nhelp: run \
             again on an idle machine, or with a longer profile",
            analysis.noise.failed
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_is_next_to_a_named_results_file() {
        for (out, report) in [
            ("a/run.json", "a/run-report"),
            ("run.json.gz", "run-report"),
            ("my.run", "my.run-report"),
        ] {
            let output = OutputArgs { out: Some(out.into()), quiet: true, verbose: false };
            assert_eq!(report_folder(&output), PathBuf::from(report));
        }
    }
}

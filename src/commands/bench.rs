//! `bench`: measure, print a table, write the report.

use std::path::Path;

use clap::Args;
use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::analysis::{Analysis, Status, analyse};

use super::{home, needs_release, print};
use crate::cli::{MatrixArgs, OutputArgs};
use crate::error::Error;
use crate::harness::interrupt::Interrupt;
use crate::harness::plan::{self, Planned};
use crate::harness::run::{Output, cost, measure};
use crate::machine::Limits;
use crate::registry::Registry;

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// What to measure.
    #[command(flatten)]
    pub matrix: MatrixArgs,
    /// Where to put it.
    #[command(flatten)]
    pub output: OutputArgs,
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
    let planned = plan::make(registry, &args.matrix.wishes()?, Limits::of_this_machine())?;
    if args.dry_run {
        return print(&plan_text(&planned));
    }
    needs_release()?;
    if !args.output.quiet {
        eprintln!("{}; seed {}", cost(&planned), planned.plan.seed);
    }
    let output = Output {
        folder: home().join("results"),
        out: args.output.out.clone(),
        quiet: args.output.quiet,
        command,
    };
    let interrupt = Interrupt::install()?;
    let done = measure(registry, &planned, args.matrix.profile, &output, &interrupt)?;
    let analysis = analyse(&done.run);
    let say = |text: &str| if args.output.quiet { Ok(()) } else { print(text) };
    let measured = analysis.groups.iter().any(|group| group.rows.iter().any(|row| row.samples > 0));
    // Where the results are comes before anything that can still fail.
    let path = done.path.display();
    say(&format!("results: {path}\n"))?;
    if measured {
        let runs = std::slice::from_ref(&done.run);
        let index = write_site(runs, &home().join("report"), Options::default())?.index;
        say(&runtime_bench_reports::text_table(&done.run, &analysis))?;
        say(&format!("report:  {}\n", index.display()))?;
    }
    let interrupted = done.run.end.is_some_and(|end| end.interrupted);
    // Half a run must not take the place of a baseline.
    let handed_over = if interrupted { Ok(()) } else { sink(&done.path) };
    if interrupted || interrupt.requested() {
        let what = if measured { "what was measured" } else { "nothing was measured; the plan" };
        return Err(Error::Interrupted(format!("interrupted; {what} is in {path}")));
    }
    handed_over.and(judge(&analysis))
}

fn plan_text(planned: &Planned) -> String {
    let mut lines = vec![format!("{}; seed {}", cost(planned), planned.plan.seed)];
    for cell in planned.cells() {
        let what = match &cell.not_applicable {
            Some(reason) => format!("n/a: {reason}"),
            None => format!("{:?}, {}", cell.role, cell.age).to_lowercase(),
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
            "{} cells failed, the reasons are in the report: {}",
            failed.len(),
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

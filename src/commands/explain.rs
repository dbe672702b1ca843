//! `explain`: counts the events of two runners and explains their difference.

use std::path::PathBuf;

use clap::Args;
use runtime_bench_analysis::explanation::{ExplanationDocument, SCHEMA, Timed, explain};
use runtime_bench_analysis::format::list;
use runtime_bench_harness::error::Error;
use runtime_bench_harness::evidence;
use runtime_bench_harness::plan::Planned;
use runtime_bench_harness::process::ProcessExecutor;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::profiles::{self, Drawing, Subject};
use runtime_bench_harness::registry::Registry;
use runtime_bench_reports::explanation as render;
use runtime_bench_results::evidence::{Evidence, FEWEST_PROCESSES};
use runtime_bench_results::profile::ProfileReply;
use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::store;
use runtime_bench_results::trial::Phase;

use super::{home, measure_only, needs_release, print, print_error, print_json, settings};
use crate::cli::{Format, MatrixArgs, at_least_one};

/// Lines of an explanation with its profile.
const MOST_LINES: usize = 40;
/// Lines of a profile after a long explanation.
const FEWEST_LINES: usize = 5;

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(
    after_help = "System calls are counted with ptrace on Linux (x86-64 and aarch64). Counts that this \
                  system does not provide are listed as not counted.\n\n\
                  Flame graphs require `perf` and a program that is built only for them: docs/explain.md.\n\n\
                  Examples:\n  \
                  runtime-bench explain tcp-echo --runners tokio,smol\n  \
                  runtime-bench explain tcp-echo --runners tokio,smol --profile-stacks"
)]
pub struct ExplainArgs {
    /// One comparison of two runners.
    #[command(flatten)]
    pub matrix: MatrixArgs,
    /// Take the timed comparison from a results file instead of measuring it
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,
    /// Processes per runner and kind of evidence, at least 5
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = processes)]
    pub processes: usize,
    /// Also count instructions with valgrind, if it is installed: one thread at a time, about 50 times
    /// slower, unaffected by a busy machine
    #[arg(long)]
    pub instructions: bool,
    /// Also sample stacks and draw a flame graph per runner, and one of their difference
    #[arg(long)]
    pub profile_stacks: bool,
    /// Folder of the flame graphs [default: target/runtime-bench/profiles/CELL]
    #[arg(long, value_name = "DIR", requires = "profile_stacks")]
    pub out: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Do not print progress
    #[arg(long, short)]
    pub quiet: bool,
}

/// Runs the command, which was started as `command`.
///
/// # Errors
/// When the selection is not one comparison of two runners, a cell fails, or times cannot be counted.
pub fn run(registry: &Registry, args: &ExplainArgs, command: Vec<String>) -> Result<(), Error> {
    let interrupt = Interrupt::install()?;
    let request = args.matrix.request(registry)?;
    let planned = super::plan(registry, &request, &interrupt)?;
    let [reference, candidate] = pair(&planned)?;
    let run = if let Some(path) = &args.results {
        store::read(path)?
    } else {
        needs_release()?;
        let (profile, quiet) = (args.matrix.profile, args.quiet);
        measure_only(registry, &planned, profile, quiet, command, &interrupt)?
    };
    let timed = Timed::of(&run, &reference.key, &candidate.key)
        .map_err(|why| Error::Failed(format!("no timed comparison of the two runners: {why}")))?;
    let executor = ProcessExecutor::new(&interrupt, settings(&request))?;
    let executor = executor.with_probes(&planned.probes);
    let say = |text: &str| {
        if !args.quiet {
            print_error(text);
        }
    };
    let cells = [reference, candidate].map(|cell| (&executor, cell));
    let evidence = evidence::collect(cells, args.processes, args.instructions, &say)?;
    if interrupt.requested() {
        return Err(Error::Interrupted("interrupted; `explain` keeps no results".to_owned()));
    }
    let explanation = explain(&evidence[0], &evidence[1]).ok_or_else(|| untimed(&evidence))?;
    let group = reference.key.group();
    let schema = SCHEMA.to_owned();
    let document = ExplanationDocument { schema, group, timed, explanation, evidence };
    let text = render::text(&document);
    match args.format {
        Format::Text => print(&text)?,
        Format::Json => print_json(&render::json(&document).map_err(Error::report)?)?,
    }
    if !args.profile_stacks {
        return Ok(());
    }
    let lines = MOST_LINES.saturating_sub(text.lines().count()).max(FEWEST_LINES);
    let cells = [reference, candidate];
    let profile = flame_graphs(&planned, cells, executor, args, lines, &interrupt)?;
    match args.format {
        Format::Text => print(&profile),
        // Standard output contains only the document.
        Format::Json => {
            print_error(profile.trim_end());
            Ok(())
        }
    }
}

/// Samples both cells and draws them: returns a few lines about the graphs, or why there is no profile.
fn flame_graphs(
    planned: &Planned,
    cells: [&PlannedCell; 2],
    executor: ProcessExecutor<'_>,
    args: &ExplainArgs,
    lines: usize,
    interrupt: &Interrupt,
) -> Result<String, Error> {
    let routes = planned.probes.routes();
    let runners = cells.map(|cell| cell.key.runner.as_str());
    if !args.quiet {
        print_error("sampling stacks of one process each");
        if let Some(build) = profiles::without_debug_info(&routes, &runners) {
            print_error(&format!("inlined functions are not shown\nhelp: {build}"));
        }
    }
    let executor = executor.with_routes(profiles::with_debug_info(routes));
    let [reference, candidate] =
        cells.map(|cell| Subject { label: &cell.key.runner, cell, executor: &executor });
    let title = cells[0].key.group();
    let name = title.replace(|c: char| !c.is_ascii_alphanumeric() && !"-_.,=".contains(c), "-");
    let folder = args.out.clone().unwrap_or_else(|| home().join("profiles").join(name));
    // The last line names the files.
    let drawing = Drawing { title: &title, folder: &folder, lines: lines - 1 };
    let profile = profiles::profile([&reference, &candidate], &drawing, interrupt);
    if interrupt.requested() {
        return Err(Error::Interrupted("interrupted; no profile is kept".to_owned()));
    }
    Ok(match profile {
        Ok(ProfileReply { lines, files }) => {
            let lines = lines.join("\n");
            format!("{lines}\nFlame graphs in {}: {}\n", folder.display(), list(&files))
        }
        Err(missing) => format!("No flame graphs: {}\n", missing.reason()),
    })
}

/// The reference and the candidate of the only selected comparison.
fn pair(planned: &Planned) -> Result<[&PlannedCell; 2], Error> {
    let cells: Vec<&PlannedCell> = planned.subjects().collect();
    let mut groups: Vec<String> = cells.iter().map(|cell| cell.key.group()).collect();
    groups.dedup();
    if groups.len() > 1 {
        return Err(Error::Usage(format!(
            "explain takes one comparison, but the filter selects {}: {}\nhelp: name one of them",
            groups.len(),
            groups.join(", ")
        )));
    }
    let [one, other] = cells[..] else {
        let runners: Vec<&str> = cells.iter().map(|cell| cell.key.runner.as_str()).collect();
        return Err(Error::Usage(format!(
            "explain takes two runners, but the filter selects {}: {}\nhelp: choose with --runners \
             tokio,smol",
            runners.len(),
            runners.join(", ")
        )));
    };
    let problem = |cell: &PlannedCell| match (&cell.not_applicable, cell.phase) {
        (Some(reason), _) => Some(format!("{} does not run: {reason}", cell.key)),
        (None, Phase::Startup) => Some(
            "evidence is counted per iteration, and startup has only one\nhelp: use --phase warm"
                .to_owned(),
        ),
        _ if cell.key.point.calibrated() => {
            Some("a calibrated rate belongs to one run\nhelp: use --param rate=N".to_owned())
        }
        _ => None,
    };
    match problem(one).or_else(|| problem(other)) {
        Some(why) => Err(Error::Usage(format!("cannot explain {}: {why}", groups.join("")))),
        None if other.key.runner == planned.plan.reference => Ok([other, one]),
        None => Ok([one, other]),
    }
}

/// Without times there is nothing to explain.
fn untimed(evidence: &[Evidence; 2]) -> Error {
    let why =
        evidence.iter().flat_map(|one| &one.missing).map(|missing| missing.why.as_str()).next();
    let why = why.unwrap_or("this system does not split CPU time into user and system time");
    Error::Failed(format!("cannot count the times of both runners: {why}"))
}

fn processes(text: &str) -> Result<usize, String> {
    match at_least_one(text)? {
        few if few < FEWEST_PROCESSES => Err(format!("at least {FEWEST_PROCESSES}")),
        many if many > 1_000 => Err("at most 1000".to_owned()),
        processes => Ok(processes),
    }
}

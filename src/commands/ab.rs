//! `ab`: two executables of this harness, interleaved on one machine, and a gate.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use runtime_bench_analysis::comparison::{Document, Judged, Sides as Labels, builds};
use runtime_bench_reports::comparison::{Form, RowProfile};
use runtime_bench_results::listing::{Listing, Route};

use super::compare::{Format, Gate, finish, percent, refuse_to_overwrite, write_report};
use super::print_error;
use crate::ab::build::Build;
use crate::ab::explain::{Subject, explain};
use crate::ab::modes::{Cores, Mode, modes};
use crate::ab::profile::profile;
use crate::ab::rows::{self, Common, common};
use crate::ab::{Effort, Outcome, Sides, measure};
use crate::cli::{MAX_SEED, POOL_THREADS, at_least_one, duration, seed, setting_text};
use runtime_bench_harness::error::Error;
use runtime_bench_harness::machine::Measuring;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::process::{ProcessExecutor, Settings};
use runtime_bench_harness::profiles::{with_debug_info, without_debug_info};
use runtime_bench_harness::run::interleave::Row;

/// Arguments of `ab`.
#[derive(Debug, Args)]
pub struct AbArgs {
    /// Executable of the base, which ratios refer to
    #[arg(long, value_name = "FILE")]
    base: PathBuf,
    /// Executable of the head, which is tested
    #[arg(long, value_name = "FILE")]
    head: PathBuf,
    /// The base linked in another layout (made by `scripts/ci-compare`); a difference must exceed what
    /// the layout alone does to a row
    #[arg(long = "base-layout", value_name = "FILE")]
    base_layouts: Vec<PathBuf>,
    /// The head linked in another layout: a difference must show in all of them
    #[arg(long = "head-layout", value_name = "FILE")]
    head_layouts: Vec<PathBuf>,
    /// Regular expression on cell names; a cell must match at least one
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Runners, separated by commas [default: all]
    #[arg(long, value_name = "NAMES")]
    runners: Option<String>,
    /// Override a parameter of the points, such as `connections=64,1000`
    #[arg(long = "param", value_name = "NAME=VALUES")]
    params: Vec<String>,
    /// Also compare a runner with another value of a setting, in separate rows, such as
    /// `tokio.event-interval=16,31`; both builds get the same values
    #[arg(long = "setting", value_name = "RUNNER.NAME=VALUES", value_parser = setting_text)]
    settings: Vec<String>,
    /// Measure on one core, on all cores, or both: one core is more precise, but false sharing and lock
    /// contention only show on several
    #[arg(long, value_enum, default_value_t = Cores::Both)]
    cores: Cores,
    /// Worker threads on all cores [default: as many as cores]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    workers: Option<usize>,
    /// Threads of the thread pool in workloads whose tasks wait
    #[arg(long, value_name = "N", default_value_t = POOL_THREADS, value_parser = at_least_one)]
    pool_threads: usize,
    /// Time per row; rows that look different are measured again for twice as long
    #[arg(long, value_name = "TIME", default_value = "4s", value_parser = duration)]
    budget: Duration,
    /// Kill a trial after this time
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    trial_limit: Duration,
    /// Seed of the random order and of the inputs [default: random]
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also write a report page and its data to this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// A row is a regression if it is slower by more than this and by more than its margin
    #[arg(long, value_name = "PERCENT", default_value = "1%", value_parser = percent)]
    threshold: f64,
    /// Exit with 1 on a regression; `inconclusive` also exits with 3 if a row has no result
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Gate::Regression)]
    fail_on: Gate,
    /// Count what both builds do, and explain the 10 largest differences
    #[arg(long)]
    explain: bool,
    /// Also sample the stacks of both builds, and add flame graphs of each and of their difference to the
    /// report
    #[arg(long, requires_all = ["explain", "report"])]
    profile_stacks: bool,
    /// Do not print progress
    #[arg(long, short)]
    quiet: bool,
    /// List every row, including rows without a difference
    #[arg(long, short)]
    verbose: bool,
}

/// The executables of a comparison: base, head, the base's layouts, the head's layouts.
struct Executables {
    all: Vec<Build>,
    base_layouts: usize,
}

/// The cells that both can measure in one mode.
struct Cells {
    common: Common,
    base: Listing,
    head: Listing,
    /// The programs that run the trials of each executable.
    routes: Vec<Vec<Route>>,
}

/// Runs the command.
///
/// # Errors
/// When an executable is rejected, nothing matches, the run is interrupted, or the gate does not pass.
pub fn run(args: &AbArgs) -> Result<(), Error> {
    let interrupt = Interrupt::install()?;
    let executables = Executables::find(args)?;
    if let Some(out) = &args.out {
        let programs: Vec<&Path> =
            executables.all.iter().map(|build| build.program.as_path()).collect();
        refuse_to_overwrite(out, &programs)?;
    }
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..MAX_SEED));
    let modes = modes(args.cores, args.workers)?;
    let cells: Vec<Cells> = modes
        .iter()
        .map(|mode| list(args, &executables, mode, &interrupt))
        .collect::<Result<_, _>>()?;
    // A cell that needs two workers has no row on one core.
    if cells.iter().all(|cells| cells.common.both.is_empty()) {
        let what = ["no cell runs on both executables".to_owned()];
        let reasons = cells.iter().take(1).flat_map(|cells| &cells.common.unsupported);
        let facts: Vec<String> = what.into_iter().chain(reasons.cloned()).collect();
        return Err(Error::Inconclusive(format!("nothing to compare: {}", facts.join("; "))));
    }
    let trials: Vec<Vec<ProcessExecutor<'_>>> = modes
        .iter()
        .zip(&cells)
        .map(|(mode, cells)| {
            executables.trials(&cells.routes, settings(args, mode, seed), &interrupt)
        })
        .collect::<Result<_, _>>()?;
    let rows: Vec<Row<'_>> = modes
        .iter()
        .zip(&cells)
        .zip(&trials)
        .flat_map(|((mode, cells), trials)| {
            let sides = executables.sides(trials);
            sides.map_or_else(Vec::new, |sides| {
                rows::rows(&cells.common.both, &cells.base.workloads, &sides, &mode.name)
            })
        })
        .collect();
    if !args.quiet {
        print_error(&format!("{}; seed {seed}", cost(rows.len(), args.budget)));
    }
    let effort = Effort {
        budget: args.budget,
        seed,
        base_layouts: executables.base_layouts,
        workers: modes.iter().map(|mode| mode.workers).max().unwrap_or(1),
        quiet: args.quiet,
    };
    let measuring = Measuring::begin();
    let mut outcome = measure(rows, effort, &interrupt);
    let mut document = document(args, &modes, &cells, &outcome, &executables);
    document.warnings.extend(measuring.warning());
    if args.explain && !outcome.interrupted {
        let subjects = executables.subjects(&modes, &cells, &trials);
        outcome.interrupted = explain(&mut document, &subjects, args.quiet);
    }
    let mut profiles = Vec::new();
    if args.profile_stacks && !outcome.interrupted {
        profiles = executables.profiles(args, &modes, &cells, &mut document, &interrupt);
        outcome.interrupted = interrupt.requested();
    }
    let judged = Judged::new(document, args.fail_on.into(), args.threshold);
    let report = write_report(&judged, &profiles, args.report.as_deref());
    let form = Form { verbose: args.verbose, ..Form::default() };
    let gate = finish(&judged, args.format, form, args.out.as_deref());
    report?;
    if outcome.interrupted {
        return Err(Error::Interrupted(
            "interrupted; the output shows the rounds measured so far".to_owned(),
        ));
    }
    gate
}

fn settings(args: &AbArgs, mode: &Mode, seed: u64) -> Settings {
    Settings {
        workers: mode.workers,
        pool_threads: args.pool_threads,
        seed,
        limit: args.trial_limit,
        core: mode.core,
    }
}

fn cost(rows: usize, budget: Duration) -> String {
    let minutes = (budget * u32::try_from(rows).unwrap_or(u32::MAX)).as_secs().div_ceil(60);
    let each = budget.as_secs_f64();
    format!(
        "{rows} rows, {each} s each: about {minutes} min, plus a second stage for rows that differ"
    )
}

fn document(
    args: &AbArgs,
    modes: &[Mode],
    cells: &[Cells],
    outcome: &Outcome,
    executables: &Executables,
) -> Document {
    let listed = &cells[0];
    let heads = executables.all.len().saturating_sub(2 + executables.base_layouts);
    let labels = Labels {
        base: (&label(&args.base, &listed.base), &listed.base),
        head: (&label(&args.head, &listed.head), &listed.head),
        layouts: [executables.base_layouts, heads],
        noise: &outcome.noise,
    };
    let mut document = builds(labels, &outcome.rows);
    for (mode, cells) in modes.iter().zip(cells) {
        let on = |name: &String| format!("{name} on {}", mode.name);
        document.only_base.extend(cells.common.only_base.iter().map(on));
        document.only_head.extend(cells.common.only_head.iter().map(on));
        for reason in &cells.common.unsupported {
            if !document.warnings.contains(reason) {
                document.warnings.push(reason.clone());
            }
        }
    }
    if modes.iter().all(|mode| mode.alone) {
        document.warnings.push(
            "measured on one core only: this cannot detect false sharing or lock contention"
                .to_owned(),
        );
    }
    if outcome.interrupted {
        document.warnings.push("interrupted: fewer rounds than planned".to_owned());
    }
    document
}

impl Executables {
    fn find(args: &AbArgs) -> Result<Self, Error> {
        let one = [("--base", &args.base), ("--head", &args.head)].into_iter();
        let base = args.base_layouts.iter().map(|path| ("--base-layout", path));
        let head = args.head_layouts.iter().map(|path| ("--head-layout", path));
        let all = one.chain(base).chain(head).map(|(role, path)| Build::find(role, path));
        Ok(Self { all: all.collect::<Result<_, _>>()?, base_layouts: args.base_layouts.len() })
    }

    fn trials<'a>(
        &self,
        routes: &[Vec<Route>],
        settings: Settings,
        interrupt: &'a Interrupt,
    ) -> Result<Vec<ProcessExecutor<'a>>, Error> {
        let trials = |(build, routes): (&Build, &Vec<Route>)| {
            ProcessExecutor::of(build.program.clone(), routes.clone(), interrupt, settings)
        };
        self.all.iter().zip(routes).map(trials).collect()
    }

    /// The cell of each row.
    fn subjects<'a>(
        &self,
        modes: &[Mode],
        cells: &'a [Cells],
        trials: &'a [Vec<ProcessExecutor<'a>>],
    ) -> Vec<Subject<'a>> {
        let mut subjects = Vec::new();
        for ((mode, cells), trials) in modes.iter().zip(cells).zip(trials) {
            let Some(Sides { base, head, .. }) = self.sides(trials) else { continue };
            subjects.extend(cells.common.both.iter().map(|listed| Subject {
                row: rows::name(listed, &mode.name),
                cell: &listed.cell,
                base,
                head,
            }));
        }
        subjects
    }

    /// Flame graphs of the explained rows.
    fn profiles(
        &self,
        args: &AbArgs,
        modes: &[Mode],
        cells: &[Cells],
        document: &mut Document,
        interrupt: &Interrupt,
    ) -> Vec<RowProfile> {
        let trials = modes.iter().zip(cells).map(|(mode, cells)| {
            let routes: Vec<_> = cells.routes.iter().cloned().map(with_debug_info).collect();
            self.trials(&routes, settings(args, mode, 0), interrupt)
        });
        let trials = match trials.collect::<Result<Vec<_>, _>>() {
            Ok(trials) => trials,
            Err(error) => {
                document.warnings.push(format!("no flame graphs: {}", error.summary()));
                return Vec::new();
            }
        };
        let subjects = self.subjects(modes, cells, &trials);
        let is_explained =
            |row: &str| document.explanations.iter().any(|explained| explained.row == row);
        let explained = subjects.iter().filter(|subject| is_explained(&subject.row));
        let runners: Vec<&str> =
            explained.map(|subject| subject.cell.key.runner.as_str()).collect();
        let routes: Vec<Route> =
            cells.iter().flat_map(|cells| cells.routes.iter().take(2).flatten()).cloned().collect();
        let build = without_debug_info(&routes, &runners).filter(|_| !args.quiet);
        if let Some(build) = build {
            print_error(&format!("inlined functions are not shown\nhelp: in each build: {build}"));
        }
        profile(document, &subjects, interrupt, args.quiet)
    }

    /// The trials of [`Self::trials`] by their purpose.
    fn sides<'a, T>(&self, trials: &'a [T]) -> Option<Sides<'a, T>> {
        let [base, head, layouts @ ..] = trials else { return None };
        let (base_layouts, head_layouts) = layouts.split_at_checked(self.base_layouts)?;
        Some(Sides { base, head, base_layouts, head_layouts })
    }
}

/// The cells that the executables can measure in one mode; every layout must have the cells of its build.
fn list(
    args: &AbArgs,
    executables: &Executables,
    mode: &Mode,
    interrupt: &Interrupt,
) -> Result<Cells, Error> {
    let mut asked = args.filters.clone();
    asked.extend(["--workers".to_owned(), mode.workers.to_string()]);
    asked.extend(["--pool-threads".to_owned(), args.pool_threads.to_string()]);
    if let Some(runners) = &args.runners {
        asked.extend(["--runners".to_owned(), runners.clone()]);
    }
    for (option, values) in [("--param", &args.params), ("--setting", &args.settings)] {
        asked.extend(values.iter().flat_map(|value| [option.to_owned(), value.clone()]));
    }
    let listings: Vec<Listing> = executables
        .all
        .iter()
        .map(|build| build.list(&asked, interrupt))
        .collect::<Result<_, _>>()?;
    let sides = executables.sides(&listings);
    let Some(Sides { base, head, base_layouts, head_layouts }) = sides else {
        return Err(Error::CouldNotRun("missing base or head".to_owned()));
    };
    let layouts = base_layouts.iter().map(|layout| (base, layout));
    let layouts = layouts.chain(head_layouts.iter().map(|layout| (head, layout)));
    for ((build, layout), program) in layouts.zip(&executables.all[2..]) {
        if let Some(missing) = common(build, layout).only_base.first() {
            return Err(Error::Usage(format!(
                "cannot use {} {}: it is not a relinked copy of the same build; it has no {missing}",
                program.role,
                program.program.display()
            )));
        }
    }
    let routes = listings.iter().map(|listing| listing.routes.clone()).collect();
    Ok(Cells { common: common(base, head), base: base.clone(), head: head.clone(), routes })
}

/// The file, and the commit that it was built from.
fn label(path: &Path, listing: &Listing) -> String {
    let commit = listing.build.commit.as_ref();
    let commit = commit.map_or_else(String::new, |commit| format!(" ({commit})"));
    format!("{}{commit}", path.display())
}

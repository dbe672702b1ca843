//! `ab`: two executables of this harness, interleaved on one machine, and a gate.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use runtime_bench_results::comparison::{FailOn, Judged, Sides as Labels, builds};
use runtime_bench_results::listing::Listing;

use super::compare::{Format, Gate, finish, percent};
use crate::ab::build::Build;
use crate::ab::rows::{Common, Sides, common, contests};
use crate::ab::{Effort, measure};
use crate::cli::{at_least_one, duration, seed};
use crate::error::Error;
use crate::harness::contest::Contest;
use crate::harness::interrupt::Interrupt;
use crate::harness::trials::{Settings, Trials};
use crate::machine::allowed_cores;
use crate::registry::Registry;

/// Arguments of `ab`.
#[derive(Debug, Args)]
pub struct AbArgs {
    /// Executable of runtime-bench that ratios refer to
    #[arg(long, value_name = "FILE")]
    base: PathBuf,
    /// Executable of runtime-bench that is tested
    #[arg(long, value_name = "FILE")]
    head: PathBuf,
    /// The base linked in another layout (`scripts/ci-compare` makes some): what the layout alone
    /// does to a row is no difference
    #[arg(long = "control", value_name = "FILE")]
    controls: Vec<PathBuf>,
    /// Regular expression on cell names; any may match
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Runners, separated by commas [default: all]
    #[arg(long, value_name = "NAMES")]
    runners: Option<String>,
    /// Replace a parameter of the points, such as `connections=64,1000`
    #[arg(long = "param", value_name = "NAME=VALUES")]
    params: Vec<String>,
    /// One core, all cores, or both: a fault of one core hides on many, and false sharing or a lock
    /// cannot be seen on one
    #[arg(long, value_enum, default_value_t = Cores::Both)]
    cores: Cores,
    /// Worker threads on all cores [default: as many as cores]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    workers: Option<usize>,
    /// Threads of the pool where tasks wait
    #[arg(long, value_name = "N", default_value = "64", value_parser = at_least_one)]
    pool_threads: usize,
    /// Time for a row; what looks different is measured again for twice as long
    #[arg(long, value_name = "TIME", default_value = "4s", value_parser = duration)]
    budget: Duration,
    /// Kill a trial after this time
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    trial_limit: Duration,
    /// Seed of the random order and of the inputs [default: a new one]
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,
    /// How to write the comparison
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write it to this file instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A regression is slower by more than this, and by more than its margin
    #[arg(long, value_name = "PERCENT", default_value = "1%", value_parser = percent)]
    threshold: f64,
    /// Exit with 1 on a regression, and with 3 also where a row has no verdict
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Gate::Regression)]
    fail_on: Gate,
    /// No progress
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Cores {
    /// Pinned to one core, with one worker.
    One,
    /// On every core, with as many workers.
    All,
    /// Each row in both ways.
    Both,
}

/// Cores and workers that rows are measured on.
struct Mode {
    name: String,
    workers: usize,
    core: Option<usize>,
}

/// The executables of a comparison.
struct Executables {
    base: Build,
    head: Build,
    controls: Vec<Build>,
}

/// What both can measure in one mode.
struct Cells {
    common: Common,
    base: Listing,
    head: Listing,
}

/// Runs the command.
///
/// # Errors
/// When an executable is refused, nothing matches, it is interrupted, or the gate does not pass.
pub fn run(registry: &Registry, args: &AbArgs) -> Result<(), Error> {
    let interrupt = Interrupt::install()?;
    let find = |path: &PathBuf| Build::find("--control", path);
    let executables = Executables {
        base: Build::find("--base", &args.base)?,
        head: Build::find("--head", &args.head)?,
        controls: args.controls.iter().map(find).collect::<Result<_, _>>()?,
    };
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..crate::cli::MOST_SEED));
    let modes = modes(args)?;
    let cells: Vec<Cells> = modes
        .iter()
        .map(|mode| list(args, &executables, mode, &interrupt))
        .collect::<Result<_, _>>()?;
    let rows: usize = cells.iter().map(|cells| cells.common.both.len()).sum();
    let settings = |mode: &Mode| Settings {
        workers: mode.workers,
        pool_threads: args.pool_threads,
        seed,
        limit: args.trial_limit,
        core: mode.core,
    };
    let trials: Vec<Vec<Trials<'_>>> = modes
        .iter()
        .map(|mode| executables.trials(registry, settings(mode), &interrupt))
        .collect::<Result<_, _>>()?;
    if !args.quiet {
        let about = (args.budget * u32::try_from(rows).unwrap_or(u32::MAX)).as_secs().div_ceil(60);
        eprintln!(
            "{rows} rows, {} s each: about {about} min, and more where something differs; seed {seed}",
            args.budget.as_secs_f64()
        );
    }
    let contests: Vec<Contest<'_>> =
        modes.iter().zip(&cells).zip(&trials).flat_map(mode_contests).collect();
    let effort = Effort { budget: args.budget, seed, quiet: args.quiet };
    let measured = measure(contests, effort, &interrupt)?;
    let listed = &cells[0];
    let labels = Labels {
        base: (&label(&args.base, &listed.base), &listed.base),
        head: (&label(&args.head, &listed.head), &listed.head),
        layouts: executables.controls.len(),
        noise: &measured.noise,
    };
    let mut document = builds(labels, &measured.rows);
    for (mode, cells) in modes.iter().zip(&cells) {
        let on = |name: &String| format!("{name} on {}", mode.name);
        document.only_base.extend(cells.common.only_base.iter().map(on));
        document.only_head.extend(cells.common.only_head.iter().map(on));
    }
    if modes.iter().all(|mode| mode.core.is_some()) {
        document.warnings.push(
            "measured on one core only: passing means no single-core regression, and says nothing \
             of false sharing or locks"
                .to_owned(),
        );
    }
    let fail_on = match args.fail_on {
        Gate::Regression => FailOn::Regression,
        Gate::Inconclusive => FailOn::Inconclusive,
    };
    finish(&Judged::new(document, fail_on, args.threshold), args.format, args.out.as_deref())
}

fn mode_contests<'a>(
    ((mode, cells), trials): ((&Mode, &Cells), &'a Vec<Trials<'a>>),
) -> Vec<Contest<'a>> {
    let [base, head, layouts @ ..] = trials.as_slice() else { return Vec::new() };
    let sides = Sides { cores: mode.name.clone(), base, head, layouts: layouts.iter().collect() };
    contests(&cells.common.both, &cells.base.workloads, &sides)
}

impl Executables {
    /// Base, head, and the base in other layouts.
    fn trials<'a>(
        &self,
        registry: &'a Registry,
        settings: Settings,
        interrupt: &'a Interrupt,
    ) -> Result<Vec<Trials<'a>>, Error> {
        let all = [&self.base, &self.head].into_iter().chain(&self.controls);
        all.map(|build| Trials::of(build.program.clone(), registry, interrupt, settings)).collect()
    }
}

/// What the executables can measure in one mode; every control must be able to do what the base can.
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
    for param in &args.params {
        asked.extend(["--param".to_owned(), param.clone()]);
    }
    let base = executables.base.list(&asked, interrupt)?;
    let head = executables.head.list(&asked, interrupt)?;
    for control in &executables.controls {
        let listing = control.list(&asked, interrupt)?;
        if let Some(missing) = common(&base, &listing).only_base.first() {
            return Err(Error::Usage(format!(
                "--control {} is no relinked base: it has no {missing}",
                control.program.display()
            )));
        }
    }
    let common = common(&base, &head);
    if common.both.is_empty() {
        return Err(Error::Inconclusive(
            "there is nothing to compare: no cell runs on both executables".to_owned(),
        ));
    }
    Ok(Cells { common, base, head })
}

fn modes(args: &AbArgs) -> Result<Vec<Mode>, Error> {
    let cores = allowed_cores();
    let all = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let one = cores.as_ref().and_then(|cores| cores.last().copied()).map(|core| Mode {
        name: "one core".to_owned(),
        workers: 1,
        core: Some(core),
    });
    let many = Mode {
        name: if all == 1 { "its only core".to_owned() } else { format!("{all} cores") },
        workers: args.workers.unwrap_or(all),
        core: None,
    };
    match (args.cores, one) {
        (Cores::One, Some(one)) => Ok(vec![one]),
        // On one core the two are the same.
        (Cores::Both, Some(one)) if all > 1 => Ok(vec![one, many]),
        (Cores::All | Cores::Both, _) => Ok(vec![many]),
        (Cores::One, None) => Err(Error::Usage(
            "this system does not pin a process to a core: use --cores all".to_owned(),
        )),
    }
}

/// The file, and the commit that it was built from.
fn label(path: &std::path::Path, listing: &Listing) -> String {
    let commit = listing.build.commit.as_ref();
    let commit = commit.map_or_else(String::new, |commit| format!(" ({commit})"));
    format!("{}{commit}", path.display())
}

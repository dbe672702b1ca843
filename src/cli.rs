//! The command line: what can be asked for. What is done then stands in [`crate::commands`].

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use regex::Regex;
use runtime_bench_results::trial::Age;
use runtime_bench_workloads::workload::PointSet;

use crate::commands;
use crate::error::Error;
use crate::harness::profile::Profile;
use crate::harness::trials::TRIAL;
use crate::harness::wishes::Wishes;
use crate::registry::Registry;

/// JSON readers of other languages keep whole numbers up to 2^53.
pub(crate) const MOST_SEED: u64 = 1 << 53;
/// Threads of the pool where tasks wait, unless it is asked for others.
pub(crate) const POOL_THREADS: usize = 64;
/// A doctor takes no longer than this.
const LONGEST_EXAMINATION: Duration = Duration::from_secs(60);

/// Which concurrency runtime for which work? The same verified workloads on tokio, async-std,
/// smol, OS threads, a thread pool and rayon, measured in random order, round by round.
#[derive(Debug, Parser)]
#[command(
    name = "runtime-bench",
    version,
    after_help = "Exit codes: 0 all well; 1 a wrong answer, a crash or a regression; 2 bad usage \
                  or could not run; 3 not to be trusted or inconclusive; 130 interrupted."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure, print a table and write the report
    Bench(BenchArgs),
    /// List workloads, points and runners, and why a pair does not run
    List(ListArgs),
    /// Run one iteration of every cell and check its answer, without measuring
    Verify(VerifyArgs),
    /// Write the report of a results file
    Report(ReportArgs),
    /// Compare the runners of one results file, or two results files
    Compare(commands::compare::CompareArgs),
    /// Compare two executables of this harness, interleaved on this machine
    Ab(commands::ab::AbArgs),
    /// Is this machine quiet enough, and how small a difference can be seen on it?
    Doctor(DoctorArgs),
    /// Answer one trial request from standard input (this is how the harness starts trials)
    #[command(name = TRIAL, hide = true)]
    Trial,
    /// Hand samples to criterion (this is how `cargo bench` ends)
    #[command(name = crate::criterion_sink::REPLAY, hide = true)]
    Replay(crate::criterion_sink::ReplayArgs),
}

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

/// Where results go.
#[derive(Clone, Debug, Args)]
pub struct OutputArgs {
    /// Results file [default: `target/runtime-bench/results/RUN.json`]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// No progress and no table; errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Which cells.
#[derive(Clone, Debug, Args)]
pub struct MatrixArgs {
    /// Regular expression on cell names such as `tcp-echo/smol/connections=64`; any may match
    #[arg(value_name = "FILTER", value_parser = regex)]
    filters: Vec<Regex>,
    /// The same as an option
    #[arg(long = "filter", value_name = "FILTER", value_parser = regex)]
    more_filters: Vec<Regex>,
    /// Runners, separated by commas [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    runners: Vec<String>,
    /// How much time to spend
    #[arg(long, value_enum, default_value_t = Profile::Quick)]
    pub profile: Profile,
    /// One point a workload, or the sweeps (whose time nobody promises) [default: by profile]
    #[arg(long, value_enum, value_name = "SET")]
    points: Option<Points>,
    /// Replace a parameter of the points, such as `connections=64,1000`
    #[arg(long = "param", value_name = "NAME=VALUES", value_parser = param)]
    params: Vec<(String, Vec<u64>)>,
    /// How old an instance is when it is measured [default: by profile and workload]
    #[arg(long, value_enum)]
    age: Option<AgeName>,
    /// Time for one cell, all rounds together, such as `2s` [default: by profile]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    budget: Option<Duration>,
    /// Worker threads of every runner [default: all cores]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    workers: Option<usize>,
    /// Threads of the pool where tasks wait
    #[arg(long, value_name = "N", default_value_t = POOL_THREADS, value_parser = at_least_one)]
    pool_threads: usize,
    /// Seed of the random order and of the inputs [default: a new one, kept in the results]
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,
    /// Runner that ratios refer to [default: tokio, or the first that can]
    #[arg(long, value_name = "NAME")]
    reference: Option<String>,
    /// Kill a trial after this time and go on [default: by profile]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    trial_limit: Option<Duration>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Points {
    Smoke,
    Quick,
    Full,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum AgeName {
    /// Building the runtime and its first iteration.
    Startup,
    /// After 2 ms and two iterations.
    Young,
    /// Once windows of 100 ms agree.
    Steady,
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What to list.
    #[command(flatten)]
    pub matrix: MatrixArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How to print a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// What to verify.
    #[command(flatten)]
    pub matrix: MatrixArgs,
    /// Failures only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Results file [default: the newest]
    #[arg(value_name = "RESULTS")]
    pub results: Option<PathBuf>,
    /// Folder of the site [default: target/runtime-bench/report]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Runner that is measured against itself
    #[arg(long, value_name = "NAME", default_value = "tokio")]
    pub runner: String,
    /// Most time to spend; 150 rounds are enough, and may take less
    #[arg(long, value_name = "TIME", default_value = "40s", value_parser = examination)]
    pub budget: Duration,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// No progress
    #[arg(long, short)]
    pub quiet: bool,
}

/// Processors that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

impl MatrixArgs {
    /// Resolves defaults.
    pub fn wishes(&self) -> Wishes {
        Wishes {
            filters: self.filters.iter().chain(&self.more_filters).cloned().collect(),
            runners: self.runners.clone(),
            points: self.points.map_or(self.profile.points(), Points::set),
            params: merged(&self.params),
            age: self.age.map(AgeName::age),
            profile: self.profile,
            budget: self.budget.unwrap_or(self.profile.budget()),
            workers: self.workers.unwrap_or_else(cores),
            pool_threads: self.pool_threads,
            seed: self.seed.unwrap_or_else(|| fastrand::u64(..MOST_SEED)),
            reference: self.reference.clone(),
            trial_limit: self.trial_limit.unwrap_or(self.profile.trial_limit()),
        }
    }
}

impl Points {
    fn set(self) -> PointSet {
        match self {
            Self::Smoke => PointSet::Smoke,
            Self::Quick => PointSet::Quick,
            Self::Full => PointSet::Full,
        }
    }
}

impl AgeName {
    fn age(self) -> Age {
        match self {
            Self::Startup => Age::Startup,
            Self::Young => Age::Young,
            Self::Steady => Age::Steady,
        }
    }
}

pub(crate) fn regex(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|error| error.to_string())
}

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let sensible = Duration::from_millis(1)..=Duration::from_secs(24 * 60 * 60);
    if sensible.contains(&duration) { Ok(duration) } else { Err("between 1ms and 24h".to_owned()) }
}

fn examination(text: &str) -> Result<Duration, String> {
    let budget = duration(text)?;
    let sensible = Duration::from_secs(1)..=LONGEST_EXAMINATION;
    if sensible.contains(&budget) { Ok(budget) } else { Err("between 1s and 60s".to_owned()) }
}

pub(crate) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1 is needed".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("{error}")),
    }
}

/// A seed that readers of other languages can hold.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(seed) if seed < MOST_SEED => Ok(seed),
        Ok(_) => Err(format!("below {MOST_SEED}")),
        Err(error) => Err(format!("{error}")),
    }
}

/// A parameter that is given twice has the values of both.
fn merged(params: &[(String, Vec<u64>)]) -> Vec<(String, Vec<u64>)> {
    let mut merged: Vec<(String, Vec<u64>)> = Vec::new();
    for (name, values) in params {
        match merged.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.extend(values),
            None => merged.push((name.clone(), values.clone())),
        }
    }
    merged
}

fn param(text: &str) -> Result<(String, Vec<u64>), String> {
    let (name, values) = text.split_once('=').ok_or("write it as NAME=VALUE[,VALUE…]")?;
    let values: Result<Vec<u64>, _> = values.split(',').map(str::parse).collect();
    Ok((name.to_owned(), values.map_err(|_| "values are whole numbers, separated by commas")?))
}

/// The arguments of this process behind what a person types before them.
pub(crate) fn typed(program: &[&str]) -> Vec<String> {
    let program = program.iter().map(|word| (*word).to_owned());
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    // `cargo bench` alone needs no `--` behind it.
    program.filter(|word| word != "--" || !args.is_empty()).chain(args.clone()).collect()
}

/// Parses the command line and does what it asks for.
///
/// # Errors
/// Whatever the command ends with.
pub fn run(registry: &Registry) -> Result<(), Error> {
    let cli = Cli::parse();
    if let Some(problem) = registry.problem() {
        return Err(Error::Usage(problem.to_owned()));
    }
    match cli.command {
        Command::Bench(args) => {
            commands::bench::run(registry, &args, typed(&["runtime-bench"]), |_| Ok(()))
        }
        Command::List(args) => commands::list::run(registry, &args),
        Command::Verify(args) => commands::verify::run(registry, &args),
        Command::Report(args) => commands::report::run(&args),
        Command::Ab(args) => commands::ab::run(registry, &args),
        Command::Compare(args) => commands::compare::run(&args),
        Command::Doctor(args) => commands::doctor::run(registry, &args, typed(&["runtime-bench"])),
        Command::Trial => crate::trial::answer(registry)
            .map_err(|error| Error::CouldNotRun(format!("cannot answer the harness: {error}"))),
        Command::Replay(args) => crate::criterion_sink::replay(&args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_parameter_is_a_name_and_numbers() {
        assert_eq!(param("n=1,2"), Ok(("n".to_owned(), vec![1, 2])));
        assert!(param("n").is_err());
        assert!(param("n=x").is_err());
    }
}

//! Options that several commands share: which cells to run, and where to put results.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use regex::Regex;
use runtime_bench_api::suite::Suite;
use runtime_bench_api::workload::PointSet;
use runtime_bench_results::evidence::Level;
use runtime_bench_results::key::ParamValue;
use runtime_bench_results::setting::combinations;
use runtime_bench_results::store;
use runtime_bench_results::trial::Phase;

use super::values::{POOL_THREADS, at_least_one, duration, layouts, regex, rounds, seed};
use runtime_bench_harness::error::Error;
use runtime_bench_harness::external::{ExternalRunner, file};
use runtime_bench_harness::plan::profile::Profile;
use runtime_bench_harness::plan::request::{Allocator, PlanRequest, Rate, suite};
use runtime_bench_harness::plan::shard::{Durations, ShardNumber};
use runtime_bench_harness::registry::Registry;

/// Where to put results.
#[derive(Clone, Debug, Args)]
pub struct OutputArgs {
    /// Results file; its `.jsonl` and its report are written next to it [default:
    /// `target/runtime-bench/results/RUN.json`]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print errors only, no progress and no summary
    #[arg(long, short)]
    pub quiet: bool,
    /// Print a table per comparison, with intervals and reasons, instead of one line
    #[arg(long, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// The run to resume.
#[derive(Clone, Debug, Args)]
pub struct ResumeArgs {
    /// Resume a stopped or killed run with the same plan and seed; takes its `.jsonl` or `.json`
    /// [default: the newest run]
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with_all = OF_THE_PLAN)]
    pub resume: Option<Option<PathBuf>>,
}

/// How much evidence to collect.
#[derive(Clone, Debug, Args)]
pub struct EvidenceArgs {
    /// Evidence of why runners differ, stored with the results: `cheap` has the counts of timed trials only
    /// (CPU times, context switches, page faults, reads and writes), `full` adds trials that count system calls,
    /// allocations and hardware events, for at most 60 s or a quarter of the run
    #[arg(id = "evidence", long = "evidence", value_name = "LEVEL", default_value_t = Level::default(),
        value_parser = PossibleValuesParser::new(Level::NAMES).try_map(|name| Level::from_str(&name)))]
    pub level: Level,
}

/// Options that a resumed run has already fixed.
const OF_THE_PLAN: [&str; 23] = [
    "filters",
    "more_filters",
    "runners",
    "settings",
    "profile",
    "points",
    "suite",
    "params",
    "rate",
    "allocator",
    "phase",
    "budget",
    "rounds",
    "layouts",
    "workers",
    "pool_threads",
    "seed",
    "reference",
    "trial_limit",
    "shard",
    "durations",
    "dry_run",
    "evidence",
];

/// The cells to run.
#[derive(Clone, Debug, Args)]
pub struct MatrixArgs {
    /// Regular expression on cell names such as `tcp-echo/smol/connections=64`; a cell must match at least one
    #[arg(value_name = "FILTER", value_parser = regex)]
    filters: Vec<Regex>,
    /// Same as FILTER, as an option
    #[arg(long = "filter", value_name = "FILTER", value_parser = regex)]
    more_filters: Vec<Regex>,
    /// Runners, separated by commas [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    runners: Vec<String>,
    /// Also measure a runner with another value of a setting, in a separate row, such as
    /// `tokio.event-interval=16,31`; several settings of a runner are combined (`list` shows all settings)
    #[arg(long = "setting", value_name = "RUNNER.NAME=VALUES", value_parser = setting)]
    settings: Vec<SettingValues>,
    /// File that declares external runners, such as one in another language
    /// [default: runners.toml, if it exists]
    #[arg(long, value_name = "FILE")]
    runners_file: Option<PathBuf>,
    /// How much time to spend
    #[arg(long, value_enum, default_value_t = Profile::Quick)]
    pub profile: Profile,
    /// Points to measure: one per workload (smoke, quick), all sweeps (full; may take hours), or only
    /// what the report's claims need (claims) [default: depends on the profile]
    #[arg(long, value_enum, value_name = "SET")]
    points: Option<Points>,
    /// Measure the cells of a suite: a set with a purpose, such as `server` or `channels` (`list --suite` shows
    /// them)
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", conflicts_with = "points")]
    suite: Option<String>,
    /// Override a parameter of the points, such as `connections=64,1000` or `capacity=1,unbounded`
    #[arg(long = "param", value_name = "NAME=VALUES", value_parser = param)]
    params: Vec<(String, Vec<ParamValue>)>,
    /// How to set the rates of `echo-latency`: `auto` calibrates once, before the first round, and uses
    /// 50% and 80% of the slowest runner's capacity; such rows are comparable within one run only
    /// [default: fixed rates; `--param rate=N` sets others]
    #[arg(long, value_enum, value_name = "HOW", hide_possible_values = true)]
    rate: Option<Rate>,
    /// Also measure every point on this allocator, in separate rows; requires `--features mimalloc`
    #[arg(long, value_enum, value_name = "NAME")]
    allocator: Option<Allocator>,
    /// How long an instance warms up before it is measured [default: depends on profile and workload]
    #[arg(long, alias = "age", value_enum)]
    phase: Option<PhaseName>,
    /// Time per cell over all rounds, such as `2s`; time that easy comparisons do not use goes to harder ones
    /// [default: depends on the profile]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    budget: Option<Duration>,
    /// Run exactly this many rounds of every comparison and judge once at the end [default: as many as
    /// needed, within the budget]
    #[arg(long, value_name = "N", value_parser = rounds)]
    rounds: Option<u32>,
    /// Number of link layouts of each trial program that rounds rotate through, so that the effect of
    /// one code layout is not attributed to a runtime [default: 4 for standard and thorough, if the
    /// linker can shuffle code; otherwise 1]
    #[arg(long, value_name = "N", value_parser = layouts)]
    layouts: Option<usize>,
    /// Worker threads of every runner [default: all cores]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    workers: Option<usize>,
    /// Threads of the thread pool in workloads whose tasks wait
    #[arg(long, value_name = "N", default_value_t = POOL_THREADS, value_parser = at_least_one)]
    pool_threads: usize,
    /// Seed of the random order and of the inputs [default: random, stored in the results]
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,
    /// Runner that ratios refer to [default: tokio, or else the first runner that supports the cell]
    #[arg(long, value_name = "NAME")]
    reference: Option<String>,
    /// Kill a trial after this time and continue [default: depends on the profile]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    trial_limit: Option<Duration>,
    /// Measure only part I of N, split by workload; `runtime-bench merge` joins the results. Requires
    /// --seed, the same for all parts
    #[arg(long, value_name = "I/N", value_parser = ShardNumber::from_str)]
    shard: Option<ShardNumber>,
    /// Results of an earlier run: --shard balances the parts by its durations, and the same file keeps each
    /// workload on its machine
    #[arg(long, value_name = "RESULTS", requires = "shard")]
    durations: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Points {
    Smoke,
    Quick,
    Full,
    Claims,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PhaseName {
    /// Building the runtime and the first iteration.
    Startup,
    /// After 2 ms and two iterations.
    #[value(alias = "young")]
    Warm,
    /// Once windows of 100 ms agree.
    Steady,
}

impl MatrixArgs {
    /// The declared external runners.
    ///
    /// # Errors
    /// When the file cannot be read or parsed.
    pub fn external_runners(&self) -> Result<Vec<ExternalRunner>, Error> {
        file::external_runners(self.runners_file.as_deref())
    }

    /// Whether the list of suites was requested.
    pub fn asks_for_suites(&self) -> bool {
        self.suite.as_deref() == Some("")
    }

    /// The durations of the workloads in the named run.
    fn durations(&self) -> Result<Durations, Error> {
        let Some(path) = &self.durations else { return Ok(Durations::new()) };
        let durations = store::read(path)?.durations();
        if durations.is_empty() {
            return Err(Error::Usage(format!(
                "cannot use --durations {}: the run has no trials\nhelp: name the results of a finished run",
                path.display()
            )));
        }
        Ok(durations)
    }

    fn suite(&self, registry: &Registry) -> Result<Option<Suite>, Error> {
        // Without a name, the error lists the names.
        self.suite.as_ref().map(|name| suite(registry, name)).transpose()
    }

    /// Resolves defaults, and reads the runners file.
    ///
    /// # Errors
    /// When the file is invalid, the suite is unknown, or a shard has no seed.
    pub fn request(&self, registry: &Registry) -> Result<PlanRequest, Error> {
        if let (Some(shard), None) = (self.shard, self.seed) {
            return Err(Error::Usage(format!(
                "--shard {shard} needs a --seed: all shards of a plan share one\nhelp: give each \
                 shard the same seed, such as --seed 1"
            )));
        }
        if let (Some(rounds), Some(budget)) = (self.rounds, self.budget) {
            let budget = humantime::format_duration(budget);
            return Err(Error::Usage(format!(
                "cannot combine --rounds {rounds} with --budget {budget}: a fixed number of rounds \
                 has no budget\nhelp: drop one of them"
            )));
        }
        let of_profile = PlanRequest::of(self.profile);
        Ok(PlanRequest {
            filters: self.filters.iter().chain(&self.more_filters).cloned().collect(),
            runners: self.runners.clone(),
            variants: combinations(&merged(&self.settings)),
            points: self.points.and_then(Points::set).unwrap_or(of_profile.points),
            claims: matches!(self.points, Some(Points::Claims)),
            params: merged(&self.params),
            rate: self.rate,
            allocator: self.allocator,
            phase: self.phase.map(PhaseName::phase),
            budget: self.budget.unwrap_or(of_profile.budget),
            rounds: self.rounds,
            layouts: self.layouts,
            workers: self.workers.unwrap_or(of_profile.workers),
            pool_threads: self.pool_threads,
            seed: self.seed.unwrap_or(of_profile.seed),
            reference: self.reference.clone(),
            trial_limit: self.trial_limit.unwrap_or(of_profile.trial_limit),
            external: self.external_runners()?,
            shard: self.shard,
            durations: self.durations()?,
            suite: self.suite(registry)?,
            ..of_profile
        })
    }
}

impl Points {
    /// The points that each workload has; claims name their own.
    fn set(self) -> Option<PointSet> {
        match self {
            Self::Smoke => Some(PointSet::Smoke),
            Self::Quick => Some(PointSet::Quick),
            Self::Full => Some(PointSet::Full),
            Self::Claims => None,
        }
    }
}

impl PhaseName {
    fn phase(self) -> Phase {
        match self {
            Self::Startup => Phase::Startup,
            Self::Warm => Phase::Warm,
            Self::Steady => Phase::Steady,
        }
    }
}

/// A parameter or setting that is given twice has the values of both.
fn merged<K: Clone + PartialEq, V: Clone>(given: &[(K, Vec<V>)]) -> Vec<(K, Vec<V>)> {
    let mut merged: Vec<(K, Vec<V>)> = Vec::new();
    for (name, values) in given {
        match merged.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.extend_from_slice(values),
            None => merged.push((name.clone(), values.clone())),
        }
    }
    merged
}

/// A runner, a setting of it, and the values.
type SettingValues = ((String, String), Vec<u64>);

fn setting(text: &str) -> Result<SettingValues, String> {
    let form = "write it as RUNNER.NAME=VALUE[,VALUE…]";
    let (name, values) = text.split_once('=').ok_or(form)?;
    let (runner, name) = name.split_once('.').ok_or(form)?;
    let values: Result<Vec<u64>, _> = values.split(',').map(str::parse).collect();
    let values = values.map_err(|_| "values are whole numbers, separated by commas")?;
    Ok(((runner.to_owned(), name.to_owned()), values))
}

/// A setting with its values, as written.
pub(crate) fn setting_text(text: &str) -> Result<String, String> {
    setting(text).map(|_| text.to_owned())
}

fn param(text: &str) -> Result<(String, Vec<ParamValue>), String> {
    let (name, values) = text.split_once('=').ok_or("write it as NAME=VALUE[,VALUE…]")?;
    let values: Option<Vec<ParamValue>> = values.split(',').map(param_value).collect();
    let values = values.ok_or("values are whole numbers or names, separated by commas")?;
    Ok((name.to_owned(), values))
}

/// A whole number, or a name such as `async-channel`.
fn param_value(text: &str) -> Option<ParamValue> {
    let is_name = text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || char == '-');
    text.parse().map(ParamValue::Count).ok().or_else(|| is_name.then(|| text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Command {
        #[command(flatten)]
        matrix: MatrixArgs,
        #[command(flatten)]
        resume: ResumeArgs,
        #[command(flatten)]
        evidence: EvidenceArgs,
        #[arg(long)]
        dry_run: bool,
    }

    /// Why options cannot be combined.
    fn refusal(args: &[&str]) -> String {
        let words = ["bench"].into_iter().chain(args.iter().copied());
        let parsed = <Command as clap::Parser>::try_parse_from(words);
        match parsed.map(|Command { matrix, .. }| matrix.request(&Registry::default())) {
            Err(error) => error.to_string(),
            Ok(Err(error)) => error.to_string(),
            Ok(Ok(_)) => panic!("{args:?} are accepted"),
        }
    }

    #[test]
    fn contradictory_options_are_rejected_with_their_values() {
        for (args, words) in [
            (&["--rounds", "20", "--budget", "2s"][..], ["--rounds 20", "--budget 2s"]),
            (&["--shard", "2/3"][..], ["--shard 2/3", "--seed"]),
            (&["--layouts", "17"][..], ["17", "between 1 and 16"]),
            (&["--rounds", "0"][..], ["--rounds", "between 1 and"]),
        ] {
            let refusal = refusal(args);
            assert!(words.iter().all(|word| refusal.contains(word)), "{args:?}: {refusal}");
        }
    }

    #[test]
    fn resumed_run_rejects_every_option_of_its_plan() {
        let command = <Command as clap::CommandFactory>::command();
        let ids = command.get_arguments().map(|arg| arg.get_id().as_str());
        let decided: Vec<&str> =
            ids.filter(|id| !["resume", "runners_file", "help"].contains(id)).collect();
        for id in &decided {
            assert!(OF_THE_PLAN.contains(id), "--resume accepts {id}");
        }
        assert_eq!(decided.len(), OF_THE_PLAN.len());
    }

    #[test]
    fn parameter_has_numbers_or_names() {
        let parsed = |name: &str, values| Ok((name.to_owned(), values));
        assert_eq!(param("n=1,2"), parsed("n", vec![1.into(), 2.into()]));
        assert_eq!(
            param("channel=own,tokio"),
            parsed("channel", vec!["own".into(), "tokio".into()])
        );
        for malformed in ["n", "n=", "n=1,", "n=-1", "n=1.5", "n=10ms", "n=a/b"] {
            assert!(param(malformed).is_err(), "{malformed}");
        }
    }

    #[test]
    fn setting_names_a_runner_and_has_numbers() {
        let parsed = setting("tokio.event-interval=1,31");
        assert_eq!(parsed, Ok((("tokio".into(), "event-interval".into()), vec![1, 31])));
        for malformed in ["tokio", "tokio.a", "a=1", "tokio.a=", "tokio.a=b", "tokio.a=-1"] {
            assert!(setting(malformed).is_err(), "{malformed}");
        }
    }
}

//! The request of the user, and its validation.

use std::time::Duration;

use clap::ValueEnum;
use regex::Regex;
use runtime_bench_api::suite::Suite;
use runtime_bench_api::workload::PointSet;
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::evidence::Level;
use runtime_bench_results::key::{CellKey, ParamValue};
use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::setting::{self, SettingError};
use runtime_bench_results::trial::Phase;

use super::profile::Profile;
use super::shard::{Durations, ShardNumber};
use crate::error::Error;
use crate::external::ExternalRunner;
use crate::machine::{Limits, cores};
use crate::probes::Probes;
use crate::program::{MIMALLOC, Program, this_program};
use crate::registry::Registry;

/// JSON readers of other languages keep whole numbers up to 2^53.
pub const MAX_SEED: u64 = 1 << 53;
/// Default number of threads of the thread pool in workloads whose tasks wait.
pub const POOL_THREADS: usize = 64;

/// Where the rates of workloads on a schedule come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rate {
    /// 50% and 80% of the capacity of the slowest runner of this run, calibrated before the first round.
    Auto,
}

/// An allocator besides the system's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Allocator {
    /// Microsoft's, in its default configuration.
    Mimalloc,
}

impl Allocator {
    /// Its name in cells.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mimalloc => "mimalloc",
        }
    }
}

/// A request for a plan.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// Regular expressions; a cell must match one of them. None: all cells.
    pub filters: Vec<Regex>,
    /// Names of runners. None: all runners.
    pub runners: Vec<String>,
    /// Names of runners with settings, which are measured next to those with the defaults.
    pub variants: Vec<String>,
    /// The set of points to measure.
    pub points: PointSet,
    /// Measure this set of cells instead of `points`.
    pub suite: Option<Suite>,
    /// Measure the cells that the claims name, and no others, instead of `points`.
    pub claims: bool,
    /// Parameters that replace those of the points: a name and its values.
    pub params: Vec<(String, Vec<ParamValue>)>,
    /// Where rates come from; `None` leaves them to the points.
    pub rate: Option<Rate>,
    /// An allocator on which every point is also measured; `None`: only the system's.
    pub allocator: Option<Allocator>,
    /// Phase of the instances; `None` leaves it to the profile.
    pub phase: Option<Phase>,
    /// The profile.
    pub profile: Profile,
    /// Time for one cell.
    pub budget: Duration,
    /// Rounds of every comparison; `None` leaves them to the budget and the looks.
    pub rounds: Option<u32>,
    /// How much evidence is collected.
    pub evidence: Level,
    /// Link layouts of each trial program; `None` leaves them to the profile.
    pub layouts: Option<usize>,
    /// Worker threads.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// Seed.
    pub seed: u64,
    /// Runner that ratios refer to; `None` is tokio, or the first able one.
    pub reference: Option<String>,
    /// Time limit of a trial.
    pub trial_limit: Duration,
    /// External runners.
    pub external: Vec<ExternalRunner>,
    /// Whether external runners are checked for conformance to the protocol.
    pub conformance: bool,
    /// The part of the plan that is measured; `None`: all of it.
    pub shard: Option<ShardNumber>,
    /// Durations of workloads in an earlier run, which balance the shards.
    pub durations: Durations,
}

impl Default for PlanRequest {
    /// The quick profile, every cell, and a new seed.
    fn default() -> Self {
        Self::of(Profile::Quick)
    }
}

impl PlanRequest {
    /// Every cell of a profile, with a new seed.
    pub fn of(profile: Profile) -> Self {
        Self {
            filters: Vec::new(),
            runners: Vec::new(),
            variants: Vec::new(),
            points: profile.points(),
            suite: None,
            claims: false,
            params: Vec::new(),
            rate: None,
            allocator: None,
            phase: None,
            profile,
            budget: profile.budget(),
            rounds: None,
            evidence: Level::default(),
            layouts: None,
            workers: cores(),
            pool_threads: POOL_THREADS,
            seed: fastrand::u64(..MAX_SEED),
            reference: None,
            trial_limit: profile.trial_limit(),
            external: Vec::new(),
            conformance: false,
            shard: None,
            durations: Durations::new(),
        }
    }

    /// Number of looks at a comparison: one if its rounds are fixed, or if there is no comparison.
    pub(super) fn looks(&self, runners: &[RunnerInfo]) -> usize {
        let compared = runners.iter().filter(|info| info.class != Class::Reference).count() > 1;
        if compared && self.rounds.is_none() { self.profile.looks() } else { 1 }
    }

    /// Requested number of link layouts of each trial program.
    pub fn layouts(&self) -> usize {
        self.layouts.unwrap_or(self.profile.layouts())
    }

    /// Whether a runner is chosen; a runner with settings is chosen if the one with the defaults is.
    pub(super) fn chooses(&self, runner: &str) -> bool {
        let names = [runner, setting::base(runner)];
        self.runners.is_empty() || self.runners.iter().any(|name| names.contains(&name.as_str()))
    }

    /// Whether a cell passes the filters.
    pub(super) fn takes(&self, key: &CellKey) -> bool {
        let text = key.to_string();
        self.filters.is_empty() || self.filters.iter().any(|filter| filter.is_match(&text))
    }

    /// Whether to measure a workload that only its name selects: if a filter matches or contains the name, or
    /// if the points are not those of a usual run.
    pub(super) fn names(&self, workload: &str) -> bool {
        let named = |filter: &Regex| {
            filter.is_match(workload) || filter.as_str().replace('\\', "").contains(workload)
        };
        self.points != PointSet::Quick || self.filters.iter().any(named)
    }

    /// Rejects options that contradict each other and sizes that the machine cannot hold.
    pub(super) fn check(&self, limits: Limits) -> Result<(), Error> {
        if let (Some(number), Some(Rate::Auto)) = (self.shard, self.rate) {
            return Err(Error::Usage(format!(
                "cannot combine --shard {number} with --rate auto: it calibrates on one machine\n\
                 help: set rates with --param rate=N"
            )));
        }
        if self.allocator.is_some() {
            Program::beside(&this_program()?, MIMALLOC).map_err(|missing| {
                Error::Usage(format!(
                    "cannot use --allocator mimalloc: {missing} --features mimalloc"
                ))
            })?;
        }
        check_threads(self.workers, self.pool_threads, limits)
    }

    /// Rejects names of runners that are unknown.
    pub(super) fn check_names(&self, probes: &Probes) -> Result<(), Error> {
        let mut known: Vec<&str> =
            probes.runners().iter().map(|probed| probed.runner.info.name.as_str()).collect();
        known.extend(self.external.iter().map(|runner| runner.name.as_str()));
        known.dedup();
        for name in self.runners.iter().chain(&self.reference) {
            if !known.contains(&name.as_str()) {
                return Err(unknown_runner(name, &known));
            }
        }
        match &self.reference {
            Some(name) if !self.chooses(name) => Err(Error::Usage(format!(
                "the reference {name} is not among --runners {}\nhelp: add it, or choose another",
                self.runners.join(",")
            ))),
            _ => Ok(()),
        }
    }

    /// Rejects settings of runners that are unknown or not chosen, and settings that a runner does not have.
    pub(super) fn check_settings(&self, probes: &Probes) -> Result<(), Error> {
        for (base, settings) in self.variants.iter().map(|name| setting::split(name)) {
            let known = || probes.runners().iter().map(|probed| &probed.runner);
            let Some(runner) = known().find(|runner| runner.info.name == base) else {
                let names = known().map(|runner| setting::base(&runner.info.name));
                let mut names: Vec<&str> = names.collect();
                names.dedup();
                return Err(unknown_runner(base, &names));
            };
            if !self.chooses(base) {
                return Err(Error::Usage(format!(
                    "cannot set {} of {base}: it is not among --runners {}\nhelp: add it",
                    settings.label(),
                    self.runners.join(",")
                )));
            }
            settings.check(base, &runner.settings).map_err(|error| {
                let names: Vec<&str> = runner.settings.iter().map(|i| i.name.as_str()).collect();
                let hint = match &error {
                    SettingError::Unknown { name, .. } => nearest(name, &names),
                    SettingError::Range { .. } => String::new(),
                };
                let help = match names.as_slice() {
                    [] => format!("{base} has no settings"),
                    names => format!("the settings of {base} are {}", names.join(", ")),
                };
                Error::Usage(format!("{error}{hint}\nhelp: {help}"))
            })?;
        }
        Ok(())
    }

    /// Rejects a parameter that none of the chosen cells has, and a calibration that none needs.
    pub(super) fn check_params(
        &self,
        registry: &Registry,
        cells: &[PlannedCell],
    ) -> Result<(), Error> {
        if self.rate == Some(Rate::Auto) && !cells.iter().any(|cell| cell.key.point.calibrated()) {
            return Err(Error::Usage(
                "cannot use --rate auto: none of the chosen workloads has a rate to calibrate\n\
                 help: choose `echo-latency`"
                    .to_owned(),
            ));
        }
        let mut known: Vec<&str> = cells
            .iter()
            .flat_map(|c| &c.key.point.params)
            .map(|param| param.name.as_str())
            .collect();
        let used = |name: &str| cells.iter().any(|cell| cell.key.workload == name);
        let entries = registry.entries().iter().filter(|entry| used(&entry.info.name));
        known.extend(entries.flat_map(|entry| entry.options()).map(|(name, _)| *name));
        known.sort_unstable();
        known.dedup();
        match self.params.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(Error::Usage(format!(
                "none of the chosen workloads has a parameter `{name}`{}\nhelp: the parameters are {}",
                nearest(name, &known),
                known.join(", ")
            ))),
            None => Ok(()),
        }
    }

    pub(super) fn nothing_matches(&self, registry: &Registry) -> Error {
        let patterns: Vec<&str> = self.filters.iter().map(Regex::as_str).collect();
        let names: Vec<&str> =
            registry.entries().iter().map(|entry| entry.info.name.as_str()).collect();
        let hint = patterns.first().map_or_else(String::new, |pattern| nearest(pattern, &names));
        Error::Usage(format!(
            "no cell matches `{}`{hint}\nhelp: `runtime-bench list` shows all cells",
            patterns.join("` or `")
        ))
    }
}

/// The suite of a name.
///
/// # Errors
/// When it is unknown.
pub fn suite(registry: &Registry, name: &str) -> Result<Suite, Error> {
    let known: Vec<&str> = registry.suites().iter().map(|suite| suite.name).collect();
    registry.suites().iter().find(|suite| suite.name == name).copied().ok_or_else(|| {
        let hint = nearest(name, &known);
        Error::Usage(format!(
            "unknown suite `{name}`{hint}\nhelp: the suites are {}",
            known.join(", ")
        ))
    })
}

/// An unknown runner, and the known ones.
pub fn unknown_runner(name: &str, known: &[&str]) -> Error {
    let hint = nearest(name, known);
    Error::Usage(format!(
        "unknown runner `{name}`{hint}\nhelp: the runners are {}",
        known.join(", ")
    ))
}

/// Rejects more threads than the machine allows.
pub fn check_threads(workers: usize, pool_threads: usize, limits: Limits) -> Result<(), Error> {
    for (option, threads) in [("--workers", workers), ("--pool-threads", pool_threads)] {
        if let Some(limit) = limits.threads.filter(|limit| threads as u64 > *limit) {
            return Err(Error::Usage(format!(
                "{option} {threads} is too large: this machine allows {limit} threads"
            )));
        }
    }
    Ok(())
}

/// `; did you mean …?`, or nothing if no name is similar.
pub fn nearest(wrong: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|name| (strsim::jaro_winkler(wrong, name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.7);
    near.map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"))
}

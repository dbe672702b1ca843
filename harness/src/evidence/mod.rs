//! Counted evidence of cells, in untimed trials of their own.
//!
//! Each process is a pair of trials with the same input, a short and a long one, with a fixed number of
//! iterations and no warm-up. What is counted per operation is the difference of both counts, divided by the
//! difference of their operations, so that startup and preparation do not count. There are three passes:
//!
//! - times, context switches, page faults: nothing slows these trials down;
//! - `trace`: system calls, by ptrace (`no_trace`: where that is not possible);
//! - allocations, in the program that counts them.
//!
//! `proc` reads `/proc`, `totals` is the estimator. A trial that fails here is missing evidence, never a
//! failed measurement.

#[cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))),
    path = "no_trace.rs"
)]
mod trace;

mod proc;
mod totals;

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use runtime_bench_analysis::explanation::Operations;
use runtime_bench_results::evidence::{Count, Event, Evidence, Missing};
use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::trial::{BlockSize, Outcome, metric};

use crate::error::Error;
use crate::executor::{Executor, Finished, Trial};
use crate::process::ProcessExecutor;
use proc::ProcessCounts;
use totals::Totals;
use trace::SyscallTracer;

/// A pilot of each cell measures for so long.
const PILOT: Duration = Duration::from_millis(8);
/// The fewest iterations of the long trial.
const FEWEST: u64 = 2;
/// How many times as long as the short trial the long one is.
const LONGER: u64 = 4;

/// Collects evidence of two cells, each from `processes` processes, in random order.
///
/// # Errors
/// When a cell fails before anything is counted, or the collecting is interrupted.
pub fn collect(
    executor: &ProcessExecutor<'_>,
    cells: [&PlannedCell; 2],
    processes: usize,
    say: &dyn Fn(&str),
) -> Result<[Evidence; 2], Error> {
    let [one, other] = cells;
    let mut subjects = [Subject::new(executor, one)?, Subject::new(executor, other)?];
    let longest = subjects[0].iteration.max(subjects[1].iteration);
    let mut rng = Rng::with_seed(executor.settings.seed);
    for pass in Pass::ALL {
        say(&format!("counting {} of {processes} processes each", pass.what()));
        let [short, long] = pass.sizes(longest);
        for process in 0..processes {
            let mut order: Vec<&mut Subject<'_>> = subjects.iter_mut().collect();
            rng.shuffle(&mut order);
            for subject in order {
                subject.count(executor, pass, process, [short, long])?;
            }
        }
    }
    Ok(subjects.map(|subject| subject.evidence(processes)))
}

/// Kinds of evidence that are counted in the same trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pass {
    Times,
    Calls,
    Allocations,
}

impl Pass {
    const ALL: [Self; 3] = [Self::Times, Self::Calls, Self::Allocations];

    fn what(self) -> &'static str {
        match self {
            Self::Times => "times, context switches and page faults",
            Self::Calls => "system calls",
            Self::Allocations => "allocations",
        }
    }

    /// The pass that counts an event.
    fn of(event: &Event) -> Self {
        match event {
            Event::Syscall(_) => Self::Calls,
            Event::Allocation | Event::AllocatedByte => Self::Allocations,
            _ => Self::Times,
        }
    }

    /// Iterations of the short and of the long trial, where one takes so long.
    fn sizes(self, iteration: Duration) -> [u64; 2] {
        let block = Duration::from_millis(match self {
            // The kernel splits CPU time at its ticks, a few milliseconds apart.
            Self::Times => 150,
            // Tracing makes it many times as long.
            Self::Calls | Self::Allocations => 10,
        });
        let fitting = block.as_nanos() / iteration.as_nanos().max(1);
        let long = u64::try_from(fitting).unwrap_or(u64::MAX).max(FEWEST);
        [(long / LONGER).max(1), long]
    }
}

/// A cell, and what was counted of it so far.
struct Subject<'a> {
    cell: &'a PlannedCell,
    operation: String,
    iteration: Duration,
    counts: BTreeMap<Event, Vec<f64>>,
    missing: BTreeMap<Pass, Missing>,
}

impl<'a> Subject<'a> {
    /// Runs a pilot.
    fn new(executor: &ProcessExecutor<'_>, cell: &'a PlannedCell) -> Result<Self, Error> {
        let block = BlockSize::Nanoseconds(PILOT.as_nanos() as u64);
        let trial = Trial { cell: &cell.key, phase: cell.phase, block, round: 0, layout: 0 };
        let finished = executor.run(&trial).ok_or_else(interrupted)?;
        let block = match finished.outcome {
            Outcome::Ok { block } => block,
            Outcome::Error { kind, message } => {
                return Err(Error::Failed(format!("{} failed: {kind}: {message}", cell.key)));
            }
        };
        let wall_ns = block.metric(metric::WALL.id).unwrap_or(1.0).max(1.0);
        let mut subject = Self {
            cell,
            operation: Operations::of(&block).name,
            iteration: Duration::from_nanos(wall_ns as u64),
            counts: BTreeMap::new(),
            missing: BTreeMap::new(),
        };
        if executor.is_external(&cell.key) {
            let why = "the runner is a child of the traced process".to_owned();
            let missing = Missing { what: Pass::Calls.what().to_owned(), why, help: None };
            subject.missing.insert(Pass::Calls, missing);
        }
        Ok(subject)
    }

    /// Counts one pass of one process, counted from 0.
    fn count(
        &mut self,
        executor: &ProcessExecutor<'_>,
        pass: Pass,
        process: usize,
        sizes: [u64; 2],
    ) -> Result<(), Error> {
        if self.missing.contains_key(&pass) {
            return Ok(());
        }
        let cell = self.cell;
        let trial = |iterations| {
            let block = BlockSize::Iterations(iterations);
            totals(
                executor,
                pass,
                &Trial { cell: &cell.key, phase: cell.phase, block, round: 0, layout: 0 },
            )
        };
        let (short, long) = (trial(sizes[0])?, trial(sizes[1])?);
        let figures = short.and_then(|short| {
            long?.per_operation(&short).ok_or_else(|| {
                missing(pass, "more iterations did not do more operations".to_owned())
            })
        });
        match figures {
            Ok(figures) => self.add(figures, process),
            Err(missing) => {
                self.missing.insert(pass, missing);
                self.counts.retain(|event, _| Pass::of(event) != pass);
            }
        }
        Ok(())
    }

    /// Adds the figures of a process that follows `before` others.
    fn add(&mut self, figures: BTreeMap<Event, f64>, before: usize) {
        for (event, figure) in figures {
            let values = self.counts.entry(event).or_default();
            // An event that no other process had yet.
            values.resize(before, 0.0);
            values.push(figure);
        }
    }

    fn evidence(self, processes: usize) -> Evidence {
        let count = |(event, mut values): (Event, Vec<f64>)| {
            // The last processes may not have had it.
            values.resize(processes, 0.0);
            Count { event, values }
        };
        Evidence {
            cell: self.cell.key.clone(),
            operation: self.operation,
            counts: self.counts.into_iter().map(count).collect(),
            missing: self.missing.into_values().collect(),
        }
    }
}

/// What one trial counted. The outer error ends everything, the inner one this kind of evidence.
fn totals(
    executor: &ProcessExecutor<'_>,
    pass: Pass,
    trial: &Trial<'_>,
) -> Result<Result<Totals, Missing>, Error> {
    let of = |finished: Finished| match finished.outcome {
        Outcome::Ok { block } => Ok(Totals::of(&block, |event| Pass::of(event) == pass)),
        Outcome::Error { kind, message } => {
            Err(missing(pass, format!("a trial failed: {kind}: {message}")))
        }
    };
    match pass {
        Pass::Times => {
            let mut counts = ProcessCounts::default();
            let finished = executor.watched(trial, &mut counts).ok_or_else(interrupted)?;
            Ok(of(finished).map(|totals| totals.and(counts.0)))
        }
        Pass::Calls => {
            let mut tracer = SyscallTracer::default();
            let finished = executor.watched(trial, &mut tracer).ok_or_else(interrupted)?;
            Ok(of(finished).and_then(|totals| {
                let calls = tracer.calls()?.into_iter();
                Ok(totals.and(calls.map(|(name, count)| (Event::Syscall(name), count as f64))))
            }))
        }
        Pass::Allocations => Ok(executor.count(trial).map_or_else(
            || {
                let none = "only built-in runners on the system's allocator can be counted";
                Err(missing(pass, executor.not_counted().unwrap_or_else(|| none.to_owned())))
            },
            of,
        )),
    }
}

fn missing(pass: Pass, why: String) -> Missing {
    Missing { what: pass.what().to_owned(), why, help: None }
}

fn interrupted() -> Error {
    Error::Interrupted("interrupted; `explain` keeps no results".to_owned())
}

//! The counts of a cell so far.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use runtime_bench_analysis::explanation::Operations;
use runtime_bench_results::evidence::{Count, Event, Evidence, Missing};
use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::trial::{BlockSize, Outcome, metric};

use super::pass::{Pass, interrupted};
use crate::error::Error;
use crate::executor::{Executor, Trial};

/// Measuring time of a pilot.
const PILOT: Duration = Duration::from_millis(8);

/// A cell and its counts so far.
pub(super) struct Subject<'a> {
    executor: &'a dyn Executor,
    pub(super) cell: &'a PlannedCell,
    /// Duration of one iteration.
    pub(super) iteration: Duration,
    /// Evidence collected earlier.
    known: Evidence,
    counts: BTreeMap<Event, Vec<f64>>,
    given_up: BTreeSet<Pass>,
}

impl<'a> Subject<'a> {
    /// For a cell, given the duration of an iteration.
    pub(super) fn of(
        executor: &'a dyn Executor,
        cell: &'a PlannedCell,
        iteration: Duration,
        known: Evidence,
    ) -> Self {
        let (counts, given_up) = (BTreeMap::new(), BTreeSet::new());
        let mut subject = Self { executor, cell, iteration, known, counts, given_up };
        if executor.is_external(&cell.key) {
            for pass in [Pass::Calls, Pass::Counters, Pass::Instructions] {
                let why = "the runner is a child of the traced process".to_owned();
                subject.give_up(pass, pass.missing(why));
            }
        }
        subject
    }

    /// For a cell about which nothing is known: runs a pilot.
    pub(super) fn piloted(
        executor: &'a dyn Executor,
        cell: &'a PlannedCell,
    ) -> Result<Self, Error> {
        let block = BlockSize::Nanoseconds(PILOT.as_nanos() as u64);
        let trial = Trial::outside_rounds(cell, block);
        let finished = executor.run(&trial).ok_or_else(interrupted)?;
        let block = match finished.outcome {
            Outcome::Ok { block } => block,
            Outcome::Error { kind, message } => {
                return Err(Error::Failed(format!("{} failed: {kind}: {message}", cell.key)));
            }
        };
        let wall_ns = block.metric(metric::WALL.id).unwrap_or(1.0).max(1.0);
        let known = Evidence {
            cell: cell.key.clone(),
            operation: Operations::of(&block).name,
            counts: Vec::new(),
            missing: Vec::new(),
        };
        Ok(Self::of(executor, cell, Duration::from_nanos(wall_ns as u64), known))
    }

    /// Runs a trial that is not counted: it makes the input files that the cells of a comparison share.
    pub(super) fn prepare(&self) -> Result<(), Error> {
        let Self { executor, cell, .. } = self;
        let block = BlockSize::Iterations(1);
        let trial = Trial::outside_rounds(cell, block);
        executor.run(&trial).map(drop).ok_or_else(interrupted)
    }

    /// Whether a pass is still to be counted.
    pub(super) fn wants(&self, pass: Pass) -> bool {
        !self.given_up.contains(&pass)
    }

    /// Counts one pass of one process, counted from 0.
    pub(super) fn count(
        &mut self,
        pass: Pass,
        block: Duration,
        process: usize,
    ) -> Result<(), Error> {
        if let Some(missing) = pass.refuses(self.iteration) {
            self.give_up(pass, missing);
        }
        if !self.wants(pass) {
            return Ok(());
        }
        let (executor, cell) = (self.executor, self.cell);
        let trial = |iterations| {
            let block = BlockSize::Iterations(iterations);
            let trial = Trial::outside_rounds(cell, block);
            pass.count(executor, &trial)
        };
        let figures = match trial(Pass::short(block, self.iteration))? {
            Ok((short, _)) => trial(pass.long(block, self.iteration, short.events()))?.and_then(
                |(long, missing)| {
                    let figures = long.per_operation(&short).ok_or_else(|| {
                        pass.missing("more iterations did not perform more operations".to_owned())
                    })?;
                    Ok((figures, missing))
                },
            ),
            Err(missing) => Err(missing),
        };
        match figures {
            Ok((figures, missing)) => {
                self.add(figures, process);
                for one in missing {
                    self.lacks(one);
                }
            }
            Err(missing) => self.give_up(pass, missing),
        }
        Ok(())
    }

    /// Stops a pass, and records why its evidence is missing.
    pub(super) fn give_up(&mut self, pass: Pass, missing: Missing) {
        self.given_up.insert(pass);
        self.counts.retain(|event, _| Pass::of(event) != pass);
        self.lacks(missing);
    }

    /// Gives every process a value for every call that any of them made. Other events that some process lacks are
    /// dropped.
    pub(super) fn fill(&mut self, pass: Pass, processes: usize) {
        self.counts.retain(|event, values| {
            fill(event, values, processes);
            Pass::of(event) != pass || values.len() == processes
        });
    }

    pub(super) fn evidence(self) -> Evidence {
        let mut evidence = self.known;
        let counts = self.counts.into_iter().map(|(event, values)| Count { event, values });
        evidence.counts.extend(counts);
        evidence
    }

    /// Records missing evidence, once.
    fn lacks(&mut self, missing: Missing) {
        if !self.known.missing.contains(&missing) {
            self.known.missing.push(missing);
        }
    }

    /// Adds the figures of a process, given the number of processes before it.
    fn add(&mut self, figures: BTreeMap<Event, f64>, before: usize) {
        for (event, figure) in figures {
            let values = self.counts.entry(event.clone()).or_default();
            fill(&event, values, before);
            values.push(figure);
        }
    }
}

/// A call that a process did not list is one that it did not make.
fn fill(event: &Event, values: &mut Vec<f64>, processes: usize) {
    if matches!(event, Event::Syscall(_)) {
        values.resize(processes, 0.0);
    }
}

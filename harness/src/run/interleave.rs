//! Interleaved sides: measured round by round, all rounds of all rows in random order.
//!
//! A run compares runners of one program. A row compares any two sides that answer trial requests: two
//! builds, or two sizes of one workload.

use std::time::Duration;

use fastrand::Rng;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::noise::{NoiseWindow, Stall};
use runtime_bench_results::trial::{BlockSize, Metric, Outcome, Phase};

use super::progress::Progress;
use crate::executor::{Executor, Trial};
use crate::monitor::{LoadMonitor, Monitor, NoiseEvents, RunClock};
use crate::plan::profile::Profile;
use crate::process::interrupt::Interrupt;

/// Maximum number of rounds of a row.
const MOST_ROUNDS: usize = 1_000;

/// A side of a comparison: an executor and a cell.
#[derive(Clone)]
pub struct Side<'a> {
    /// The executor.
    pub executor: &'a dyn Executor,
    /// The cell to measure.
    pub cell: CellKey,
}

/// Sides that are measured in the same rounds.
pub struct Row<'a> {
    /// Its name.
    pub name: String,
    /// Phase of the instances.
    pub phase: Phase,
    /// Name of the metric that counts.
    pub metric: String,
    /// Measured in every round.
    pub always: Vec<Side<'a>>,
    /// Rotated, one per round.
    pub in_turns: Vec<Side<'a>>,
}

/// The measurements of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// The cost of each round.
    pub rounds: Vec<Round>,
    /// The first side that failed, and how.
    pub failure: Option<(usize, String)>,
    /// Unit of the metric.
    pub unit: String,
    /// Rounds that were dropped because the machine stalled.
    pub dropped: usize,
}

/// One round of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Round {
    /// Cost of each side, sides of every round first; `None` if it had no turn.
    pub costs: Vec<Option<f64>>,
    /// Start, in seconds since measuring began.
    pub at_s: f64,
    /// End, in seconds since measuring began.
    pub until_s: f64,
}

/// Rows, and the background load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurement {
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// By row.
    pub rows: Vec<Measured>,
    /// Background load.
    pub noise: Vec<NoiseWindow>,
}

impl Measured {
    /// Costs of the rounds in which both of two sides were measured, in the order of time.
    pub fn pairs(&self, candidate: usize, reference: usize) -> Vec<(f64, f64)> {
        let of = |round: &Round, side: usize| *round.costs.get(side)?;
        let pair = |round| Some((of(round, candidate)?, of(round, reference)?));
        self.rounds.iter().filter_map(pair).collect()
    }

    /// Drops the rounds in which the machine stalled.
    fn drop_stalled(&mut self, stalls: &[Stall]) {
        let stalled =
            |round: &Round| stalls.iter().any(|stall| stall.overlaps(round.at_s, round.until_s));
        let before = self.rounds.len();
        self.rounds.retain(|round| !stalled(round));
        self.dropped = before - self.rounds.len();
    }
}

impl<'a> Row<'a> {
    fn side(&self, index: usize) -> Option<&Side<'a>> {
        self.always.iter().chain(&self.in_turns).nth(index)
    }

    fn size(&self) -> usize {
        self.always.len() + self.in_turns.len()
    }

    /// The sides that are measured in a round.
    fn members(&self, round: usize) -> Vec<usize> {
        let turn = (!self.in_turns.is_empty())
            .then(|| self.always.len() + round % self.in_turns.len().max(1));
        (0..self.always.len()).chain(turn).collect()
    }
}

/// Measures rows of runners with `workers` workers, each for about `budget` and at least `fewest` rounds.
/// Rounds measured before an interruption are kept.
pub fn measure(
    rows: &[Row<'_>],
    workers: usize,
    budget: Duration,
    fewest: usize,
    rng: &mut Rng,
    quiet: bool,
    interrupt: &Interrupt,
) -> Measurement {
    let clock = RunClock::after(0.0);
    let mut measuring = Measuring {
        rows,
        measured: vec![Measured::default(); rows.len()],
        progress: Progress::new(quiet),
        monitor: Box::new(LoadMonitor::watch(clock, workers)),
        noticed: NoiseEvents::default(),
        interrupt,
    };
    let whole = measuring.all(budget, fewest, rng).is_some();
    let Measuring { mut measured, progress, monitor, mut noticed, .. } = measuring;
    progress.clear();
    noticed.add(monitor.end());
    for measured in &mut measured {
        measured.drop_stalled(&noticed.stalls);
    }
    Measurement { interrupted: !whole, rows: measured, noise: noticed.noise }
}

struct Measuring<'a> {
    rows: &'a [Row<'a>],
    measured: Vec<Measured>,
    progress: Progress,
    monitor: Box<dyn Monitor>,
    noticed: NoiseEvents,
    interrupt: &'a Interrupt,
}

/// `None` when it was interrupted.
impl Measuring<'_> {
    fn all(&mut self, budget: Duration, fewest: usize, rng: &mut Rng) -> Option<()> {
        let budget_s = budget.as_secs_f64();
        self.progress.phase("measuring", budget_s * self.rows.len() as f64, 0.0);
        let mut order = Vec::new();
        let mut cost_s = Vec::new();
        for row in 0..self.rows.len() {
            let each_s = self.pilots(row)?;
            let most = MOST_ROUNDS.max(fewest);
            let fitting = (budget_s / each_s).clamp(fewest as f64, most as f64) as usize;
            let rounds = if self.measured[row].failure.is_some() { 0 } else { fitting };
            order.extend(std::iter::repeat_n(row, rounds));
            cost_s.push(each_s);
        }
        // A burst of foreign load should hit a few rounds of many rows.
        rng.shuffle(&mut order);
        let all_s = order.iter().map(|&row| cost_s[row]).sum();
        self.progress.phase("measuring", all_s, 0.0);
        for row in order {
            self.round(row, rng)?;
            self.noticed.add(self.monitor.after_trial());
            self.noticed.add(self.monitor.between_rounds());
            self.progress.finished(cost_s[row]);
        }
        Some(())
    }

    /// Two uncounted trials of each side; returns the cost of a round, seconds.
    fn pilots(&mut self, row: usize) -> Option<f64> {
        let sides = self.rows[row].size();
        let mut all_s = 0.0;
        for side in 0..sides {
            // The first process of a program runs with cold caches.
            let first = self.trial(row, side, 0)?.1;
            all_s += first.min(self.trial(row, side, 0)?.1).as_secs_f64();
        }
        let members = self.rows[row].members(0).len();
        Some((all_s / sides as f64 * members as f64).max(1e-6))
    }

    fn round(&mut self, row: usize, rng: &mut Rng) -> Option<()> {
        let at_s = self.monitor.now();
        let done = self.measured[row].rounds.len();
        let mut members = self.rows[row].members(done);
        rng.shuffle(&mut members);
        let mut costs = vec![None; self.rows[row].size()];
        for side in members {
            costs[side] = self.trial(row, side, done as u32 + 1)?.0;
        }
        let until_s = self.monitor.now();
        self.measured[row].rounds.push(Round { costs, at_s, until_s });
        Some(())
    }

    /// One trial: its cost in the metric, and in time.
    fn trial(&mut self, row: usize, side: usize, round: u32) -> Option<(Option<f64>, Duration)> {
        let nothing = Some((None, Duration::ZERO));
        let Row { name, phase, metric, .. } = &self.rows[row];
        let Some(who) = self.rows[row].side(side) else { return nothing };
        let measured = &mut self.measured[row];
        // A row that can no longer be decided is not worth its time.
        if measured.failure.is_some() {
            return nothing;
        }
        self.progress.running(name);
        let block = BlockSize::Nanoseconds(Profile::Quick.block(*phase).as_nanos() as u64);
        let trial = Trial { cell: &who.cell, phase: *phase, block, round, layout: 0 };
        let finished = who.executor.run(&trial)?;
        if self.interrupt.requested() {
            return None;
        }
        match finished.outcome {
            Outcome::Ok { block } => {
                let metric = block.metrics.iter().find(|found| found.name == *metric);
                if let Some(metric) = metric {
                    measured.unit = metric.unit.to_string();
                }
                let cost = metric.map(Metric::cost);
                Some((cost.filter(|cost| cost.is_finite() && *cost > 0.0), finished.cost))
            }
            Outcome::Error { kind, message } => {
                self.progress.failed(name, kind, &message);
                measured.failure = Some((side, format!("{kind}: {message}")));
                nothing
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_the_rounds_that_both_sides_have() {
        let round = |costs: [Option<f64>; 3]| Round { costs: costs.to_vec(), ..Round::default() };
        let rounds = vec![
            round([Some(1.0), Some(1.5), None]),
            round([Some(2.0), None, Some(9.0)]),
            round([Some(3.0), Some(2.5), None]),
        ];
        let measured = Measured { rounds, ..Measured::default() };
        assert_eq!(measured.pairs(1, 0), [(1.5, 1.0), (2.5, 3.0)]);
        assert_eq!(measured.pairs(2, 0), [(9.0, 2.0)]);
        assert_eq!(measured.pairs(7, 0), []);
    }

    #[test]
    fn stalled_rounds_are_dropped() {
        let round = |at_s: f64| Round { costs: vec![Some(at_s)], at_s, until_s: at_s + 1.0 };
        let rounds = vec![round(0.0), round(1.0), round(2.0)];
        let mut measured = Measured { rounds, ..Measured::default() };
        measured.drop_stalled(&[Stall { at_s: 1.2, until_s: 1.8 }]);
        assert_eq!((measured.rounds.len(), measured.dropped), (2, 1));
    }
}

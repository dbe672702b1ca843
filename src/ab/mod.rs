//! Compares two executables of this harness, interleaved on one machine.
//!
//! - [`build`]: an executable, its cells, and whether it is one of ours.
//! - [`modes`]: the cores that rows are measured on.
//! - [`rows`]: the cells of both, on one core and on all.
//! - [`measure`]: the stages.
//! - [`explain`]: explains the rows that differ.
//! - [`profile`]: draws flame graphs of these rows.

pub mod build;
pub mod explain;
pub mod modes;
pub mod profile;
pub mod rows;

use std::time::Duration;

use fastrand::Rng;
use runtime_bench_analysis::comparison::{BuildRow, Failure};
use runtime_bench_analysis::stats::gate::{Stage, fewest_rounds, suspicious};
use runtime_bench_results::noise::NoiseWindow;

use runtime_bench_harness::process::ProcessExecutor;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::run::interleave::{self, Measured, Measurement, Row, Side};
use runtime_bench_harness::terminal::print_error;

/// Minimum number of rounds of a layout, for its median to show the effect of moving the code.
const LAYOUT_ROUNDS: usize = 7;

/// The executables of both builds, ready to start trials on the same cores.
#[derive(Clone)]
pub struct Sides<'a, T> {
    /// The base.
    pub base: &'a T,
    /// The head.
    pub head: &'a T,
    /// The base, linked in other layouts.
    pub base_layouts: &'a [T],
    /// The head, linked in other layouts.
    pub head_layouts: &'a [T],
}

impl<'a> Sides<'a, ProcessExecutor<'a>> {
    /// The sides that are measured in every round, and those that rotate. The base is also measured against
    /// itself.
    pub fn lists(
        &self,
        side: impl Fn(&'a ProcessExecutor<'a>, bool) -> Side<'a>,
    ) -> [Vec<Side<'a>>; 2] {
        let always = vec![side(self.base, false), side(self.head, true), side(self.base, false)];
        let base = self.base_layouts.iter().map(|layout| side(layout, false));
        let head = self.head_layouts.iter().map(|layout| side(layout, true));
        [always, base.chain(head).collect()]
    }
}

/// How rows are measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Time for a row in the first stage; the second takes twice as long.
    pub budget: Duration,
    /// Seed of the random order.
    pub seed: u64,
    /// Number of the base's layouts, which come first among the rotating sides.
    pub base_layouts: usize,
    /// Worker threads of the runners.
    pub workers: usize,
    /// Whether progress is suppressed.
    pub quiet: bool,
}

/// The outcome of all stages.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The measurements of each row.
    pub rows: Vec<BuildRow>,
    /// Background load during the run.
    pub noise: Vec<NoiseWindow>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

/// Measures rows, made of [`Sides::lists`], in two stages: all of them, then those that look different, again
/// and for twice as long.
pub fn measure(rows: Vec<Row<'_>>, effort: Effort, interrupt: &Interrupt) -> Outcome {
    let mut rng = Rng::with_seed(effort.seed);
    let mut stage = |number: usize, rows: &[Row<'_>], budget: Duration| -> Measurement {
        let in_turns = rows.first().map_or(0, |row| row.in_turns.len());
        let fewest = fewest_rounds(number).max(LAYOUT_ROUNDS * in_turns);
        interleave::measure(rows, effort.workers, budget, fewest, &mut rng, effort.quiet, interrupt)
    };
    let first = stage(0, &rows, effort.budget);
    let read = |(row, measured): (&Row<'_>, &Measured)| build_row(row, measured, effort);
    let mut outcome = Outcome {
        rows: rows.iter().zip(&first.rows).map(read).collect(),
        noise: first.noise,
        interrupted: first.interrupted,
    };
    let again: Vec<usize> = (0..rows.len())
        .filter(|&index| outcome.rows[index].stages.iter().any(suspicious))
        .filter(|&index| outcome.rows[index].failure.is_none())
        .collect();
    if again.is_empty() || outcome.interrupted {
        return outcome;
    }
    if !effort.quiet {
        print_error(&format!(
            "measuring {} of {} rows again, because they look different",
            again.len(),
            rows.len()
        ));
    }
    let mut suspects = rows;
    let mut place = 0;
    suspects.retain(|_| {
        place += 1;
        again.contains(&(place - 1))
    });
    let second = stage(1, &suspects, effort.budget * 2);
    for ((place, row), measured) in again.into_iter().zip(&suspects).zip(&second.rows) {
        let repeated = build_row(row, measured, effort);
        let known = &mut outcome.rows[place];
        known.stages.extend(repeated.stages);
        known.failure = repeated.failure;
        known.dropped += repeated.dropped;
    }
    outcome.noise.extend(second.noise);
    outcome.interrupted = second.interrupted;
    outcome
}

/// The order of the sides is base, head, the base's A/A control, the base's layouts, the head's layouts.
fn build_row(row: &Row<'_>, measured: &Measured, effort: Effort) -> BuildRow {
    let first = row.always.len();
    let (heads, end) = (first + effort.base_layouts, first + row.in_turns.len());
    let pairs = |side: usize| measured.pairs(side, 0);
    let stage = Stage {
        head: pairs(1),
        control: pairs(2),
        base_layouts: (first..heads).map(pairs).collect(),
        head_layouts: (heads..end).map(pairs).collect(),
    };
    let is_head = |side: usize| side == 1 || side >= heads;
    BuildRow {
        name: row.name.clone(),
        workload: row.always.first().map(|base| base.cell.workload.clone()).unwrap_or_default(),
        metric: row.metric.clone(),
        unit: measured.unit.clone(),
        stages: vec![stage],
        failure: measured
            .failure
            .as_ref()
            .map(|(side, message)| Failure { of_head: is_head(*side), message: message.clone() }),
        dropped: measured.dropped,
    }
}

//! Two executables of this harness against each other, interleaved on one machine.
//!
//! - [`build`]: an executable, what it can measure, and whether it is one of ours.
//! - [`rows`]: the cells that both have, on one core and on all.
//! - [`measure`]: the stages.

pub mod build;
pub mod rows;

use std::time::Duration;

use fastrand::Rng;
use runtime_bench_results::comparison::{BuildRow, Failure};
use runtime_bench_results::noise::NoiseWindow;
use runtime_bench_results::stats::fewest_pairs;
use runtime_bench_results::stats::gate::{STAGE_LEVEL, Stage, suspicious};

use crate::error::Error;
use crate::harness::contest::{self, Contest, Measured};
use crate::harness::interrupt::Interrupt;

/// How rows are measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Time for a row in the first stage; the second takes twice as long.
    pub budget: Duration,
    /// Seed of the random order.
    pub seed: u64,
    /// No progress.
    pub quiet: bool,
}

/// What came of all stages.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What was measured of each row.
    pub rows: Vec<BuildRow>,
    /// What the machine was busy with.
    pub noise: Vec<NoiseWindow>,
}

/// Measures rows in two stages: all of them, then those that look different again and twice as long.
///
/// # Errors
/// When it is interrupted.
pub fn measure(
    contests: Vec<Contest<'_>>,
    effort: Effort,
    interrupt: &Interrupt,
) -> Result<Outcome, Error> {
    let mut rng = Rng::with_seed(effort.seed);
    let mut stage = |contests: &[Contest<'_>], budget: Duration| {
        let fewest = fewest_pairs(STAGE_LEVEL);
        contest::measure(contests, budget, fewest, &mut rng, effort.quiet, interrupt)
    };
    let first = stage(&contests, effort.budget)?;
    let mut noise = first.noise;
    let mut rows: Vec<BuildRow> = contests.iter().zip(&first.contests).map(row).collect();
    let suspects: Vec<usize> = (0..rows.len())
        .filter(|&index| rows[index].stages.iter().any(suspicious))
        .filter(|&index| rows[index].failure.is_none())
        .collect();
    if suspects.is_empty() {
        return Ok(Outcome { rows, noise });
    }
    if !effort.quiet {
        eprintln!("measuring again what looks different: {} of {}", suspects.len(), rows.len());
    }
    let (again, places): (Vec<Contest<'_>>, Vec<usize>) = contests
        .into_iter()
        .enumerate()
        .filter(|(index, _)| suspects.contains(index))
        .map(|(index, contest)| (contest, index))
        .unzip();
    let second = stage(&again, effort.budget * 2)?;
    for ((place, contest), measured) in places.into_iter().zip(&again).zip(&second.contests) {
        let repeated = row((contest, measured));
        rows[place].stages.extend(repeated.stages);
        rows[place].failure = repeated.failure;
        rows[place].dropped += repeated.dropped;
    }
    noise.extend(second.noise);
    Ok(Outcome { rows, noise })
}

/// Contenders stand as base, head, the base's twin, the base in other layouts.
fn row((contest, measured): (&Contest<'_>, &Measured)) -> BuildRow {
    let layouts = (3..measured.costs.len()).map(|layout| measured.pairs(layout, 0)).collect();
    let stage = Stage { head: measured.pairs(1, 0), twin: measured.pairs(2, 0), layouts };
    let workload = contest.always.first().map(|base| base.cell.workload.clone());
    BuildRow {
        name: contest.name.clone(),
        workload: workload.unwrap_or_default(),
        metric: contest.metric.clone(),
        unit: measured.unit.clone(),
        stages: vec![stage],
        dropped: measured.dropped,
        failure: measured.failure.as_ref().map(|(contender, message)| Failure {
            of_head: *contender == 1,
            message: message.clone(),
        }),
    }
}

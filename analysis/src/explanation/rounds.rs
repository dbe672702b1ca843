//! Evidence from the timed trials of a run, without additional measurements.

use std::collections::BTreeMap;

use runtime_bench_results::evidence::{Count, Event, Evidence};
use runtime_bench_results::run::{PlannedCell, Role, Run, TrialRecord};
use runtime_bench_results::trial::{Block, Outcome, Phase};

use super::operations::Operations;
use super::totals::Totals;

/// Number of groups into which the rounds of a cell are divided. Each group gives one value, because a block
/// is short, and the kernel splits its CPU time at only a few ticks. Runners of a comparison share their
/// rounds, so their values are pairs.
const GROUPS: usize = 12;

/// The counts of the kernel and the runtimes in the rounds of a run, for each cell with enough rounds.
pub fn of_rounds(run: &Run) -> Vec<Evidence> {
    let cells = &run.header.plan.cells;
    let mut blocks: Vec<Option<Vec<(u32, &Block)>>> = vec![Some(Vec::new()); cells.len()];
    for trial in &run.trials {
        match &trial.outcome {
            Outcome::Error { .. } => blocks[trial.cell] = None,
            Outcome::Ok { block } if counts(run, &cells[trial.cell], trial) => {
                if let Some(all) = &mut blocks[trial.cell] {
                    all.push((trial.round, block));
                }
            }
            Outcome::Ok { .. } => {}
        }
    }
    let of = |(cell, blocks): (&PlannedCell, Option<Vec<_>>)| evidence(cell, &blocks?);
    cells.iter().zip(blocks).filter_map(of).collect()
}

fn counts(run: &Run, cell: &PlannedCell, trial: &TrialRecord) -> bool {
    // A block of startup is one iteration, without the startup itself.
    let is_steady = cell.phase != Phase::Startup;
    trial.round > 0 && cell.role == Role::Subject && is_steady && !run.excluded(trial)
}

fn evidence(cell: &PlannedCell, blocks: &[(u32, &Block)]) -> Option<Evidence> {
    let mut groups = vec![Totals::default(); GROUPS];
    for (round, block) in blocks {
        groups[*round as usize % GROUPS].add(Totals::of(block, |_| true));
    }
    let values: Vec<_> = groups.iter().map(Totals::each).collect::<Option<_>>()?;
    let of_event = |event: &Event| {
        let of_group = |group: &BTreeMap<Event, f64>| group.get(event).copied().map(rounded);
        let values: Option<Vec<f64>> = values.iter().map(of_group).collect();
        values.map(|values| Count { event: event.clone(), values })
    };
    Some(Evidence {
        cell: cell.key.clone(),
        operation: Operations::of(blocks.first()?.1).name,
        counts: values[0].keys().filter_map(of_event).collect(),
        missing: Vec::new(),
    })
}

/// Rounded to six digits: more would only be noise and make files larger.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use runtime_bench_results::evidence::Total;
    use runtime_bench_results::key::{CellKey, Point};
    use runtime_bench_results::noise::Stall;
    use runtime_bench_results::run::Line;
    use runtime_bench_results::trial::{ErrorKind, Metric, metric};

    use super::*;

    /// A run of one cell with this many rounds, whose iterations have two tasks each.
    fn run(rounds: u32) -> Run {
        let key = CellKey { workload: "w".into(), point: Point::new(), runner: "r".into() };
        let cell =
            PlannedCell { key, role: Role::Subject, phase: Phase::Warm, not_applicable: None };
        let mut run = Run::new(runtime_bench_fixtures::header("r", vec![cell]));
        for round in 0..=rounds {
            let metrics = [(metric::WALL, 600.0), (metric::PER_TASK, 300.0)];
            let metrics = metrics.map(|(def, value)| Metric::of(&def, value)).to_vec();
            let counts = vec![Total { event: Event::MinorFault, total: 30 }];
            let block = Block { iterations: 10, metrics, counts, ..Block::default() };
            let outcome = Outcome::Ok { block };
            let at_s = f64::from(round);
            let trial = TrialRecord {
                cell: 0,
                round,
                position: 0,
                at_s,
                cost_s: 0.5,
                outcome,
                stderr: None,
            };
            run.push(Line::Trial(trial));
        }
        run
    }

    #[test]
    fn rounds_give_values_per_operation() {
        let evidence = of_rounds(&run(30));
        let [evidence] = &evidence[..] else { panic!("{evidence:?}") };
        assert_eq!(evidence.operation, "task");
        assert_eq!(evidence.values(&Event::WallTime), Some(&[300.0; GROUPS][..]));
        assert_eq!(evidence.values(&Event::MinorFault), Some(&[1.5; GROUPS][..]));
        assert_eq!(evidence.values(&Event::UserTime), None);
    }

    #[test]
    fn too_few_rounds_and_failures_give_no_evidence() {
        assert_eq!(of_rounds(&run(GROUPS as u32 - 1)), []);
        let mut stalled = run(GROUPS as u32);
        stalled.push(Line::Stall(Stall { at_s: 3.1, until_s: 3.2 }));
        assert_eq!(of_rounds(&stalled), []);
        let mut failed = run(30);
        failed.trials[7].outcome =
            Outcome::Error { kind: ErrorKind::WrongOutput, message: String::new() };
        assert_eq!(of_rounds(&failed), []);
    }
}

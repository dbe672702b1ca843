//! The evidence of a run, collected after its last round.

use std::time::Duration;

use runtime_bench_analysis::explanation::of_rounds;
use runtime_bench_results::evidence::{Evidence, Level};
use runtime_bench_results::run::{Line, PlannedCell, Role, Run};
use runtime_bench_results::trial::{Outcome, metric};

use super::rounds::Rounds;
use crate::error::Error;
use crate::evidence::complete;

/// Expected time of evidence trials per cell, seconds.
const EACH_S: f64 = 0.25;

impl Rounds<'_> {
    /// Records the counts of each cell; `false` when the run was interrupted.
    pub(super) fn evidence(&mut self) -> Result<bool, Error> {
        let level = self.planned.plan.evidence;
        if level == Level::None {
            return Ok(true);
        }
        let run = self.writer.run();
        let mut found = of_rounds(run);
        found.retain(|one| run.evidence.iter().all(|known| known.cell != one.cell));
        if level == Level::Full && !found.is_empty() {
            found = match self.complete(found) {
                Err(Error::Interrupted(_)) => return Ok(false),
                found => found?,
            };
        }
        for evidence in found {
            self.writer.append(Line::Evidence(evidence))?;
        }
        Ok(true)
    }

    /// The same, with evidence that needs separate trials.
    fn complete(&mut self, found: Vec<Evidence>) -> Result<Vec<Evidence>, Error> {
        let run = self.writer.run();
        let plan = &self.planned.plan;
        let measured_s = run.trials.iter().map(|trial| trial.cost_s).sum();
        let expected_s = found.len() as f64 * EACH_S;
        let cells = found.into_iter().filter_map(|evidence| {
            let is_own =
                |cell: &PlannedCell| cell.role == Role::Subject && cell.key == evidence.cell;
            let id = plan.cells.iter().position(is_own)?;
            Some((&plan.cells[id], iteration(run, id)?, evidence))
        });
        let cells = cells.collect();
        let progress = &mut self.progress;
        progress.phase("counting", expected_s, 0.0);
        let mut before = 0.0;
        let mut tell = |what: &str, share: f64| {
            progress.finished((share - before) * expected_s);
            before = share;
            progress.running(what);
        };
        let measured = Duration::from_secs_f64(measured_s);
        complete(self.executor, cells, measured, plan.seed, &mut tell)
    }
}

/// Duration of an iteration of a cell in its last round.
fn iteration(run: &Run, cell: usize) -> Option<Duration> {
    let mut trials = run.trials.iter().rev();
    let trial = trials.find(|trial| trial.round > 0 && trial.cell == cell)?;
    let Outcome::Ok { block } = &trial.outcome else { return None };
    Some(Duration::from_nanos(block.metric(metric::WALL.id)?.max(1.0) as u64))
}

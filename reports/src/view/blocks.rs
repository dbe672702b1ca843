//! The measured blocks of each cell, for what a median hides.

use std::collections::HashMap;

use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::trial::{Block, Outcome, Phase};

/// Every verified block of a run, by cell and phase.
#[derive(Debug, Default)]
pub(crate) struct Blocks<'a> {
    blocks: HashMap<(&'a CellKey, Phase), Vec<&'a Block>>,
}

impl<'a> Blocks<'a> {
    /// Of a run: pilots, the reference's A/A control and trials during a stall of the machine are left out, as
    /// in the analysis.
    pub(crate) fn new(run: &'a Run) -> Self {
        let mut blocks: HashMap<(&CellKey, Phase), Vec<&Block>> = HashMap::new();
        for trial in run.trials.iter().filter(|trial| trial.round > 0) {
            let Some(cell) = run.header.plan.cells.get(trial.cell) else { continue };
            if let (Outcome::Ok { block }, Role::Subject, false) =
                (&trial.outcome, cell.role, run.excluded(trial))
            {
                blocks.entry((&cell.key, cell.phase)).or_default().push(block);
            }
        }
        Self { blocks }
    }

    /// A metric of every process of a cell, in the order of the trials.
    pub(crate) fn values(&self, key: &CellKey, phase: Phase, metric: &str) -> Vec<f64> {
        let blocks = self.blocks.get(&(key, phase)).into_iter().flatten();
        blocks.filter_map(|block| block.metric(metric)).collect()
    }
}

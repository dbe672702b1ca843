//! The trials of a run, sorted by cell.

use std::collections::{BTreeMap, HashMap};

use super::parallel::on_all_cores;
use super::samples::Samples;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::{Role, Run, TrialRecord};
use runtime_bench_results::trial::Phase;

/// The measurements of every cell of a run.
#[derive(Debug)]
pub struct Gathered<'a> {
    /// By index of the plan's cells.
    pub(super) samples: Vec<Samples<'a>>,
    cells: HashMap<(&'a CellKey, Phase, Role), usize>,
}

impl<'a> Gathered<'a> {
    /// Sorts the trials of a run. A trial of a cell outside the plan is a bug in the reader.
    pub fn new(run: &'a Run) -> Self {
        let plan = &run.header.plan.cells;
        let mut cells = HashMap::new();
        for (id, cell) in plan.iter().enumerate() {
            // If two cells have the same name, the first counts.
            cells.entry((&cell.key, cell.phase, cell.role)).or_insert(id);
        }
        let mut trials: Vec<Vec<&TrialRecord>> = vec![Vec::new(); plan.len()];
        for trial in &run.trials {
            trials[trial.cell].push(trial);
        }
        let mut samples = on_all_cores(&trials, |trials| Samples::of(run, trials));
        for (id, cell) in plan.iter().enumerate().filter(|(_, cell)| cell.role == Role::AaControl) {
            if let Some(&subject) = cells.get(&(&cell.key, cell.phase, Role::Subject)) {
                let failures = samples[id].failures.clone();
                samples[subject].blame(failures);
            }
        }
        Self { samples, cells }
    }

    /// The cost of a cell's headline, by round: the headline if lower is better, otherwise its inverse.
    pub(crate) fn costs(
        &self,
        key: &CellKey,
        phase: Phase,
        role: Role,
        headline: &str,
    ) -> BTreeMap<u32, f64> {
        let cell = self.cells.get(&(key, phase, role));
        cell.map_or_else(BTreeMap::new, |&cell| self.samples[cell].costs(headline))
    }

    /// A metric of a subject as it was measured, by round.
    pub fn values(&self, key: &CellKey, phase: Phase, metric: &str) -> BTreeMap<u32, f64> {
        let cell = self.cells.get(&(key, phase, Role::Subject));
        cell.map_or_else(BTreeMap::new, |&cell| self.samples[cell].values(metric))
    }

    /// A short description of a subject's first verified output.
    pub fn output(&self, key: &CellKey, phase: Phase) -> Option<&'a str> {
        let cell = self.cells.get(&(key, phase, Role::Subject))?;
        self.samples[*cell].blocks.values().next().map(|block| block.output.as_str())
    }
}

/// Costs of the rounds in which both sides were measured.
pub(crate) fn paired(
    candidate: &BTreeMap<u32, f64>,
    reference: &BTreeMap<u32, f64>,
) -> Vec<(f64, f64)> {
    candidate.iter().filter_map(|(round, cost)| Some((*cost, *reference.get(round)?))).collect()
}

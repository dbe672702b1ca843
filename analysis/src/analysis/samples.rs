//! The trials of one cell, and their results for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Status, Summary};
use crate::stats::{figure_interval, median};
use runtime_bench_results::run::{PlannedCell, Run, TrialRecord};
use runtime_bench_results::trial::{Block, Metric, Outcome, metric};

/// The trials of one cell.
#[derive(Debug, Default)]
pub(super) struct Samples<'a> {
    /// Verified blocks by round, without the pilot.
    pub(super) blocks: BTreeMap<u32, &'a Block>,
    /// Allocations and their bytes, from an untimed trial.
    allocated: Vec<&'a Metric>,
    /// Trials that failed, pilots included.
    pub(super) failures: Vec<String>,
    /// Verified blocks that were dropped because the machine stalled, or because the run was stopped in
    /// the middle of their round.
    pub(super) dropped: usize,
    /// The counted trials, regardless of their outcome.
    pub(super) counted: Vec<&'a TrialRecord>,
    tried: usize,
}

impl<'a> Samples<'a> {
    /// Sorts the trials of a cell. One that is excluded does not count, except as a failure.
    pub(super) fn of(run: &Run, trials: &[&'a TrialRecord]) -> Self {
        let counted = trials.iter().copied().filter(|trial| trial.round > 0).collect();
        let mut samples = Self { counted, tried: trials.len(), ..Self::default() };
        for trial in trials {
            match &trial.outcome {
                Outcome::Ok { block } if trial.round == 0 => {
                    let counted = [metric::ALLOCATIONS.id, metric::ALLOCATED.id];
                    let of_block = block.metrics.iter();
                    let found = of_block.filter(|one| counted.contains(&one.name.as_str()));
                    samples.allocated.extend(found);
                }
                Outcome::Ok { .. } if run.excluded(trial) => samples.dropped += 1,
                Outcome::Ok { block } => {
                    samples.blocks.insert(trial.round, block);
                }
                Outcome::Error { kind, message } => {
                    samples.failures.push(format!("{kind}: {message}"));
                }
            }
        }
        samples
    }

    /// Takes over failures: an A/A control is the reference measured again, so its failures are the
    /// reference's.
    pub(super) fn blame(&mut self, failures: Vec<String>) {
        self.tried += failures.len();
        self.failures.extend(failures);
    }

    /// The cost of the headline, by round: the headline if lower is better, otherwise its inverse.
    pub(super) fn costs(&self, headline: &str) -> BTreeMap<u32, f64> {
        self.blocks
            .iter()
            .filter_map(|(round, block)| {
                let metric = block.metrics.iter().find(|metric| metric.name == headline)?;
                Some((*round, metric.cost()))
            })
            .collect()
    }

    /// A metric by round.
    pub(super) fn values(&self, metric: &str) -> BTreeMap<u32, f64> {
        let blocks = self.blocks.iter();
        blocks.filter_map(|(round, block)| Some((*round, block.metric(metric)?))).collect()
    }

    pub(super) fn status(&self, cell: &PlannedCell, run: &Run) -> Status {
        if let Some(reason) = &cell.not_applicable {
            return Status::NotApplicable(reason.clone());
        }
        if let Some(first) = self.failures.first() {
            let (failed, of) = (self.failures.len(), self.tried);
            return Status::Failed(format!("{failed} of {of} trials failed; {first}"));
        }
        if !self.blocks.is_empty() {
            return Status::Measured;
        }
        if self.dropped > 0 {
            return Status::NotMeasured(format!(
                "all of its {} samples were lost to machine stalls or interruptions: run again on \
                 an idle machine",
                self.dropped
            ));
        }
        if !run.shards.is_empty() && run.shard_of(&cell.key.workload).is_none() {
            return Status::NotMeasured("its shard is missing from this merged run".to_owned());
        }
        let group = cell.key.group();
        let schedule = run.schedules.iter().find(|schedule| schedule.group == group);
        let left_out = schedule.and_then(|schedule| {
            let own = schedule
                .references
                .iter()
                .find(|own| run.header.plan.cells.get(own.cell) == Some(cell));
            schedule.left_out.clone().or_else(|| own?.left_out.clone())
        });
        Status::NotMeasured(
            left_out.unwrap_or_else(|| "the run stopped before it was measured".to_owned()),
        )
    }

    pub(super) fn summaries(&self) -> Vec<Summary> {
        // Not only those of the first block: a percentile may be supported in some blocks only.
        let mut seen = BTreeSet::new();
        let all = self.blocks.values().flat_map(|block| &block.metrics);
        let each = all.filter(|metric| seen.insert(metric.name.as_str()));
        let measured = each.filter_map(|metric| self.summary(metric));
        measured.chain(self.allocated.iter().map(|metric| once(metric))).collect()
    }

    fn summary(&self, metric: &Metric) -> Option<Summary> {
        let values: Vec<f64> =
            self.blocks.values().filter_map(|block| block.metric(&metric.name)).collect();
        Some(Summary {
            name: metric.name.to_string(),
            unit: metric.unit.to_string(),
            better: metric.better,
            value: median(&values)?,
            interval: figure_interval(&values),
            samples: values.len(),
        })
    }
}

/// A metric reported by one process.
fn once(metric: &Metric) -> Summary {
    Summary {
        name: metric.name.to_string(),
        unit: metric.unit.to_string(),
        better: metric.better,
        value: metric.value,
        interval: None,
        samples: 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metric_missing_in_the_first_block_is_reported() {
        let of = |names: &[&str]| Block {
            metrics: names.iter().map(|name| Metric::lower(name, "ns", 1.0)).collect(),
            ..Block::default()
        };
        let blocks = [of(&["wall"]), of(&["p99", "wall"]), of(&["p99", "wall"])];
        let blocks = blocks.iter().zip(1..).map(|(block, round)| (round, block)).collect();
        let samples = Samples { blocks, ..Samples::default() };
        let told: Vec<(String, usize)> =
            samples.summaries().into_iter().map(|one| (one.name, one.samples)).collect();
        assert_eq!(told, [("wall".to_owned(), 3), ("p99".to_owned(), 2)]);
    }
}

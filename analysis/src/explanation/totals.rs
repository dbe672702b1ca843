//! The counts of one trial, and the counts per operation from two trials.

use std::collections::BTreeMap;

use runtime_bench_results::evidence::{Event, Total};
use runtime_bench_results::metric::MetricDef;
use runtime_bench_results::trial::{Block, metric};

use super::operations::Operations;

/// The metrics of a block that are evidence.
const OF_BLOCK: [(&MetricDef, Event); 7] = [
    (&metric::WALL, Event::WallTime),
    (&metric::CPU_USER, Event::UserTime),
    (&metric::CPU_SYSTEM, Event::SystemTime),
    (&metric::SWITCHES_VOLUNTARY, Event::VoluntarySwitch),
    (&metric::SWITCHES_INVOLUNTARY, Event::InvoluntarySwitch),
    (&metric::ALLOCATIONS, Event::Allocation),
    (&metric::ALLOCATED, Event::AllocatedByte),
];

/// Counts of one or several trials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    operations: f64,
    counts: BTreeMap<Event, f64>,
}

impl Totals {
    /// The counts of a block, for selected events.
    pub fn of(block: &Block, is_wanted: impl Fn(&Event) -> bool) -> Self {
        let iterations = block.iterations as f64;
        let of_metric =
            |(def, event): (&MetricDef, Event)| Some((event, block.metric(def.id)? * iterations));
        let counted = |Total { event, total }: &Total| (event.clone(), *total as f64);
        let all = OF_BLOCK.into_iter().filter_map(of_metric);
        let all = all.chain(block.counts.iter().map(counted));
        Self {
            operations: Operations::of(block).per_iteration * iterations,
            counts: all.filter(|(event, _)| is_wanted(event)).collect(),
        }
    }

    /// Adds the counts of another trial.
    pub fn add(&mut self, other: Self) {
        self.operations += other.operations;
        for (event, count) in other.counts {
            *self.counts.entry(event).or_default() += count;
        }
    }

    /// The same with more counts.
    #[must_use]
    pub fn and(mut self, more: impl IntoIterator<Item = (Event, f64)>) -> Self {
        self.counts.extend(more);
        self
    }

    /// Counts per operation: the difference to a shorter trial, in which everything that does not depend on
    /// the number of iterations was the same. `None` unless this trial has more operations.
    pub fn per_operation(&self, shorter: &Self) -> Option<BTreeMap<Event, f64>> {
        let operations = self.operations - shorter.operations;
        let events = self.counts.keys().chain(shorter.counts.keys());
        let of = |totals: &Self, event: &Event| totals.counts.get(event).copied().unwrap_or(0.0);
        let slope = |event: &Event| (of(self, event) - of(shorter, event)) / operations;
        (operations > 0.0).then(|| events.map(|event| (event.clone(), slope(event))).collect())
    }
}

#[cfg(test)]
mod tests {
    use runtime_bench_results::trial::Metric;

    use super::*;

    fn block(iterations: u64) -> Block {
        let metrics =
            [(metric::WALL, 600.0), (metric::PER_TASK, 200.0), (metric::ALLOCATIONS, 7.0)];
        let metrics = metrics.map(|(def, value)| Metric::of(&def, value)).to_vec();
        Block { iterations, metrics, ..Block::default() }
    }

    #[test]
    fn costs_independent_of_the_number_of_operations_cancel_out() {
        let call = || Event::Syscall("read".into());
        let totals = |iterations, calls| {
            let totals = Totals::of(&block(iterations), |event| *event == Event::WallTime);
            totals.and([(call(), calls)])
        };
        let (short, long) = (totals(10, 100.0 + 60.0), totals(40, 100.0 + 240.0));
        let expected = [(Event::WallTime, 200.0), (call(), 2.0)].into();
        assert_eq!(long.per_operation(&short), Some(expected));
        assert_eq!(short.per_operation(&short), None);
    }
}

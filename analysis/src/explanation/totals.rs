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

    /// Adds the counts of another trial. An event that one of them could not count is dropped.
    pub fn add(&mut self, other: Self) {
        if self.operations <= 0.0 {
            *self = other;
            return;
        }
        self.operations += other.operations;
        self.counts
            .retain(|event, count| other.counts.get(event).map(|more| *count += more).is_some());
    }

    /// The number of events of all kinds.
    pub fn events(&self) -> f64 {
        self.counts.values().sum()
    }

    /// The same with more counts.
    #[must_use]
    pub fn and(mut self, more: impl IntoIterator<Item = (Event, f64)>) -> Self {
        self.counts.extend(more);
        self
    }

    /// Counts per operation. `None` without operations.
    pub fn each(&self) -> Option<BTreeMap<Event, f64>> {
        let each = |(event, count): (&Event, &f64)| (event.clone(), count / self.operations);
        (self.operations > 0.0).then(|| self.counts.iter().map(each).collect())
    }

    /// The same for the difference to a shorter trial, in which everything that does not depend on the number of
    /// iterations was the same. `None` unless this trial has more operations.
    pub fn per_operation(&self, shorter: &Self) -> Option<BTreeMap<Event, f64>> {
        let mut counts = BTreeMap::new();
        for event in self.counts.keys().chain(shorter.counts.keys()) {
            let counted = [self, shorter].map(|one| one.counts.get(event).copied());
            let [long, short] = match event {
                // A call that was never made is not listed.
                Event::Syscall(_) => counted.map(|count| Some(count.unwrap_or(0.0))),
                _ => counted,
            };
            counts.extend(long.zip(short).map(|(long, short)| (event.clone(), long - short)));
        }
        Self { operations: self.operations - shorter.operations, counts }.each()
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
    fn what_one_trial_could_not_count_is_not_known_of_two() {
        let one = || Totals::of(&block(10), |event| *event == Event::WallTime);
        let other = || one().and([(Event::CoreWait, 50.0)]);
        let mut sum = other();
        sum.add(other());
        assert_eq!(sum.each().unwrap()[&Event::CoreWait].to_bits(), (50.0_f64 / 30.0).to_bits());
        sum.add(one());
        assert_eq!(sum.each().unwrap().get(&Event::CoreWait), None);
        let mut long = one();
        long.add(one());
        assert_eq!(long.per_operation(&other()).unwrap().get(&Event::CoreWait), None);
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

//! The number of operations of a block, in the workload's own unit.

use runtime_bench_results::trial::{Block, Metric, metric};

/// The operations of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Operations {
    /// Name of one operation, such as `message`.
    pub name: String,
    /// Number of operations per iteration.
    pub per_iteration: f64,
}

impl Operations {
    /// Computed from the metrics that the workload reports per operation and the harness per iteration.
    /// Without such a metric, an operation is an iteration.
    pub fn of(block: &Block) -> Self {
        let whole = |name| block.metric(name).filter(|whole: &f64| *whole > 0.0);
        let counted = |share: &Metric, prefix: &str, whole: Option<f64>| {
            let name = share.name.strip_prefix(prefix).filter(|_| share.unit == "ns")?;
            let per_iteration = whole? / share.value;
            per_iteration.is_finite().then(|| Self { name: unit(name), per_iteration })
        };
        let by_cpu = |share: &Metric| counted(share, "cpu-per-", whole(metric::CPU.id));
        let by_wall = |share: &Metric| counted(share, "per-", whole(metric::WALL.id));
        let metrics = || block.metrics.iter();
        let found = metrics().find_map(by_cpu).or_else(|| metrics().find_map(by_wall));
        found.unwrap_or(Self { name: "iteration".to_owned(), per_iteration: 1.0 })
    }
}

/// `mib` is a unit, and written as one.
fn unit(name: &str) -> String {
    if name == "mib" { "MiB".to_owned() } else { name.replace('-', " ") }
}

#[cfg(test)]
mod tests {
    use runtime_bench_results::metric::MetricDef;

    use super::*;

    fn operations(metrics: &[(&MetricDef, f64)]) -> (String, f64) {
        let metrics = metrics.iter().map(|(def, value)| Metric::of(def, *value)).collect();
        let found = Operations::of(&Block { metrics, ..Block::default() });
        (found.name, found.per_iteration)
    }

    #[test]
    fn operations_follow_from_times_per_operation_and_per_iteration() {
        let (wall, cpu) = ((&metric::WALL, 6_000.0), (&metric::CPU, 8_000.0));
        let message = (&metric::CPU_PER_MESSAGE, 400.0);
        assert_eq!(operations(&[message, wall, cpu]), ("message".into(), 20.0));
        let trip = (&metric::PER_ROUND_TRIP, 2_000.0);
        assert_eq!(operations(&[trip, wall, cpu]), ("round trip".into(), 3.0));
        let volume = (&metric::CPU_PER_MIB, 4_000.0);
        assert_eq!(operations(&[volume, wall, cpu]), ("MiB".into(), 2.0));
    }

    #[test]
    fn without_a_time_per_operation_an_operation_is_an_iteration() {
        let iteration = ("iteration".to_owned(), 1.0);
        let (wall, cpu) = ((&metric::WALL, 6_000.0), (&metric::CPU, 8_000.0));
        assert_eq!(operations(&[(&metric::LATENESS, 1_000.0), wall, cpu]), iteration);
        assert_eq!(
            operations(&[(&metric::CPU_PER_TASK, 0.0), wall, (&metric::CPU, 0.0)]),
            iteration
        );
        assert_eq!(operations(&[(&metric::TASK_MEMORY, 100.0), wall, cpu]), iteration);
    }
}

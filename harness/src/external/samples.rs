//! A runner's samples as timings of the harness.

use std::time::Duration;

use runtime_bench_api::clock::{Timing, Usage};
use runtime_bench_results::external::Sample;

/// All samples together; they were checked before (`Measured::check`).
pub(super) fn timing(samples: &[Sample]) -> Timing {
    let sum = |of: fn(&Sample) -> f64| nanoseconds(samples.iter().map(of).sum());
    Timing {
        wall: sum(|sample| sample.wall_ns),
        usage: Usage { cpu: sum(|sample| sample.cpu_ns), ..Usage::default() },
        ..Timing::default()
    }
}

fn nanoseconds(time: f64) -> Duration {
    Duration::from_nanos(time as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn samples_are_added_up() {
        let sample = |wall_ns, cpu_ns| Sample { wall_ns, cpu_ns, output: Value::Null };
        let timing = timing(&[sample(300.0, 500.0), sample(100.0, 0.0)]);
        let ns = Duration::from_nanos;
        assert_eq!((timing.wall, timing.usage.cpu), (ns(400), ns(500)));
    }
}

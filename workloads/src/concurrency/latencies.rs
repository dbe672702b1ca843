//! Percentiles of latencies that tasks record themselves.

use runtime_bench_results::histogram::fewest_samples;
use runtime_bench_results::metric::MetricDef;
use runtime_bench_results::trial::Metric;

/// The median and the 99th percentile, each if there are enough latencies.
pub(super) fn percentiles(mut all: Vec<u64>, defs: [&MetricDef; 2]) -> Vec<Metric> {
    all.sort_unstable();
    let at = |share: f64| {
        let enough = fewest_samples(share).is_some_and(|fewest| all.len() as u64 >= fewest);
        let place = (all.len() as f64 * share) as usize;
        all.get(place).copied().filter(|_| enough)
    };
    let pairs = defs.into_iter().zip([0.5, 0.99]);
    pairs.filter_map(|(def, share)| Some(Metric::of(def, at(share)? as f64))).collect()
}

#[cfg(test)]
mod tests {
    use runtime_bench_results::metric;

    use super::*;

    #[test]
    fn percentiles_need_enough_latencies() {
        let defs = [&metric::CLOSED_LOOP_P50, &metric::CLOSED_LOOP_P99];
        let of = |count: u64| percentiles((0..count).rev().collect(), defs);
        let values: Vec<f64> = of(10_000).iter().map(|metric| metric.value).collect();
        assert_eq!(values, [5_000.0, 9_900.0]);
        assert!(of(20).iter().all(|metric| metric.name != metric::CLOSED_LOOP_P99.id));
        assert!(of(0).is_empty());
    }
}

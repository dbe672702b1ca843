//! Checks and metrics of the reports of the load generator.

use runtime_bench_results::histogram::{self, Histogram, PERCENTILES, fewest_samples};

use runtime_bench_api::load::{PATIENCE, Report};
use runtime_bench_api::prelude::*;

/// Checks that every message was answered correctly, and that the generator's numbers are consistent.
///
/// # Errors
/// The expected and the actual value.
pub fn verify(report: &Report) -> Result<(), String> {
    let Report { sent, answered, wrong, .. } = *report;
    if sent == 0 || answered != sent || wrong > 0 {
        let silent = if answered < sent {
            format!("; the clients timed out after {} s without a reply", PATIENCE.as_secs())
        } else {
            String::new()
        };
        return Err(format!(
            "{answered} of {sent} messages were answered, {wrong} of them wrongly{silent}"
        ));
    }
    // Little's law (Operations Research 9, 1961): both sides are counted separately. The latency of a late
    // message includes time before it is in flight.
    let per_ns = answered as f64 / report.wall_ns.max(1) as f64;
    let expected = per_ns * (report.mean_ns - report.late_mean_ns);
    // Latency and lateness come from histograms with three digits.
    let tolerance = 0.1 * expected.abs() + 0.002 * per_ns * report.mean_ns + 0.1;
    ensure((report.in_flight - expected).abs() <= tolerance, || {
        format!(
            "{} messages in flight on average, but throughput × mean latency is {expected}",
            report.in_flight
        )
    })
}

/// The latencies of an open loop: percentiles as in [`PERCENTILES`], then the maximum.
pub const LATENCIES: [&MetricDef; 5] =
    [&metric::P50, &metric::P90, &metric::P99, &metric::P99_9, &metric::MAX];

/// All metrics of an open-loop workload, its headline first. That is p90: the highest percentile whose
/// intervals are narrow enough to compare runners in the time of a profile. The p99 of a few hundred messages
/// is a single stall of the machine.
pub const OPEN_LOOP: &[&MetricDef] = &[
    &metric::P90,
    &metric::P50,
    &metric::P99,
    &metric::P99_9,
    &metric::MAX,
    &metric::MESSAGE_RATE,
    &metric::CPU_PER_MESSAGE,
    &metric::IN_FLIGHT,
    &metric::CLIENT_CPU,
    &metric::CLIENT_LATE,
];

/// Metrics of the load and of the generator's own cost.
pub fn metrics(block: &Timed<Report>, rate: &MetricDef, cpu: &MetricDef) -> Vec<Metric> {
    let sum = |of: fn(&Report) -> u64| block.outputs.iter().map(of).sum::<u64>() as f64;
    let (answered, wall) = (sum(|report| report.answered), sum(|report| report.wall_ns).max(1.0));
    let cpu_ns = block.timing.usage.cpu.as_nanos() as f64;
    vec![
        Metric::of(rate, answered / wall * 1e9),
        Metric::of(cpu, cpu_ns / answered),
        Metric::of(&metric::IN_FLIGHT, block.mean(|report| report.in_flight)),
        Metric::of(&metric::CLIENT_CPU, sum(|report| report.cpu_ns) / wall),
        Metric::of(&metric::CLIENT_LATE, block.mean(|report| report.late_p99_ns as f64)),
    ]
}

/// The percentiles that a block supports.
pub fn percentiles(block: &Timed<Report>, defs: [&MetricDef; 5]) -> Vec<Metric> {
    let Some(latencies) = merged(block) else { return Vec::new() };
    let supported =
        |share: f64| fewest_samples(share).is_some_and(|fewest| latencies.len() >= fewest);
    let mut metrics: Vec<Metric> = PERCENTILES
        .into_iter()
        .zip(defs)
        .filter(|((_, share), _)| supported(*share))
        .map(|((_, share), def)| Metric::of(def, latencies.value_at_quantile(share) as f64))
        .collect();
    metrics.push(Metric::of(defs[4], latencies.max() as f64));
    metrics
}

/// All latencies of a block, encoded again.
pub fn histogram(block: &Timed<Report>) -> Option<String> {
    if let [only] = block.outputs.as_slice() {
        return Some(only.histogram.clone());
    }
    histogram::encode(&merged(block)?).ok()
}

fn merged(block: &Timed<Report>) -> Option<Histogram<u64>> {
    let mut all: Option<Histogram<u64>> = None;
    for report in &block.outputs {
        let one = histogram::decode(&report.histogram).ok()?;
        match &mut all {
            Some(all) => all.add(one).ok()?,
            None => all = Some(one),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10 000 messages in a second, each in flight for 50 µs.
    fn report() -> Report {
        let (sent, answered, wall_ns) = (10_000, 10_000, 1_000_000_000);
        Report { sent, answered, wall_ns, mean_ns: 50e3, in_flight: 0.5, ..Report::default() }
    }

    #[test]
    fn stalled_generator_is_not_a_wrong_output() {
        verify(&report()).unwrap();
        // 95 messages were delayed by 5 ms on average, which p99 does not show.
        let late_mean_ns = 95.0 * 5e6 / 10e3;
        let late = Report { mean_ns: 50e3 + late_mean_ns, late_mean_ns, ..report() };
        verify(&late).unwrap();
    }

    #[test]
    fn inconsistent_reports_are_wrong_outputs() {
        let wrong = |report: &Report| verify(report).is_err();
        assert!(wrong(&Report { in_flight: 0.8, ..report() }));
        assert!(wrong(&Report { mean_ns: 100e3, ..report() }));
        assert!(wrong(&Report { answered: 9_999, ..report() }));
        assert!(wrong(&Report { wrong: 1, ..report() }));
        assert!(wrong(&Report::default()), "nothing was sent");
    }
}

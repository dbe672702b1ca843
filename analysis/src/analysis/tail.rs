//! The latencies of a cell: percentiles of each process, and their medians.

use serde::{Deserialize, Serialize};

use super::samples::Samples;
use crate::stats::{Interval, figure_interval, median};
use runtime_bench_results::histogram::{self, PERCENTILES, fewest_samples};
use runtime_bench_results::trial::metric;

/// CPU use, in cores, from which the load generator itself limits the result.
const MOST_CLIENT_CPU: f64 = 0.8;
/// Share of the tail from which late sends of the load generator dominate it.
const MOST_LATE: f64 = 0.5;

/// A percentile of the latencies of a process, as the median over processes: each has the same weight,
/// regardless of its number of latencies. A headline that is a percentile is the same figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Percentile {
    /// The percentile as a share: 0.99 is p99.
    pub share: f64,
    /// The median over processes, in the unit of the latencies.
    pub value: f64,
    /// Its 95% interval; `None` with too few independent processes.
    pub interval: Option<Interval>,
    /// Processes with enough latencies for it.
    pub processes: usize,
}

/// The latencies of a cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tail {
    /// Percentiles in ns that the latencies of a process support.
    pub percentiles: Vec<Percentile>,
    /// Unsupported percentiles, and the reasons.
    pub unsupported: Vec<(f64, String)>,
    /// The maximum, ns; it grows with the number of samples.
    pub max: f64,
    /// Latencies of all processes.
    pub samples: u64,
}

impl Tail {
    /// The tail of the blocks that recorded latencies; `None` if none did. Invalid histograms are ignored.
    pub(super) fn of(samples: &Samples<'_>) -> Option<Self> {
        let mut of_processes: [Vec<f64>; PERCENTILES.len()] = Default::default();
        let (mut max, mut all, mut most) = (0, 0_u64, 0);
        // One at a time, because a histogram takes the memory of its whole range, regardless of its content.
        for text in samples.blocks.values().filter_map(|block| block.histogram.as_deref()) {
            let Ok(latencies) = histogram::decode(text) else { continue };
            max = max.max(latencies.max());
            most = most.max(latencies.len());
            // No machine counts that far, but a file may contain it.
            all = all.saturating_add(latencies.len());
            for ((_, share), values) in PERCENTILES.into_iter().zip(&mut of_processes) {
                if fewest_samples(share).is_some_and(|fewest| latencies.len() >= fewest) {
                    values.push(latencies.value_at_quantile(share) as f64);
                }
            }
        }
        let mut tail = Self { max: max as f64, samples: all, ..Self::default() };
        for ((_, share), values) in PERCENTILES.into_iter().zip(of_processes) {
            let (interval, processes) = (figure_interval(&values), values.len());
            if let Some(value) = median(&values) {
                tail.percentiles.push(Percentile { share, value, interval, processes });
            } else {
                let needs = fewest_samples(share).unwrap_or_default();
                let lacks = format!("a process has {most} latencies, but needs {needs}");
                tail.unsupported.push((share, lacks));
            }
        }
        (all > 0).then_some(tail)
    }
}

/// Why the figures of a cell reflect the load generator and not the server.
pub(super) fn client_bound(samples: &Samples<'_>) -> Option<String> {
    let of = |name: &str| {
        let values = samples.blocks.values().filter_map(|block| block.metric(name));
        median(&values.collect::<Vec<f64>>())
    };
    let cores = of(metric::CLIENT_CPU.id)?;
    if cores > MOST_CLIENT_CPU {
        return Some(format!("the load generator used {cores:.2} of one core"));
    }
    let (late, tail) = (of(metric::CLIENT_LATE.id)?, of(metric::P99.id)?);
    (late > MOST_LATE * tail).then(|| {
        format!(
            "the load generator ran {:.0} µs late (p99), with a measured latency of {:.0} µs (p99)",
            late / 1e3,
            tail / 1e3
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_results::histogram::Histogram;
    use runtime_bench_results::trial::{Block, Metric};

    /// Blocks of 1 000 latencies, 1 to 1 000 µs each.
    fn blocks(count: usize, cores: f64, late_ns: f64) -> Vec<Block> {
        let mut latencies = Histogram::<u64>::new_with_bounds(1, 1_000_000_000, 3).unwrap();
        (1..=1_000).for_each(|us| latencies.record(us * 1_000).unwrap());
        let metrics = vec![
            Metric::context(metric::CLIENT_CPU.id, "cores", cores),
            Metric::context(metric::CLIENT_LATE.id, "ns", late_ns),
            Metric::lower(metric::P99.id, "ns", 990_000.0),
        ];
        let histogram = Some(histogram::encode(&latencies).unwrap());
        vec![Block { metrics, histogram, ..Block::default() }; count]
    }

    fn samples(blocks: &[Block]) -> Samples<'_> {
        let blocks =
            blocks.iter().enumerate().map(|(round, block)| (round as u32, block)).collect();
        let mut samples = Samples::default();
        samples.blocks = blocks;
        samples
    }

    fn value(tail: &Tail, share: f64) -> Option<f64> {
        let one = tail.percentiles.iter().find(|one| (one.share - share).abs() < 1e-9);
        one.map(|one| one.value / 1e3)
    }

    #[test]
    fn unsupported_percentile_is_missing() {
        let tail = Tail::of(&samples(&blocks(25, 0.1, 0.0))).unwrap();
        for (share, us) in [(0.5, 500.0), (0.9, 900.0), (0.99, 990.0)] {
            assert!((value(&tail, share).unwrap() - us).abs() < 2.0, "{tail:?}");
        }
        assert_eq!(value(&tail, 0.999), None, "25 processes have 1 000 latencies each");
        assert_eq!(tail.unsupported.len(), 1);
        assert!((tail.max / 1e3 - 1_000.0).abs() < 2.0);
        assert_eq!(tail.samples, 25_000);
    }

    #[test]
    fn processes_have_equal_weight_in_curve_and_headline() {
        let mut latencies = Histogram::<u64>::new_with_bounds(1, 1_000_000_000, 3).unwrap();
        latencies.record_n(5_000_000, 1_000_000).unwrap();
        let mut blocks = blocks(7, 0.1, 0.0);
        // As many latencies as a thousand other processes have.
        blocks[6].histogram = Some(histogram::encode(&latencies).unwrap());
        blocks[6].metrics = vec![Metric::lower(metric::P99.id, "ns", 5_000_000.0)];
        let samples = samples(&blocks);
        let p99 = value(&Tail::of(&samples).unwrap(), 0.99).unwrap();
        let headline = samples.summaries().into_iter().find(|one| one.name == metric::P99.id);
        assert!((p99 * 1e3 / headline.unwrap().value - 1.0).abs() < 0.002, "{p99}");
    }

    #[test]
    fn invalid_histogram_is_ignored() {
        let mut broken = blocks(2, 0.1, 0.0);
        broken[0].histogram = Some("no histogram".into());
        broken[1].histogram = None;
        assert_eq!(Tail::of(&samples(&broken)), None);
    }

    #[test]
    fn overflowing_counts_do_not_panic() {
        let mut latencies = Histogram::<u64>::new_with_bounds(1, 1_000_000_000, 3).unwrap();
        latencies.record_n(1_000, 1 << 62).unwrap();
        let mut many = blocks(5, 0.1, 0.0);
        for block in &mut many {
            block.histogram = Some(histogram::encode(&latencies).unwrap());
        }
        assert_eq!(Tail::of(&samples(&many)).map(|tail| tail.samples), Some(u64::MAX));
    }

    #[test]
    fn saturated_or_late_generator_makes_a_cell_client_bound() {
        let why = |cores, late_ns| client_bound(&samples(&blocks(5, cores, late_ns)));
        assert_eq!(why(0.8, 400_000.0), None);
        assert!(why(0.81, 0.0).unwrap().contains("0.81 of one core"));
        let late = why(0.1, 500_000.0).unwrap();
        assert!(late.contains("500 µs late") && late.contains("990 µs"), "{late}");
        assert_eq!(client_bound(&Samples::default()), None);
    }
}

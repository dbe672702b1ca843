//! The latencies of a cell, all processes together.

use serde::{Deserialize, Serialize};

use super::samples::Samples;
use crate::stats::{Latencies, Percentile, maximum, median, percentile};
use runtime_bench_results::histogram::{self, Histogram, PERCENTILES};
use runtime_bench_results::trial::metric;

/// A load generator that uses more than this of its one core is what is measured.
const MOST_CLIENT_CPU: f64 = 0.8;
/// One whose sends are late by more than this share of the tail makes the tail.
const MOST_LATE: f64 = 0.5;

/// The latencies of a cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tail {
    /// In ns, those that the samples support.
    pub percentiles: Vec<Percentile>,
    /// Which are not supported, and what they lack.
    pub unsupported: Vec<(f64, String)>,
    /// The greatest, ns: a plain figure, which grows with the number of samples.
    pub max: f64,
    /// Latencies of all processes.
    pub samples: u64,
}

impl Tail {
    /// Of the blocks that recorded latencies; `None` where none did. A text that is no histogram counts
    /// as none.
    pub(super) fn of(samples: &Samples<'_>) -> Option<Self> {
        let texts = samples.blocks.values().filter_map(|block| block.histogram.as_deref());
        // One at a time: a histogram takes its whole range, whatever is in it.
        let decoded = texts.filter_map(|text| histogram::decode(text).ok());
        let (samples, processes): (Vec<u64>, Vec<Latencies>) =
            decoded.map(|histogram| (histogram.len(), latencies(&histogram))).unzip();
        // No machine counts that far, but a file may say so.
        let samples = samples.into_iter().fold(0, u64::saturating_add);
        let mut tail = Self { max: maximum(&processes)?, samples, ..Self::default() };
        for (_, share) in PERCENTILES {
            match percentile(&processes, share) {
                Ok(percentile) => tail.percentiles.push(percentile),
                Err(missing) => tail.unsupported.push((share, missing.to_string())),
            }
        }
        Some(tail)
    }
}

fn latencies(histogram: &Histogram<u64>) -> Latencies {
    let recorded = histogram.iter_recorded();
    recorded.map(|step| (step.value_iterated_to() as f64, step.count_at_value())).collect()
}

/// Why the figures of a cell are the load generator's and not the server's.
pub(super) fn client_bound(samples: &Samples<'_>) -> Option<String> {
    let of = |name: &str| {
        let values = samples.blocks.values().filter_map(|block| block.metric(name));
        median(&values.collect::<Vec<f64>>())
    };
    let cores = of(metric::CLIENT_CPU.id)?;
    if cores > MOST_CLIENT_CPU {
        return Some(format!("the load generator used {cores:.2} of its one core"));
    }
    let (late, tail) = (of(metric::CLIENT_LATE.id)?, of(metric::P99.id)?);
    (late > MOST_LATE * tail).then(|| {
        format!(
            "the load generator itself was late: by {:.0} µs (p99), where the latency is {:.0} µs (p99)",
            late / 1e3,
            tail / 1e3
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn percentiles_are_those_of_all_processes_as_far_as_the_samples_go() {
        let one = blocks(1, 0.1, 0.0);
        let tail = Tail::of(&samples(&one)).unwrap();
        assert!(tail.percentiles.is_empty() || tail.percentiles[0].processes == 1);
        let many = blocks(25, 0.1, 0.0);
        let tail = Tail::of(&samples(&many)).unwrap();
        let value = |share: f64| {
            let one = tail.percentiles.iter().find(|one| (one.share - share).abs() < 1e-9);
            one.map(|one| one.value / 1e3)
        };
        assert!((value(0.5).unwrap() - 500.0).abs() < 2.0, "{tail:?}");
        assert!((value(0.99).unwrap() - 990.0).abs() < 2.0);
        assert!((value(0.999).unwrap() - 999.0).abs() < 2.0);
        assert!((tail.max / 1e3 - 1_000.0).abs() < 2.0);
        assert_eq!((tail.samples, tail.unsupported.len()), (25_000, 0));
        let few = blocks(3, 0.1, 0.0);
        let tail = Tail::of(&samples(&few)).unwrap();
        assert!(tail.unsupported.iter().any(|(share, why)| *share > 0.99 && why.contains("needs")));
    }

    #[test]
    fn a_text_that_is_no_histogram_counts_as_none() {
        let mut broken = blocks(2, 0.1, 0.0);
        broken[0].histogram = Some("no histogram".into());
        broken[1].histogram = None;
        assert_eq!(Tail::of(&samples(&broken)), None);
    }

    #[test]
    fn counts_that_are_too_large_to_be_added_are_no_panic() {
        let mut latencies = Histogram::<u64>::new_with_bounds(1, 1_000_000_000, 3).unwrap();
        latencies.record_n(1_000, 1 << 62).unwrap();
        let mut many = blocks(5, 0.1, 0.0);
        for block in &mut many {
            block.histogram = Some(histogram::encode(&latencies).unwrap());
        }
        assert_eq!(Tail::of(&samples(&many)).map(|tail| tail.samples), Some(u64::MAX));
    }

    #[test]
    fn a_generator_at_its_limit_or_late_is_what_was_measured() {
        let why = |cores, late_ns| client_bound(&samples(&blocks(5, cores, late_ns)));
        assert_eq!(why(0.8, 400_000.0), None);
        assert!(why(0.81, 0.0).unwrap().contains("0.81 of its one core"));
        let late = why(0.1, 500_000.0).unwrap();
        assert!(late.contains("by 500 µs") && late.contains("990 µs"), "{late}");
        assert_eq!(client_bound(&Samples::default()), None);
    }
}

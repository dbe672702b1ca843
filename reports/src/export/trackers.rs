//! JSON for trackers of benchmarks in continuous integration.

use std::collections::BTreeMap;

use runtime_bench_results::run::Run;
use serde::Serialize;

use super::figures::Figure;
use crate::ReportError;
use crate::files::pretty_json;
use crate::sanitize::sanitize;

/// An entry of `customSmallerIsBetter`: its readme, "Examples", custom benchmarks.
#[derive(Serialize)]
struct Entry {
    name: String,
    unit: String,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    extra: String,
}

/// Every figure with a better direction, converted so that lower is better: the tool supports one direction
/// per file.
pub(super) fn github_action_benchmark(
    figures: &[Figure<'_>],
    run: &Run,
) -> Result<String, ReportError> {
    let id = sanitize(&run.header.id);
    let entries = figures.iter().cloned().filter_map(Figure::cost).map(|figure| Entry {
        name: format!("{} {}", figure.name(), figure.metric),
        range: figure.interval.map(|interval| format!("{}..{}", interval.low, interval.high)),
        value: figure.value,
        extra: format!("median of {} processes, 95% interval; run {id}", figure.samples),
        unit: figure.unit,
    });
    pretty_json(&entries.collect::<Vec<_>>())
}

/// A metric of Bencher Metric Format.
#[derive(Serialize)]
struct Metric {
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_value: Option<f64>,
}

/// Maximum length of the name of a measure, in characters.
const LONGEST_MEASURE: usize = 64;
/// Maximum length of the name of a benchmark, in characters.
const LONGEST_BENCHMARK: usize = 1_024;

/// Benchmark → measure → metric; the name of a measure contains its unit.
pub(super) fn bencher(figures: &[Figure<'_>]) -> Result<String, ReportError> {
    let mut benchmarks: BTreeMap<String, BTreeMap<String, Metric>> = BTreeMap::new();
    let short = |text: String, most: usize| text.chars().take(most).collect::<String>();
    for figure in figures {
        let metric = Metric {
            value: figure.value,
            lower_value: figure.interval.map(|interval| interval.low),
            upper_value: figure.interval.map(|interval| interval.high),
        };
        let benchmark = benchmarks.entry(short(figure.name(), LONGEST_BENCHMARK)).or_default();
        benchmark.insert(short(figure.measure(), LONGEST_MEASURE), metric);
    }
    pretty_json(&benchmarks)
}

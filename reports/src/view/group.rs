//! One comparison: a workload at one point and one phase.

use runtime_bench_analysis::analysis::{self, Gathered, Row, Scaling, Status, Summary};
use runtime_bench_analysis::stats::{Comparison, Verdict};
use runtime_bench_results::key::{Param, ParamValue, Point};
use runtime_bench_results::trial::{Better, Phase, metric};

use super::wording;
use crate::format;

/// One comparison, arranged for reading.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// The source of its figures.
    pub(crate) source: &'a analysis::Group,
    /// Heading of its workload.
    pub(crate) title: &'a str,
    /// Target of links to it, and stem of its charts' ids.
    pub(crate) anchor: String,
    /// For a check: each runner that passes, and its outcome.
    outputs: Vec<(&'a str, &'a str)>,
}

/// Maximum length of a workload's output in a cell, in characters.
const LONGEST: usize = 40;

impl<'a> Group<'a> {
    pub(super) fn new(
        gathered: &Gathered<'a>,
        source: &'a analysis::Group,
        title: &'a str,
        anchor: String,
    ) -> Self {
        let output = |row: &'a Row| {
            Some((row.key.runner.as_str(), gathered.output(&row.key, source.phase)?))
        };
        let checked = source.rows.iter().filter(|_| source.is_check());
        Self { source, title, anchor, outputs: checked.filter_map(output).collect() }
    }

    /// The outcome of a runner that passes, in the words of the workload, such as `deadlocks until canceled`;
    /// `None` if the workload is not a check, or the runner has no result.
    pub(crate) fn passed(&self, row: &Row) -> Option<String> {
        let (_, output) = self.outputs.iter().find(|(runner, _)| *runner == row.key.runner)?;
        // The rest is detail.
        let words = output.split(';').next().unwrap_or_default().trim();
        let words = if words.is_empty() { wording::PASSES } else { words };
        (row.status == Status::Measured).then(|| format::clipped(words, LONGEST))
    }

    /// The label of a measured row without a comparison.
    pub(crate) fn uncompared(&self) -> &'static str {
        if self.source.is_check() { wording::PASSES } else { "reference" }
    }

    /// `variant · connections 64, messages 100 · steady state`; `warm` is omitted, because most instances are
    /// warm.
    pub(crate) fn point(&self) -> String {
        let params = self.source.point.params.iter();
        let params: Vec<String> = params
            .map(|param| match param.unit.as_str() {
                "" => format!("{} {}", param.name, param.value),
                unit => format!("{} {}\u{a0}{unit}", param.name, param.value),
            })
            .collect();
        let mut parts: Vec<String> = self.source.point.variant.iter().cloned().collect();
        if !params.is_empty() {
            parts.push(params.join(", "));
        }
        if self.source.phase != Phase::Warm || parts.is_empty() {
            parts.push(wording::phase(self.source.phase).to_owned());
        }
        parts.join(" · ")
    }

    /// The differences from the other comparisons of its workload: variant, phase and parameters.
    pub(crate) fn setting(&self, all: &[Self]) -> String {
        let Point { variant, params } = &self.source.point;
        let differs =
            |param: &&Param| all.iter().any(|one| !one.source.point.params.contains(param));
        let mut parts: Vec<String> = variant.iter().cloned().collect();
        parts.extend(
            params.iter().filter(differs).map(|param| format!("{} {}", param.name, param.value)),
        );
        if all.iter().any(|one| one.source.phase != self.source.phase) {
            parts.push(wording::phase(self.source.phase).to_owned());
        }
        parts.join(", ")
    }

    /// Whether it is the comparison at one value of a scaling's parameter.
    pub(crate) fn lies_on(&self, scaling: &Scaling, x: f64) -> bool {
        let Point { variant, params } = &self.source.point;
        let is_x = |param: &Param| match param.value {
            ParamValue::Count(count) => {
                param.name == scaling.param && (count as f64).total_cmp(&x).is_eq()
            }
            ParamValue::Text(_) => false,
        };
        let others = params.iter().filter(|param| param.name != scaling.param);
        (variant, self.source.phase) == (&scaling.variant, scaling.phase)
            && params.iter().any(is_x)
            && others.eq(&scaling.fixed)
    }

    /// The row of a runner.
    pub(crate) fn row(&self, runner: &str) -> Option<&'a Row> {
        self.source.rows.iter().find(|row| row.key.runner == runner)
    }

    /// The headline of a measured row.
    pub(crate) fn figure<'r>(&self, row: &'r Row) -> Option<&'r Summary> {
        row.metric(&self.source.headline)
    }

    /// The headline of any row, for the name, unit and direction of the comparison.
    pub(crate) fn headline(&self) -> Option<&'a Summary> {
        self.source.rows.iter().find_map(|row| row.metric(&self.source.headline))
    }

    /// Name of the headline metric, even if nothing was measured.
    pub(crate) fn headline_name(&self) -> &'a str {
        &self.source.headline
    }

    /// Unit of the headline metric.
    pub(crate) fn unit(&self) -> &'a str {
        self.headline().map_or("", |headline| headline.unit.as_str())
    }

    /// The rows that have a headline figure.
    pub(crate) fn measured(&self) -> impl Iterator<Item = &'a Row> {
        let headline = &self.source.headline;
        self.source.rows.iter().filter(move |row| row.metric(headline).is_some())
    }

    /// Whether the headline counts bytes, for which lower is smaller, not faster.
    pub(crate) fn counts_bytes(&self) -> bool {
        format::counts_bytes(self.unit())
    }

    /// The measured row that the others are compared with.
    pub(crate) fn reference(&self) -> Option<&'a Row> {
        // A single figure does not need a reference.
        self.source.rows.iter().find_map(|row| row.comparison.as_ref()).and_then(|comparison| {
            self.row(&comparison.reference).filter(|row| row.status == Status::Measured)
        })
    }

    /// Whether the A/A control failed.
    pub(crate) fn is_distrusted(&self) -> bool {
        self.source.control_failed()
    }

    /// A comparison as far as it can be trusted: open if the A/A control failed.
    pub(crate) fn trusted(&self, found: &Comparison) -> Comparison {
        let mut found = found.clone();
        if self.is_distrusted() && found.verdict != Verdict::NotCompared {
            found.verdict = Verdict::Open;
        }
        found
    }

    /// The headline, or its inverse if higher is better; `None` unless it is positive and finite.
    pub(crate) fn cost(&self, row: &Row) -> Option<f64> {
        let figure = self.figure(row)?;
        let cost = match figure.better {
            Better::Higher => 1.0 / figure.value,
            Better::Lower | Better::Neither => figure.value,
        };
        (cost.is_finite() && cost > 0.0).then_some(cost)
    }
}

/// CPU time per operation if the workload counts operations, otherwise per iteration.
pub(crate) fn cpu(row: &Row) -> Option<&Summary> {
    let per = row.metrics.iter().find(|metric| metric.name.starts_with("cpu-per-"));
    per.or_else(|| row.metric(metric::CPU.id))
}

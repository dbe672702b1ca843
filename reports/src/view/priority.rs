//! What may matter to a reader, and what each runner costs in it.

use runtime_bench_analysis::analysis::Row;
use runtime_bench_results::trial::{Better, metric};

use super::group::Group;
use super::runner::Runner;
use super::wording;

/// The percentile that stands for the tail.
const TAIL: f64 = 0.99;
/// What the name of a metric has in it when it is a latency: a time that somebody waited, not a
/// time that work took.
const LATENCY: [&str; 6] = ["late", "overshoot", "p99", "round-trip", "wake", "worst"];

/// What may matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priority {
    /// The headline, whatever it is.
    Speed,
    /// The 99th percentile of latency; where none was recorded, a headline that is a latency.
    Tail,
    /// CPU time of an iteration.
    Cpu,
    /// A headline in bytes, otherwise the highest resident memory.
    Memory,
}

impl Priority {
    /// In the order in which they are offered.
    pub(crate) const ALL: [Self; 4] = [Self::Speed, Self::Tail, Self::Cpu, Self::Memory];

    /// Its word in an address.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Speed => "speed",
            Self::Tail => "tail",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
        }
    }

    /// What a reader chooses.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Speed => "speed: the headline figure",
            Self::Tail => "tail: the slowest answers",
            Self::Cpu => "CPU time",
            Self::Memory => "memory",
        }
    }

    /// Of a row of a comparison; `None` unless it is finite and above zero.
    fn cost(self, group: &Group<'_>, row: &Row) -> Option<f64> {
        let cost = match self {
            Self::Speed => group.cost(row)?,
            Self::Tail if recorded(group) => tail(row)?,
            Self::Tail => group.cost(row).filter(|_| is_latency(group))?,
            Self::Cpu => row.metric(metric::CPU.id)?.value,
            Self::Memory if wording::counts_bytes(group.unit()) => group.cost(row)?,
            Self::Memory => row.metric(metric::PEAK_MEMORY.id)?.value,
        };
        (cost.is_finite() && cost > 0.0).then_some(cost)
    }
}

/// Whether a tail was recorded of two runners or more.
fn recorded(group: &Group<'_>) -> bool {
    group.source.rows.iter().filter_map(tail).count() > 1
}

fn tail(row: &Row) -> Option<f64> {
    let percentiles = row.tail.as_ref()?.percentiles.iter();
    percentiles.filter(|one| (one.share - TAIL).abs() < 1e-9).map(|one| one.value).next()
}

fn is_latency(group: &Group<'_>) -> bool {
    group.headline().is_some_and(|headline| {
        headline.unit == "ns"
            && headline.better == Better::Lower
            && LATENCY.iter().any(|word| headline.name.contains(word))
    })
}

/// Cost ÷ the least cost of the same class, runner by runner; 0 for a runner that was not compared.
/// `None` where no two of a class were, or the comparison is not to be trusted.
pub(crate) fn ratios(
    group: &Group<'_>,
    runners: &[Runner<'_>],
    priority: Priority,
) -> Option<Vec<f64>> {
    if group.is_distrusted() {
        return None;
    }
    let cost = |runner: &Runner<'_>| {
        group
            .row(runner.name)
            .filter(|row| row.is_ranked())
            .and_then(|row| priority.cost(group, row))
    };
    let ratios: Vec<f64> = runners
        .chunk_by(|a, b| a.class() == b.class())
        .flat_map(|class| ratios_of(&class.iter().map(cost).collect::<Vec<_>>()))
        .collect();
    ratios.iter().any(|ratio| *ratio > 0.0).then_some(ratios)
}

fn ratios_of(costs: &[Option<f64>]) -> Vec<f64> {
    let known = || costs.iter().copied().flatten();
    let best = known().min_by(f64::total_cmp).filter(|_| known().count() > 1);
    let ratio = |cost: &Option<f64>| Some((*cost)? / best?).filter(|ratio| ratio.is_finite());
    costs.iter().map(|cost| ratio(cost).unwrap_or(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, summary};
    use runtime_bench_analysis::analysis::{AaControl, Percentile, Tail};
    use runtime_bench_analysis::stats::{ControlCheck, Verdict};
    use runtime_bench_results::key::Point;

    /// A row with some metrics in ns, and the tail of its latencies.
    fn row(runner: &str, metrics: &[(&str, f64)], p99: Option<f64>) -> Row {
        let percentile = |value| Percentile { share: 0.99, value, interval: None, processes: 9 };
        let metrics = metrics.iter().map(|(name, value)| summary(name, *value)).collect();
        let tail =
            p99.map(|value| Tail { percentiles: vec![percentile(value)], ..Tail::default() });
        Row { tail, ..fixtures::row(runner, metrics) }
    }

    fn of(
        headline: &str,
        rows: Vec<Row>,
        control: Option<ControlCheck>,
        priority: Priority,
    ) -> Option<Vec<f64>> {
        let names: Vec<String> = rows.iter().map(|row| row.key.runner.clone()).collect();
        let runner = |name: &'_ String| Runner {
            name: Box::leak(name.clone().into_boxed_str()),
            info: None,
            series: 0,
            slug: name.clone(),
        };
        let runners: Vec<Runner<'_>> = names.iter().map(runner).collect();
        let comparison = fixtures::comparison(Verdict::Open);
        let mut source = fixtures::group(Point::new(), headline, rows);
        source.control = control.map(|check| AaControl { comparison, check });
        ratios(&Group::new(&source, "W", &runners, 0), &runners, priority)
    }

    fn three() -> Vec<Row> {
        let mut bound = row("c", &[("p99", 1.0), (metric::CPU.id, 1.0)], Some(1.0));
        bound.client_bound = Some("the load generator was late".into());
        vec![
            row("a", &[("p99", 20.0), (metric::CPU.id, 3.0)], Some(50.0)),
            row("b", &[("p99", 10.0), (metric::CPU.id, 6.0)], Some(75.0)),
            bound,
        ]
    }

    #[test]
    fn each_priority_has_its_own_cost() {
        assert_eq!(of("p99", three(), None, Priority::Speed), Some(vec![2.0, 1.0, 0.0]));
        assert_eq!(of("p99", three(), None, Priority::Tail), Some(vec![1.0, 1.5, 0.0]));
        assert_eq!(of("p99", three(), None, Priority::Cpu), Some(vec![1.0, 2.0, 0.0]));
        assert_eq!(of("p99", three(), None, Priority::Memory), None);
    }

    #[test]
    fn latency_headline_replaces_a_missing_tail() {
        let rows = |name| vec![row("a", &[(name, 2.0)], None), row("b", &[(name, 3.0)], Some(1.0))];
        assert_eq!(of("lateness", rows("lateness"), None, Priority::Tail), Some(vec![1.0, 1.5]));
        assert_eq!(of("per-task", rows("per-task"), None, Priority::Tail), None);
    }

    #[test]
    fn failed_control_or_single_runner_gives_no_ratio() {
        assert_eq!(of("p99", three(), Some(ControlCheck::Failed), Priority::Speed), None);
        let unproven = of("p99", three(), Some(ControlCheck::Inconclusive), Priority::Speed);
        assert_eq!(unproven, Some(vec![2.0, 1.0, 0.0]));
        assert_eq!(of("p99", three().split_off(1), None, Priority::Speed), None);
    }

    #[test]
    fn non_positive_and_non_finite_costs_are_not_compared() {
        let costs = [Some(2.0), None, Some(5.0)];
        assert_eq!(ratios_of(&costs), [1.0, 0.0, 2.5]);
        let unusable = [f64::NAN, 0.0, -1.0, f64::INFINITY, 4.0, 8.0];
        let names = ["a", "b", "c", "d", "e", "f"];
        let rows =
            names.iter().zip(unusable).map(|(name, value)| row(name, &[("wall", value)], None));
        let found = of("wall", rows.collect(), None, Priority::Speed);
        assert_eq!(found, Some(vec![0.0, 0.0, 0.0, 0.0, 1.0, 2.0]));
    }
}

//! What may matter to a reader, and what each runner costs in it.

use runtime_bench_results::analysis::Row;
use runtime_bench_results::trial::{Better, metric};

use super::{Group, Runner, wording};

/// The percentile that stands for the tail.
const TAIL: f64 = 0.99;
/// What the name of a metric has in it when it is a latency: a time that somebody waited, not a
/// time that work took.
const LATENCY: [&str; 6] = ["late", "overshoot", "p99", "round-trip", "wake", "worst"];

/// What may matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// The headline, whatever it is.
    Speed,
    /// The 99th percentile of latency; where none was recorded, a headline that is a latency.
    Tail,
    /// CPU time of an iteration.
    Cpu,
    /// A headline in bytes, otherwise the highest resident memory.
    Memory,
}

impl Aim {
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
pub(crate) fn ratios(group: &Group<'_>, runners: &[Runner<'_>], aim: Aim) -> Option<Vec<f64>> {
    if group.is_distrusted() {
        return None;
    }
    let cost = |runner: &Runner<'_>| {
        group.row(runner.name).filter(|row| row.is_ranked()).and_then(|row| aim.cost(group, row))
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
    use runtime_bench_results::analysis::{self, GroupNoise, Status, Summary, Tail, Twin};
    use runtime_bench_results::key::{CellKey, Point};
    use runtime_bench_results::stats::{Comparison, Percentile, Verdict};
    use runtime_bench_results::trial::Age;

    use super::*;
    use runtime_bench_results::stats::TwinCheck;

    /// A row with some metrics in ns, and the tail of its latencies.
    fn row(runner: &str, metrics: &[(&str, f64)], p99: Option<f64>) -> Row {
        let summary = |(name, value): &(&str, f64)| Summary {
            name: (*name).into(),
            unit: "ns".into(),
            better: Better::Lower,
            value: *value,
            interval: None,
            samples: 9,
        };
        let percentile = |value| Percentile {
            share: 0.99,
            value,
            interval: None,
            samples: 9,
            exceedances: 1,
            processes: 9,
        };
        Row {
            key: CellKey { workload: "w".into(), point: Point::new(), runner: runner.into() },
            status: Status::Measured,
            samples: 9,
            dropped: 0,
            metrics: metrics.iter().map(summary).collect(),
            tail: p99.map(|value| Tail { percentiles: vec![percentile(value)], ..Tail::default() }),
            client_bound: None,
            comparison: None,
            unbeaten: false,
            best: false,
            beaten_by: Vec::new(),
            tied_with: Vec::new(),
            lead: None,
        }
    }

    fn of(headline: &str, rows: Vec<Row>, twin: Option<TwinCheck>, aim: Aim) -> Option<Vec<f64>> {
        let names: Vec<String> = rows.iter().map(|row| row.key.runner.clone()).collect();
        let runner = |name: &'_ String| Runner {
            name: Box::leak(name.clone().into_boxed_str()),
            info: None,
            series: 0,
            slug: name.clone(),
        };
        let runners: Vec<Runner<'_>> = names.iter().map(runner).collect();
        let comparison = Comparison {
            reference: "a".into(),
            ratio: None,
            interval: None,
            mean_interval: None,
            slow: None,
            level: 0.05,
            pairs: 9,
            verdict: Verdict::Undecided,
            negligible: false,
        };
        let source = analysis::Group {
            name: "w".into(),
            workload: "w".into(),
            point: Point::new(),
            age: Age::Young,
            headline: headline.into(),
            rows,
            twin: twin.map(|check| Twin { comparison, check }),
            noise: GroupNoise::default(),
        };
        ratios(&Group::new(&source, "W", &runners, 0), &runners, aim)
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
    fn each_aim_has_its_own_cost_and_a_runner_that_is_not_ranked_has_none() {
        assert_eq!(of("p99", three(), None, Aim::Speed), Some(vec![2.0, 1.0, 0.0]));
        assert_eq!(of("p99", three(), None, Aim::Tail), Some(vec![1.0, 1.5, 0.0]));
        assert_eq!(of("p99", three(), None, Aim::Cpu), Some(vec![1.0, 2.0, 0.0]));
        assert_eq!(of("p99", three(), None, Aim::Memory), None);
    }

    #[test]
    fn without_a_tail_only_a_headline_that_is_a_latency_stands_for_it() {
        let rows = |name| vec![row("a", &[(name, 2.0)], None), row("b", &[(name, 3.0)], Some(1.0))];
        assert_eq!(of("lateness", rows("lateness"), None, Aim::Tail), Some(vec![1.0, 1.5]));
        assert_eq!(of("per-task", rows("per-task"), None, Aim::Tail), None);
    }

    #[test]
    fn a_failed_control_and_a_runner_without_rival_give_no_ratio() {
        assert_eq!(of("p99", three(), Some(TwinCheck::Failed), Aim::Speed), None);
        let unproven = of("p99", three(), Some(TwinCheck::Unproven), Aim::Speed);
        assert_eq!(unproven, Some(vec![2.0, 1.0, 0.0]));
        assert_eq!(of("p99", three().split_off(1), None, Aim::Speed), None);
    }

    #[test]
    fn what_is_not_finite_or_not_above_zero_is_not_compared() {
        let costs = [Some(2.0), None, Some(5.0)];
        assert_eq!(ratios_of(&costs), [1.0, 0.0, 2.5]);
        let odd = [f64::NAN, 0.0, -1.0, f64::INFINITY, 4.0, 8.0];
        let names = ["a", "b", "c", "d", "e", "f"];
        let rows = names.iter().zip(odd).map(|(name, value)| row(name, &[("wall", value)], None));
        let found = of("wall", rows.collect(), None, Aim::Speed);
        assert_eq!(found, Some(vec![0.0, 0.0, 0.0, 0.0, 1.0, 2.0]));
    }
}

//! The smallest run, and parts of an analysis, for unit tests.

use std::collections::BTreeMap;

use runtime_bench_analysis::analysis::{Group, GroupNoise, Row, Status, Summary};
use runtime_bench_analysis::stats::{Comparison, Verdict};
use runtime_bench_fixtures::{header, runner, workload};
use runtime_bench_results::catalog::{Class, Kind, RunnerInfo, WorkloadInfo};
use runtime_bench_results::evidence::{Count, Event, Evidence, Missing};
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::run::{Run, RunHeader};
use runtime_bench_results::trial::{Better, Phase, metric};

/// A comparison with `a` that has a verdict and no figures.
pub(crate) fn comparison(verdict: Verdict) -> Comparison {
    Comparison {
        reference: "a".into(),
        ratio: None,
        interval: None,
        mean_interval: None,
        slow: None,
        level: 0.05,
        strict_interval: None,
        p_value: None,
        within: None,
        more_rounds: None,
        pairs: 20,
        verdict,
        negligible: false,
    }
}

/// A metric in ns.
pub(crate) fn summary(name: &str, value: f64) -> Summary {
    let (name, unit) = (name.to_owned(), "ns".to_owned());
    Summary { name, unit, better: Better::Lower, value, interval: None, samples: 20 }
}

/// A measured row of the workload `w` without a comparison.
pub(crate) fn row(runner: &str, metrics: Vec<Summary>) -> Row {
    Row {
        key: CellKey { workload: "w".into(), point: Point::new(), runner: runner.into() },
        status: Status::Measured,
        samples: 20,
        dropped: 0,
        metrics,
        tail: None,
        client_bound: None,
        comparison: None,
        best: false,
        beaten_by: Vec::new(),
        tied_with: Vec::new(),
        lead: None,
    }
}

/// A comparison of the workload `w`.
pub(crate) fn group(point: Point, headline: &str, rows: Vec<Row>) -> Group {
    Group {
        name: "w".into(),
        workload: "w".into(),
        point,
        phase: Phase::Warm,
        headline: headline.into(),
        rows,
        control: None,
        noise: GroupNoise::default(),
    }
}

/// Evidence of five processes that vary by 1%, those of `tokio` in the other direction.
pub(crate) fn evidence(runner: &str, figures: &[(Event, f64)]) -> Evidence {
    let count = |(event, figure): &(Event, f64)| {
        let mut values = [0.99, 0.995, 1.0, 1.005, 1.01].map(|factor| factor * figure).to_vec();
        if runner == "tokio" {
            values.reverse();
        }
        Count { event: event.clone(), values }
    };
    Evidence {
        cell: CellKey { workload: "echo".into(), point: Point::new(), runner: runner.into() },
        operation: "message".into(),
        counts: figures.iter().map(count).collect(),
        missing: ["hardware counters", "migrations"].map(missing).to_vec(),
    }
}

fn missing(what: &str) -> Missing {
    Missing { what: what.into(), why: "this machine has none".into(), help: None }
}

/// A run of the workload `w` on the runner `a` without any measurement.
pub(crate) fn run() -> Run {
    Run::new(RunHeader {
        id: "run".into(),
        workloads: vec![WorkloadInfo {
            title: "W".into(),
            ..workload("w", Kind::Cpu, metric::WALL.id)
        }],
        runners: vec![RunnerInfo {
            title: "A".into(),
            packages: BTreeMap::new(),
            ..runner("a,\"b\"", Class::SingleThread)
        }],
        ..header("a", Vec::new())
    })
}

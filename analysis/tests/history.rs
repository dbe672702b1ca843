//! Runs of several machines, and cells over them.

use runtime_bench_analysis::analysis::{Analysis, Status, analyze};
use runtime_bench_analysis::history::{Machine, Trend, machines, trends};
use runtime_bench_results::catalog::Class;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Outcome;

use runtime_bench_fixtures::{RUNNERS, cell, fail, upset_control};

/// A run of two workloads on a day of January, smol at `smol` times the cost of tokio.
fn on(day: u32, smol: f64) -> Run {
    let mut run =
        runtime_bench_fixtures::run(&format!("run-{day}"), 2, u64::from(day), |_, runner| {
            if runner == "smol" { smol } else { 1.0 }
        });
    run.header.started = format!("2026-01-{day:02}T12:00:00Z");
    run
}

fn analyzed(runs: Vec<Run>) -> Vec<(Run, Analysis)> {
    let analyzed = |run: Run| {
        let analysis = analyze(&run);
        (run, analysis)
    };
    runs.into_iter().map(analyzed).collect()
}

/// The runs by reference.
fn each(runs: &[(Run, Analysis)]) -> impl Iterator<Item = (&Run, &Analysis)> {
    runs.iter().map(|(run, analysis)| (run, analysis))
}

fn ids<'a>(machine: &Machine<'a>) -> Vec<&'a str> {
    machine.runs.iter().map(|(run, _)| run.header.id.as_str()).collect()
}

/// The trend of a runner in the first workload.
fn of<'t, 'a>(trends: &'t [Trend<'a>], runner: &str) -> &'t Trend<'a> {
    trends.iter().find(|trend| trend.runner == runner && trend.workload == "w0").unwrap()
}

#[test]
fn runs_are_grouped_by_machine_and_the_newest_machine_is_first() {
    let mut runs = vec![on(3, 1.0), on(1, 1.0), on(4, 1.0), on(2, 1.0)];
    runs[2].header.environment.cores = Some(64);
    runs[3].header.environment.cores = Some(64);
    // A few more pages of memory do not make another machine.
    runs[1].header.environment.memory = Some((4 << 30) + 4096);
    let runs = analyzed(runs);
    let machines = machines(each(&runs));
    let found: Vec<(&str, Vec<&str>)> =
        machines.iter().map(|machine| (machine.label.as_str(), ids(machine))).collect();
    let label = |cores: u32| {
        format!("Made-up Processor 9000, {cores} cores, 4.0 GiB, Linux 6.1.0, virtual")
    };
    let (big, small) = (label(64), label(2));
    let expected =
        vec![(big.as_str(), vec!["run-2", "run-4"]), (small.as_str(), vec!["run-1", "run-3"])];
    assert_eq!(found, expected);
}

#[test]
fn memory_does_not_drift_from_run_to_run() {
    let mut runs = vec![on(1, 1.0), on(2, 1.0), on(3, 1.0)];
    for (run, memory) in runs.iter_mut().zip([985, 993, 1000]) {
        run.header.environment.memory = Some(memory);
    }
    let runs = analyzed(runs);
    let found: Vec<Vec<&str>> = machines(each(&runs)).iter().map(ids).collect();
    assert_eq!(found, [vec!["run-2", "run-3"], vec!["run-1"]]);
}

#[test]
fn a_trend_has_the_median_and_the_paired_ratio_of_each_run() {
    let runs = analyzed(vec![on(1, 1.2), on(2, 1.5)]);
    let machines = machines(each(&runs));
    let trends = trends(&machines[0]);
    assert_eq!(trends.len(), 2 * RUNNERS.len());
    let smol = of(&trends, "smol");
    assert_eq!((smol.headline, smol.unit, smol.group), ("wall", "ns", "w0/n=1"));
    assert_eq!((smol.class, smol.reference), (Some(Class::MultiThread), Some("tokio")));
    for (point, (number, cost)) in smol.points.iter().zip([(0, 1.2), (1, 1.5)]) {
        assert_eq!((point.run, point.status, point.distrusted), (number, &Status::Measured, false));
        let (value, ratio) = (point.value.unwrap(), point.ratio.unwrap());
        assert!((value / (1e6 * cost) - 1.0).abs() < 0.02, "{value}");
        assert!((ratio / cost - 1.0).abs() < 0.02, "{ratio}");
        assert!(point.interval.is_some_and(|interval| interval.low <= value));
        assert!(point.ratio_interval.is_some_and(|interval| interval.high >= ratio));
    }
    assert!(of(&trends, "tokio").points.iter().all(|point| point.ratio.is_none()));
}

#[test]
fn ratios_to_another_reference_are_left_out() {
    let mut old = on(1, 1.2);
    old.header.plan.reference = "rayon".to_owned();
    let runs = analyzed(vec![old, on(2, 1.2)]);
    let machines = machines(each(&runs));
    let trends = trends(&machines[0]);
    let ratios = |runner: &str| -> Vec<bool> {
        of(&trends, runner).points.iter().map(|point| point.ratio.is_some()).collect()
    };
    assert_eq!(of(&trends, "smol").reference, Some("tokio"));
    assert_eq!(ratios("smol"), [false, true]);
    // The reference of one run was compared with that of the other run.
    assert_eq!(ratios("tokio"), [false, false]);
    assert!(of(&trends, "smol").points.iter().all(|point| point.value.is_some()));
}

#[test]
fn a_failure_and_a_failed_control_stay_in_the_trend() {
    let (mut failed, mut restless, mut upset) = (on(1, 1.0), on(2, 1.0), on(3, 1.0));
    for runner in RUNNERS {
        fail(&mut failed, "w0", runner, "9 of 10");
    }
    upset_control(&mut restless, "w0", 1.5);
    upset_control(&mut upset, "w0", 1.5);
    upset_control(&mut upset, "w1", 1.5);
    let runs = analyzed(vec![failed, restless, upset]);
    let machines = machines(each(&runs));
    let trends = trends(&machines[0]);
    assert_eq!(trends.len(), 2 * RUNNERS.len(), "a run without a unit makes no other trend");
    let smol = of(&trends, "smol");
    assert!(matches!(smol.points[0].status, Status::Failed(_)) && smol.points[0].value.is_none());
    let doubts =
        |trend: &Trend<'_>| trend.points.iter().map(|point| point.distrusted).collect::<Vec<_>>();
    assert_eq!(doubts(smol), [false, true, true]);
    let other = trends.iter().find(|trend| trend.runner == "smol" && trend.workload == "w1");
    assert_eq!(doubts(other.unwrap()), [false, false, true], "one control, one workload");
}

#[test]
fn another_unit_is_another_trend_and_removed_cells_are_kept() {
    let mut old = on(1, 1.0);
    let threads = cell(&old, "w0", "threads");
    for trial in &mut old.trials {
        if let Outcome::Ok { block } = &mut trial.outcome
            && old.header.plan.cells[trial.cell].key.workload == "w1"
        {
            block.metrics[0].unit = "s".into();
        }
    }
    let mut new = on(2, 1.0);
    // The last subject of the first workload, so that no other index moves from its workload.
    new.trials.retain(|trial| trial.cell != threads);
    new.header.plan.cells[threads].key.runner = "newcomer".to_owned();
    let runs = analyzed(vec![old, new]);
    let machines = machines(each(&runs));
    let trends = trends(&machines[0]);
    let points = |trend: &Trend<'_>| trend.points.iter().map(|point| point.run).collect::<Vec<_>>();
    assert_eq!(points(of(&trends, "threads")), [0]);
    assert_eq!(points(of(&trends, "newcomer")), [1]);
    let split: Vec<&Trend<'_>> =
        trends.iter().filter(|trend| trend.workload == "w1" && trend.runner == "smol").collect();
    assert_eq!(split.iter().map(|trend| trend.unit).collect::<Vec<_>>(), ["ns", "s"]);
    assert_eq!(trends.last().map(|trend| trend.unit), Some("s"), "older ones come last");
}

#[test]
fn changes_between_two_runs_are_listed() {
    let mut new = on(2, 1.0);
    new.header.runners[0].packages.insert("tokio".to_owned(), "2.0.0".to_owned());
    let runs = analyzed(vec![on(1, 1.0), new]);
    let machines = machines(each(&runs));
    assert_eq!(machines[0].changes(0), Vec::<String>::new());
    let changes = machines[0].changes(1);
    assert!(changes.len() == 1 && changes[0].contains("tokio 1.0.0 → 2.0.0"), "{changes:?}");
    assert_eq!(machines[0].changes(2), Vec::<String>::new(), "there is no third run");
}

//! Change points of synthetic histories.

use fastrand::Rng;
use runtime_bench_analysis::analysis::{Analysis, analyze};
use runtime_bench_analysis::comparison::{FailOn, Outcome, Word};
use runtime_bench_analysis::history::{ChangePoint, Document, Judged, Wanted, changes, machines};
use runtime_bench_results::run::Run;

use runtime_bench_fixtures::{cell, fail, reprice, upset_control};

/// Daily runs of two workloads, on a machine whose speed differs each day; `cost` receives the number of the
/// run, from 1.
fn runs(count: u32, cost: impl Fn(u32, &str, &str) -> f64) -> Vec<Run> {
    let mut rng = Rng::with_seed(7);
    let run = |day: u32| {
        let speed = 0.7 + 0.6 * rng.f64();
        let mut run = runtime_bench_fixtures::run(
            &format!("run-{day:02}"),
            2,
            u64::from(day),
            |workload, runner| {
                // Each cell differs by a percent or so from run to run.
                speed
                    * (1.0 + 0.01 * (2.0 * rng_of(day, workload, runner) - 1.0))
                    * cost(day, workload, runner)
            },
        );
        run.header.started = format!("2026-01-{day:02}T12:00:00Z");
        run
    };
    (1..=count).map(run).collect()
}

/// A number between 0 and 1 that depends only on these three.
fn rng_of(day: u32, workload: &str, runner: &str) -> f64 {
    let seed = format!("{day} {workload} {runner}")
        .bytes()
        .fold(7_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    Rng::with_seed(seed).f64()
}

/// `w0` on a runner costs `ratio` times as much from a given run on.
fn from(run: u32, runner: &'static str, ratio: f64) -> impl Fn(u32, &str, &str) -> f64 {
    move |day, workload, own| {
        if day >= run && (workload, own) == ("w0", runner) { ratio } else { 1.0 }
    }
}

fn document_since(runs: &[Run], metric: Option<&str>, since: Option<&str>) -> Document {
    let analyses: Vec<Analysis> = runs.iter().map(analyze).collect();
    let wanted = Wanted { metric, keep: &|_| true };
    changes(&machines(runs.iter().zip(&analyses)), &wanted, since)
}

fn document(runs: &[Run]) -> Document {
    document_since(runs, None, None)
}

/// Cell and run of each change point.
fn found(document: &Document) -> Vec<(&str, &str)> {
    let changes = document.machines.iter().flat_map(|machine| &machine.changes);
    changes.map(|change| (change.cell.as_str(), change.run.as_str())).collect()
}

#[track_caller]
fn noted(document: &Document, words: &str) {
    let notes: Vec<&String> = document.machines.iter().flat_map(|machine| &machine.notes).collect();
    assert!(notes.iter().any(|note| note.contains(words)), "no `{words}` in {notes:#?}");
}

#[test]
fn machine_speed_changes_are_not_reported() {
    let document = document(&runs(24, |_, _, _| 1.0));
    assert_eq!(found(&document), []);
    assert_eq!((document.machines[0].series, document.machines[0].short), (8, 0));
}

#[test]
fn slower_runner_is_found_with_its_run_and_cause() {
    let mut runs = runs(24, from(13, "smol", 1.2));
    for run in &mut runs[12..] {
        run.header.runners[1].packages.insert("smol".to_owned(), "2.0.0".to_owned());
        run.header.environment.commit = Some("c0ffee".to_owned());
    }
    let document = document(&runs);
    assert_eq!(found(&document), [("w0/smol/n=1", "run-13")]);
    let change: &ChangePoint = &document.machines[0].changes[0];
    assert_eq!(
        (change.word, change.latest, change.previous.as_str()),
        (Word::Slower, true, "run-12")
    );
    assert_eq!((change.before.runs, change.after.runs, change.against.as_deref()), (12, 12, None));
    assert!(change.interval.low > 1.15 && change.interval.high < 1.25, "{change:?}");
    assert!((change.ratio - 1.2).abs() < 0.02, "{change:?}");
    assert!(change.changed.iter().any(|fact| fact == "smol 1.0.0 → 2.0.0"), "{change:?}");
    assert!(change.changed.iter().any(|fact| fact.contains("c0ffee")), "{change:?}");
}

#[test]
fn change_of_the_reference_is_reported_for_the_reference_only() {
    let document = document(&runs(24, from(11, "tokio", 0.8)));
    assert_eq!(found(&document), [("w0/tokio/n=1", "run-11")]);
    assert_eq!(document.machines[0].changes[0].word, Word::Faster);
}

#[test]
fn family_change_is_not_attributed_to_other_runners() {
    // Three of four runners share a package; two workloads, both move.
    let mut runs =
        runs(24, |day, _, runner| if day >= 13 && runner != "threads" { 1.2 } else { 1.0 });
    for run in &mut runs {
        for runner in &mut run.header.runners[..3] {
            runner.packages.insert("shared".to_owned(), "1.0.0".to_owned());
        }
    }
    let document = document(&runs);
    let accused: Vec<(&str, Option<&str>)> = document.machines[0]
        .changes
        .iter()
        .map(|change| (change.runner.as_str(), change.against.as_deref()))
        .collect();
    // With two families, either may have changed, and the change says so.
    assert_eq!(accused, [("threads", Some("tokio")), ("threads", Some("tokio"))]);
    noted(&document, "either of the two may have changed");
}

#[test]
fn reverted_change_is_two_changes_and_not_a_regression() {
    let there = |day: u32| (11..=20).contains(&day);
    let cost = |day: u32, workload: &str, runner: &str| {
        if there(day) && (workload, runner) == ("w1", "rayon") { 1.3 } else { 1.0 }
    };
    let runs = runs(30, cost);
    let document = document(&runs);
    assert_eq!(found(&document), [("w1/rayon/n=1", "run-21"), ("w1/rayon/n=1", "run-11")]);
    let latest: Vec<bool> =
        document.machines[0].changes.iter().map(|change| change.latest).collect();
    assert_eq!(latest, [true, false]);
    assert_eq!(Judged::new(document, FailOn::Regression, 0.01).outcome, Outcome::Pass);
    let since = document_since(&runs, None, Some("2026-01-15"));
    assert_eq!(found(&since), [("w1/rayon/n=1", "run-21")]);
}

#[test]
fn slow_drift_is_marked_as_a_drift() {
    let drift = |day: u32, workload: &str, runner: &str| {
        if (workload, runner) == ("w1", "rayon") { 1.0 + 0.03 * f64::from(day) } else { 1.0 }
    };
    let drifting = document(&runs(24, drift));
    let changes = &drifting.machines[0].changes;
    assert!(!changes.is_empty() && changes.iter().all(|change| change.note.contains("a drift")));
    let step = document(&runs(24, from(13, "smol", 1.2)));
    assert_eq!(step.machines[0].changes[0].note, "");
}

#[test]
fn less_than_a_percent_is_not_a_change() {
    // Only with the noise of the rounds, so that it could be proven.
    let mut runs: Vec<Run> = (1..=24)
        .map(|day| {
            let cost =
                move |workload: &str, runner: &str| from(13, "smol", 1.006)(day, workload, runner);
            let mut run =
                runtime_bench_fixtures::run(&format!("run-{day:02}"), 2, u64::from(day), cost);
            run.header.started = format!("2026-01-{day:02}T12:00:00Z");
            run
        })
        .collect();
    assert_eq!(found(&document(&runs)), []);
    for run in &mut runs[12..] {
        let smol = cell(run, "w0", "smol");
        reprice(run, smol, |wall| 1.03 * wall);
    }
    assert_eq!(found(&document(&runs)), [("w0/smol/n=1", "run-13")]);
}

#[test]
fn too_few_runs_are_reported() {
    let document = document(&runs(7, from(4, "smol", 2.0)));
    assert_eq!(found(&document), []);
    noted(&document, "7 usable runs; a change point needs at least 4 runs");
    let judged = Judged::new(document.clone(), FailOn::Regression, 0.01);
    assert_eq!(judged.outcome, Outcome::Inconclusive);
    assert_eq!(Judged::new(document, FailOn::Nothing, 0.01).outcome, Outcome::Pass);
    let some = document_since(&runs(10, |_, _, _| 1.0), None, None);
    noted(
        &some,
        "with 10 runs, a change in a single cell among 8 is indistinguishable from chance",
    );
}

#[test]
fn machines_and_worker_counts_are_separate() {
    let mut runs = runs(24, from(13, "smol", 1.5));
    for run in &mut runs[12..] {
        run.header.environment.cpu_model = Some("Another".to_owned());
    }
    let other = document(&runs);
    assert_eq!(found(&other), [], "the change came with the machine");
    let extent: Vec<(usize, usize)> =
        other.machines.iter().map(|machine| (machine.runs.len(), machine.workers)).collect();
    assert_eq!(extent, [(12, 2), (12, 2)]);
    let environment = runs[0].header.environment.clone();
    for run in &mut runs[12..] {
        run.header.environment = environment.clone();
        run.header.plan.workers = 1;
    }
    let workers = document(&runs);
    assert_eq!(found(&workers), []);
    assert_eq!(workers.machines.iter().map(|machine| machine.workers).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn untrusted_runs_are_excluded() {
    let mut runs = runs(24, from(13, "smol", 1.2));
    // A run whose controls failed, a workload whose control failed, and a cell that failed.
    upset_control(&mut runs[12], "w0", 1.5);
    upset_control(&mut runs[12], "w1", 1.5);
    upset_control(&mut runs[13], "w0", 1.5);
    fail(&mut runs[14], "w0", "smol", "9 of 10");
    let document = document(&runs);
    assert_eq!(found(&document), [("w0/smol/n=1", "run-16")], "the first that has a figure");
    let change = &document.machines[0].changes[0];
    assert_eq!((change.previous.as_str(), change.after.runs), ("run-12", 9));
    noted(
        &document,
        "1 run is excluded, because the A/A control failed in several comparisons: run-13",
    );
    assert!(!document.machines[0].runs[12].trusted);
}

#[test]
fn cell_without_other_runners_has_no_series() {
    let mut runs = runs(12, |_, _, _| 1.0);
    for run in &mut runs {
        for planned in &mut run.header.plan.cells {
            if planned.key.workload == "w1" && planned.key.runner != "tokio" {
                planned.not_applicable = Some("only one".to_owned());
            }
        }
    }
    let document = document(&runs);
    assert_eq!(document.machines[0].series, 4);
    noted(&document, "1 cell was measured without another runner");
}

#[test]
fn each_metric_has_its_own_history() {
    let runs = runs(24, from(13, "smol", 1.2));
    let wall = document_since(&runs, Some("wall"), None);
    assert_eq!(found(&wall), [("w0/smol/n=1", "run-13")]);
    assert_eq!(document_since(&runs, Some("cpu"), None).machines[0].series, 0);
}

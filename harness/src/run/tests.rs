//! Runs on the fake executor: order, failures, reference rows, interruption, noise.

mod layouts;
mod looks;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;
use runtime_bench_analysis::analysis::Status;
use runtime_bench_api::runtime::Family;
use runtime_bench_results::catalog::Class;
use runtime_bench_results::evidence::{Event, FEWEST_PROCESSES, Level};
use runtime_bench_results::key::CellKey;
use runtime_bench_results::noise::{NoiseWindow, Stall};
use runtime_bench_results::run::{Role, TrialRecord};
use runtime_bench_results::store::read;
use runtime_bench_results::trial::{ErrorKind, Outcome};
use tempfile::{TempDir, tempdir};

use super::*;
use crate::fake::{FakeExecutor, FakeRunner, cells, fails, registry, takes};
use crate::machine::Limits;
use crate::monitor::{Monitor, NoiseEvents};
use crate::plan::make;
use crate::plan::request::PlanRequest;
use crate::registry::BuildFacts;

/// The comparisons of two workloads on the runners tokio, smol and threads.
fn request(seed: u64) -> PlanRequest {
    let runners = ["tokio", "smol", "threads"].map(str::to_owned).to_vec();
    let filters = vec![Regex::new("^(null|spawn-join)/").unwrap()];
    PlanRequest { filters, runners, seed, workers: 2, ..PlanRequest::of(Profile::Smoke) }
}

fn measured(
    folder: &Path,
    request: &PlanRequest,
    executor: &FakeExecutor,
    monitor: Box<dyn Monitor>,
) -> Done {
    let planned = make(&registry(), request, Limits::default(), executor).unwrap();
    let header = header(&planned, &BuildFacts::default(), &[], executor).unwrap();
    let writer = RunWriter::create(folder, None, header).unwrap();
    to_the_end(Rounds::new(&planned, request.profile, executor, monitor, writer, true)).unwrap()
}

/// A whole run without noise.
fn run(request: &PlanRequest, executor: &FakeExecutor) -> Run {
    let monitor = executor.monitor(0.0, NoiseEvents::default());
    measured(tempdir().unwrap().path(), request, executor, monitor).run
}

/// Continues the run in a folder.
fn resumed(path: &Path, executor: &FakeExecutor) -> Run {
    let stopped = Stopped::open(&registry(), path, None, &[], executor).unwrap();
    let Stopped { planned, profile, writer } = stopped;
    let monitor = executor.monitor(writer.run().elapsed_s(), NoiseEvents::default());
    let mut rounds = Rounds::new(&planned, profile, executor, monitor, writer, true);
    rounds.note_break().unwrap();
    to_the_end(rounds).unwrap().run
}

/// Cells and rounds in the order in which they were measured, without pilots.
fn order(run: &Run) -> Vec<(usize, u32)> {
    let counted = run.trials.iter().filter(|trial| trial.round > 0);
    counted.map(|trial| (trial.cell, trial.round)).collect()
}

fn trials_of<'a>(run: &'a Run, cell: &str) -> Vec<&'a TrialRecord> {
    let of =
        |trial: &&TrialRecord| run.header.plan.cells[trial.cell].key.to_string().starts_with(cell);
    run.trials.iter().filter(of).collect()
}

#[test]
fn order_of_rounds_follows_the_seed_alone() {
    let order_of = |seed| order(&run(&request(seed), &FakeExecutor::new()));
    let (first, again, other) = (order_of(1), order_of(1), order_of(2));
    assert_eq!(first, again);
    assert_ne!(first, other);
    let each = |order: &[(usize, u32)]| order.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(each(&first), each(&other));
    assert_eq!(each(&first).len(), first.len(), "no trial is made twice");
}

#[test]
fn failed_cell_is_not_tried_again_and_leaves_the_others_whole() {
    let executor = FakeExecutor::new().with_script(|trial, number| {
        if number > 40 && trial.cell.to_string().starts_with("null/smol") {
            return fails(ErrorKind::WrongOutput, "9 of 10");
        }
        takes(2.0)
    });
    let run = run(&request(1), &executor);
    let smol = trials_of(&run, "null/smol");
    let is_error = |trial: &&&TrialRecord| matches!(trial.outcome, Outcome::Error { .. });
    assert_eq!(smol.iter().filter(is_error).count(), 1);
    assert!(is_error(&smol.last().unwrap()), "nothing follows the failure");
    let rounds = run.schedules[0].rounds as usize;
    for cell in ["null/threads", "spawn-join/smol", "spawn-join/threads"] {
        let counted = trials_of(&run, cell).iter().filter(|trial| trial.round > 0).count();
        assert_eq!(counted, rounds, "{cell}");
    }
}

#[test]
fn one_stalled_pilot_does_not_leave_a_comparison_out() {
    let executor = FakeExecutor::new()
        .with_script(|_, number| takes(if number == 1 { 60_000.0 } else { 2.0 }));
    let request = PlanRequest { profile: Profile::Quick, ..request(1) };
    let run = run(&request, &executor);
    assert!(run.schedules.iter().all(|schedule| schedule.left_out.is_none()));
}

#[test]
fn cell_that_times_out_becomes_an_error_row_with_its_reason() {
    let executor = FakeExecutor::new().with_script(|trial, _| match trial.cell.runner.as_str() {
        "smol" => fails(ErrorKind::TimedOut, "no reply within 2 s"),
        _ => takes(2.0),
    });
    let run = run(&request(1), &executor);
    assert_eq!(trials_of(&run, "null/smol").len(), 1, "one pilot is enough");
    let analysis = analyze(&run);
    let rows = || analysis.groups.iter().flat_map(|group| &group.rows);
    for row in rows().filter(|row| row.key.runner == "smol") {
        let Status::Failed(reason) = &row.status else { panic!("{:?}", row.status) };
        assert!(reason.contains("timed out") && reason.contains("no reply within 2 s"), "{reason}");
    }
    assert!(rows().any(|row| row.key.runner == "threads"));
}

#[test]
fn expensive_reference_row_takes_part_in_fewer_rounds_than_its_comparison() {
    let reference = FakeRunner { name: "other", family: Family::Async, class: Class::Reference };
    let fast = |name| FakeRunner { name, family: Family::Async, class: Class::MultiThread };
    let all = cells(fast("tokio")).and(cells(fast("smol"))).and(cells(reference));
    let executor = FakeExecutor::without_programs()
        .with_program("fake", all)
        .with_script(|trial, _| takes(if trial.cell.runner == "other" { 60.0 } else { 2.0 }));
    let mut request = PlanRequest { runners: Vec::new(), ..request(1) };
    (request.profile, request.budget) = (Profile::Quick, Duration::from_millis(490));
    let planned = make(&registry(), &request, Limits::default(), &executor).unwrap();
    let header = header(&planned, &BuildFacts::default(), &[], &executor).unwrap();
    let folder = tempdir().unwrap();
    let writer = RunWriter::create(folder.path(), None, header).unwrap();
    let monitor = executor.monitor(0.0, NoiseEvents::default());
    let rounds = Rounds::new(&planned, Profile::Quick, &executor, monitor, writer, true);
    let run = to_the_end(rounds).unwrap().run;
    let counted = |cell| trials_of(&run, cell).iter().filter(|trial| trial.round > 0).count();
    let rounds = run.schedules.iter().find(|one| one.group.starts_with("null")).unwrap().rounds;
    assert_eq!(counted("null/smol"), rounds as usize);
    assert_eq!(counted("null/other"), 8, "490 ms at 60 ms a trial");
}

/// The same with a runner that has settings.
fn with_settings() -> PlanRequest {
    PlanRequest { variants: vec!["tokio[interval=7]".to_owned()], ..request(1) }
}

/// A run that is interrupted in a trial and resumed, and the state before.
fn interrupted_and_resumed(trial: usize) -> (Run, Run) {
    let folder: TempDir = tempdir().unwrap();
    let executor = FakeExecutor::new().interrupted_at(trial);
    let monitor = executor.monitor(0.0, NoiseEvents::default());
    let Done { run, path } = measured(folder.path(), &with_settings(), &executor, monitor);
    assert!(run.end.is_some_and(|end| end.interrupted), "{trial}");
    (run, resumed(&path, &FakeExecutor::new()))
}

#[test]
fn interrupted_run_resumes_in_the_order_that_it_would_have_had() {
    let whole = run(&with_settings(), &FakeExecutor::new());
    let all = whole.trials.len();
    for trial in [1, 2, 9, all / 3, all / 2, all - 1, all] {
        let (before, after) = interrupted_and_resumed(trial);
        assert_eq!(after.header, before.header);
        assert_eq!(after.trials[..before.trials.len()], before.trials[..], "nothing is lost");
        assert_eq!(order(&after), order(&whole), "interrupted in trial {trial}");
        assert_eq!((after.breaks.len(), after.breaks[0].trials), (1, before.trials.len()));
        assert!(after.end.is_some_and(|end| !end.interrupted));
        assert!(after.trials.is_sorted_by(|a, b| a.at_s <= b.at_s), "time goes on");
    }
}

#[test]
fn evidence_of_each_measured_cell_is_recorded_once() {
    let run_of = |evidence| run(&PlanRequest { evidence, ..request(1) }, &FakeExecutor::new());
    assert_eq!(run_of(Level::None).evidence, []);
    for run in [run_of(Level::Cheap), run_of(Level::Full), interrupted_and_resumed(50).1] {
        let subjects = run
            .header
            .plan
            .cells
            .iter()
            .filter(|cell| cell.role == Role::Subject && cell.not_applicable.is_none());
        let counted: Vec<&CellKey> = run.evidence.iter().map(|one| &one.cell).collect();
        assert_eq!(counted, subjects.map(|cell| &cell.key).collect::<Vec<_>>());
        for one in &run.evidence {
            let walls = one.values(&Event::WallTime).expect("it is timed");
            assert!(walls.len() >= FEWEST_PROCESSES);
            let lacks_calls = one.missing.iter().any(|missing| missing.what == "system calls");
            assert_eq!(lacks_calls, run.header.plan.evidence == Level::Full, "nothing was traced");
        }
    }
}

#[test]
fn run_that_is_interrupted_in_its_evidence_collects_it_when_it_is_resumed() {
    let request = PlanRequest { evidence: Level::Full, ..request(1) };
    let trials = run(&request, &FakeExecutor::new()).trials.len();
    let folder = tempdir().unwrap();
    let executor = FakeExecutor::new().interrupted_at(trials + 3);
    let monitor = executor.monitor(0.0, NoiseEvents::default());
    let Done { run, path } = measured(folder.path(), &request, &executor, monitor);
    assert_eq!((run.trials.len(), run.evidence.len()), (trials, 0));
    assert!(run.end.is_some_and(|end| end.interrupted));
    let run = resumed(&path, &FakeExecutor::new());
    assert_eq!(run.trials.len(), trials);
    assert!(!run.evidence.is_empty() && run.end.is_some_and(|end| !end.interrupted));
}

#[test]
fn changed_program_is_not_resumed() {
    let folder = tempdir().unwrap();
    let executor = FakeExecutor::new().interrupted_at(30);
    let monitor = executor.monitor(0.0, NoiseEvents::default());
    let Done { path, .. } = measured(folder.path(), &request(1), &executor, monitor);
    let text = fs::read_to_string(path.with_extension("jsonl")).unwrap();
    fs::write(path.with_extension("jsonl"), text.replace("hash of fake", "another hash")).unwrap();
    let again = FakeExecutor::new();
    let journal = path.with_extension("jsonl");
    let Err(error) = Stopped::open(&registry(), &journal, None, &[], &again) else {
        panic!("it was opened");
    };
    assert!(error.to_string().contains("another build"), "{error}");
}

#[test]
fn noise_and_stalls_reach_the_results() {
    let stall = Stall { at_s: 0.05, until_s: 0.06 };
    let window =
        NoiseWindow { at_s: 0.0, until_s: 0.1, foreign_cores: Some(1.5), ..NoiseWindow::default() };
    let late = Stall { at_s: 1e3, until_s: 1e4 };
    let events = NoiseEvents { noise: vec![window], stalls: vec![stall, late] };
    let executor = FakeExecutor::new();
    let monitor = executor.monitor(0.0, events);
    let run = measured(tempdir().unwrap().path(), &request(1), &executor, monitor).run;
    assert_eq!((run.noise.as_slice(), run.stalls.as_slice()), (&[window][..], &[stall, late][..]));
    let excluded: Vec<&TrialRecord> =
        run.trials.iter().filter(|trial| run.excluded(trial)).collect();
    assert!(!excluded.is_empty() && excluded.iter().all(|t| t.at_s <= 0.06), "{excluded:?}");
    let cost_s: f64 = run.trials.iter().map(|trial| trial.cost_s).sum();
    assert!((run.end.unwrap().elapsed_s - cost_s).abs() < 1e-9, "the run's time is the clock's");
}

#[test]
fn every_round_is_a_permutation_and_the_orders_differ() {
    let run = run(&request(5), &FakeExecutor::new());
    let cells = &run.header.plan.cells;
    let mut rounds: BTreeMap<(String, u32), Vec<usize>> = BTreeMap::new();
    for (cell, round) in order(&run) {
        rounds.entry((cells[cell].key.group(), round)).or_default().push(cell);
    }
    assert_eq!(rounds.len(), run.schedules.iter().map(|one| one.rounds as usize).sum::<usize>());
    let mut orders = BTreeSet::new();
    for ((group, _), order) in rounds {
        let members = cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| cell.key.group() == group && cell.not_applicable.is_none());
        let members: BTreeSet<usize> = members.map(|(id, _)| id).collect();
        assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), members);
        assert_eq!(order.len(), members.len());
        orders.insert(order);
    }
    assert!(orders.len() >= 6, "{orders:?}");
}

#[test]
fn lines_of_a_run_hold_the_same_as_its_document() {
    let (folder, executor) = (tempdir().unwrap(), FakeExecutor::new());
    let monitor = executor.monitor(0.0, NoiseEvents::default());
    let Done { run, path } = measured(folder.path(), &request(1), &executor, monitor);
    let lines = path.with_extension("jsonl");
    assert_eq!((read(&path).unwrap(), read(&lines).unwrap()), (run.clone(), run.clone()));
    let text = fs::read_to_string(&lines).unwrap();
    fs::write(&lines, &text[..text.len() - 20]).unwrap();
    assert_eq!(read(&lines).unwrap().trials, run.trials, "a partial last line is ignored");
}

//! Which rows continue and which stop at looks.

use runtime_bench_analysis::stats::Comparison;
use runtime_bench_results::run::StoppedRow;
use runtime_bench_results::trial::Phase;

use super::*;
use crate::executor::{Finished, Trial};
use crate::plan::schedule::rng;

/// Two comparisons of three runners; `budget` is that of a cell.
fn quick(budget_ms: u64) -> PlanRequest {
    let budget = Duration::from_millis(budget_ms);
    PlanRequest { profile: Profile::Quick, budget, ..request(1) }
}

/// A trial of about 2 ms, the same whenever it is made, whose logarithm has a noise of ±`noise`.
fn noisy(trial: &Trial<'_>, ratio: f64, noise: f64) -> Finished {
    let name = trial.cell.to_string();
    let hash = name.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31) + usize::from(byte));
    let drawn = rng(1, hash, trial.round).f64();
    takes(2.0 * ratio * (noise * (2.0 * drawn - 1.0)).exp())
}

/// smol is twice as slow in `null` and 15% slower, with noise, in `spawn-join`; threads differ in neither.
fn hard_and_easy() -> FakeExecutor {
    FakeExecutor::new().with_script(|trial, _| {
        match (trial.cell.workload.as_str(), trial.cell.runner.as_str()) {
            ("null", "smol") => noisy(trial, 2.0, 0.01),
            ("spawn-join", "smol") => noisy(trial, 1.15, 0.2),
            _ => noisy(trial, 1.0, 0.01),
        }
    })
}

/// The greatest round of a cell.
fn last_round(run: &Run, cell: &str) -> u32 {
    trials_of(run, cell).iter().map(|trial| trial.round).max().unwrap()
}

fn counted_s(run: &Run) -> f64 {
    let counted = run.trials.iter().filter(|trial| trial.round > 0);
    counted.map(|trial| trial.cost_s).sum()
}

fn time_s(run: &Run) -> f64 {
    run.schedules.iter().map(|schedule| schedule.time_s).sum()
}

#[test]
fn answered_rows_stop_and_their_time_goes_to_the_others() {
    let run = run(&quick(100), &hard_and_easy());
    let first = |name: &str| {
        run.schedules.iter().find(|schedule| schedule.group.starts_with(name)).unwrap().rounds
    };
    for runner in ["tokio", "smol", "threads"] {
        assert_eq!(last_round(&run, &format!("null/{runner}")), first("null"), "{runner}");
    }
    assert_eq!(last_round(&run, "spawn-join/threads"), first("spawn-join"));
    let smol = last_round(&run, "spawn-join/smol");
    assert!(smol > first("spawn-join"), "{smol}");
    assert_eq!(last_round(&run, "spawn-join/tokio"), smol, "the reference goes on with it");
    let comparisons = |run: &Run| {
        let groups = analyze(run).groups.into_iter();
        groups.flat_map(|group| group.rows).filter_map(|row| row.comparison).collect::<Vec<_>>()
    };
    assert!(comparisons(&run).iter().all(Comparison::is_answered));
    assert!(counted_s(&run) < time_s(&run));
}

#[test]
fn unanswerable_row_stops_and_reports_the_time_it_needs() {
    let executor = FakeExecutor::new().with_script(|trial, _| {
        let noise = if trial.cell.runner == "smol" { 1.5 } else { 0.01 };
        noisy(trial, 1.0, noise)
    });
    let run = run(&quick(60), &executor);
    let stopped: Vec<&StoppedRow> = run.looks.iter().flat_map(|look| &look.stopped).collect();
    let cells: BTreeSet<usize> = stopped.iter().map(|row| row.cell).collect();
    assert_eq!(cells.len(), run.schedules.len(), "each stops: {:?}", run.looks);
    assert_eq!(cells.len(), stopped.len(), "and only once");
    assert!(cells.iter().all(|&cell| run.header.plan.cells[cell].key.runner == "smol"));
    assert!(counted_s(&run) < time_s(&run) * 1.1, "{} of {}", counted_s(&run), time_s(&run));
}

#[test]
fn run_interrupted_between_looks_makes_the_same_looks_and_rounds() {
    let whole = run(&quick(100), &hard_and_easy());
    assert!(whole.looks.iter().any(|look| !look.going_on.is_empty()));
    let trials = whole.trials.len();
    let first = whole.schedules.iter().map(|schedule| schedule.rounds as usize).sum::<usize>() * 4;
    let pilots = whole.trials.iter().filter(|trial| trial.round == 0).count();
    for trial in [pilots + first, pilots + first + 1, (pilots + first + trials) / 2, trials] {
        let folder = tempdir().unwrap();
        let executor = hard_and_easy().interrupted_at(trial);
        let monitor = executor.monitor(0.0, NoiseEvents::default());
        let Done { path, .. } = measured(folder.path(), &quick(100), &executor, monitor);
        let after = resumed(&path, &hard_and_easy());
        assert_eq!(order(&after), order(&whole), "interrupted in trial {trial}");
        let going_on =
            |run: &Run| run.looks.iter().map(|look| look.going_on.clone()).collect::<Vec<_>>();
        assert_eq!(going_on(&after), going_on(&whole));
    }
}

#[test]
fn fixed_rounds_are_made_exactly_and_judged_once() {
    for rounds in [1, 7, 31] {
        let run = run(&PlanRequest { rounds: Some(rounds), ..quick(1) }, &hard_and_easy());
        assert_eq!((run.header.plan.looks, run.looks.len()), (1, 0));
        for (id, cell) in run.header.plan.cells.iter().enumerate() {
            let counted = run.trials.iter().filter(|trial| trial.round > 0 && trial.cell == id);
            let wanted = if cell.not_applicable.is_none() { rounds } else { 0 };
            assert_eq!(counted.count(), wanted as usize, "{}", cell.key);
        }
    }
}

#[test]
fn budget_too_small_for_a_first_look_is_rejected_with_the_time_that_it_takes() {
    let folder = tempdir().unwrap();
    let executor = hard_and_easy();
    let planned = make(&registry(), &quick(1), Limits::default(), &executor).unwrap();
    let header = header(&planned, &BuildFacts::default(), &[], &executor).unwrap();
    let writer = RunWriter::create(folder.path(), None, header).unwrap();
    let monitor = executor.monitor(0.0, NoiseEvents::default());
    let rounds = Rounds::new(&planned, Profile::Quick, &executor, monitor, writer, true);
    let Err(error) = to_the_end(rounds) else { panic!("it measured") };
    let error = error.to_string();
    assert!(error.contains("first look") && error.contains("--budget 0."), "{error}");
}

#[test]
fn inputs_follow_from_the_round_and_are_the_same_for_all_runners() {
    let rounds = std::rc::Rc::new(std::cell::RefCell::new(BTreeSet::new()));
    let seen = rounds.clone();
    let executor = FakeExecutor::new().with_script(move |trial, _| {
        seen.borrow_mut().insert((trial.cell.runner.clone(), trial.round));
        takes(2.0)
    });
    let run = run(&PlanRequest { rounds: Some(3), ..quick(1) }, &executor);
    let of = |runner: &str| -> Vec<u32> {
        rounds.borrow().iter().filter(|(name, _)| name == runner).map(|(_, round)| *round).collect()
    };
    assert_eq!((of("tokio"), of("smol")), (vec![0, 1, 2, 3], vec![0, 1, 2, 3]));
    let input = |round| crate::plan::schedule::input_seed(run.header.plan.seed, round);
    assert_eq!((0..4).map(input).collect::<BTreeSet<u64>>().len(), 4);
}

#[test]
fn rounds_in_the_time_of_a_comparison_are_those_of_a_run_of_equally_hard_ones() {
    let executor = FakeExecutor::new();
    let request = quick(100);
    let planned = make(&registry(), &request, Limits::default(), &executor).unwrap();
    let name = &groups(&planned.plan)[0].name;
    let rounds = |trial_s| rounds_in_time(&planned, Profile::Quick, name, trial_s);
    let looks = looks(&planned, Profile::Quick);
    assert!(looks.iter().any(|line| line.contains(&format!(" {},", rounds(0.007).unwrap()))));
    let most = *Profile::Quick.rounds(Phase::Warm).end();
    assert_eq!((rounds(1e-6), rounds(60.0)), (Some(most), None));
    assert!(rounds(0.002) < rounds(0.001) && rounds(0.002) > rounds(0.007));
    assert_eq!(rounds_in_time(&planned, Profile::Quick, "unknown", 0.001), None);
    // Noise that no round overcomes: every comparison goes as far as its own time.
    let hopeless = FakeExecutor::new().with_script(|trial, _| noisy(trial, 1.0, 0.5));
    let run = run(&request, &hopeless);
    let mean_s = counted_s(&run) / run.trials.iter().filter(|t| t.round > 0).count() as f64;
    let reached = run.looks.iter().flat_map(|look| &look.going_on).map(|one| one.rounds).max();
    assert!(reached >= rounds(mean_s), "{reached:?} {:?}", rounds(mean_s));
}

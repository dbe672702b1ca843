//! Rounds in link layouts.

use std::cell::RefCell;
use std::rc::Rc;

use super::*;
use crate::plan::profile::LAYOUTS;

/// Two comparisons of three runners in the layouts of a long profile.
fn long() -> PlanRequest {
    let budget = Duration::from_millis(100);
    PlanRequest { profile: Profile::Standard, budget, phase: None, ..request(1) }
}

/// By comparison and round, the layout of each trial that was made.
type Seen = BTreeMap<(String, u32), Vec<usize>>;

/// An executor whose programs have this many layouts, and the requests to it.
fn watched(layouts: usize) -> (FakeExecutor, Rc<RefCell<Seen>>) {
    let seen: Rc<RefCell<Seen>> = Rc::default();
    let log = Rc::clone(&seen);
    let executor = FakeExecutor::new().with_layouts(layouts).with_script(move |trial, _| {
        let place = (trial.cell.group(), trial.round);
        log.borrow_mut().entry(place).or_default().push(trial.layout);
        takes(2.0)
    });
    (executor, seen)
}

#[test]
fn rounds_take_turns_among_layouts_and_runners_of_a_round_share_one() {
    let (executor, seen) = watched(LAYOUTS);
    let run = run(&long(), &executor);
    assert_eq!(run.header.plan.layouts, LAYOUTS);
    let mut rounds_of = BTreeMap::new();
    for ((group, round), layouts) in seen.take() {
        let layout = run.header.plan.layout(round);
        assert!(layouts.iter().all(|one| *one == layout), "{group}, round {round}: {layouts:?}");
        if round == 0 {
            assert_eq!(layout, 0, "pilots run what cargo linked");
        } else {
            *rounds_of.entry((group, layout)).or_insert(0_i32) += 1;
        }
    }
    for schedule in &run.schedules {
        let of = |layout| rounds_of[&(schedule.group.clone(), layout)];
        let rounds: Vec<i32> = (0..LAYOUTS).map(of).collect();
        let (least, most) = (rounds.iter().min().unwrap(), rounds.iter().max().unwrap());
        assert!(most - least <= 1, "{}: {rounds:?}", schedule.group);
    }
    for layout in 1..LAYOUTS {
        let name = format!("layouts/{layout}/fake");
        assert_eq!(run.header.environment.programs[&name], format!("hash of {name}"));
    }
}

#[test]
fn short_profile_and_program_without_layouts_run_the_layout_of_cargo() {
    let asked = |layouts| PlanRequest { layouts: Some(layouts), ..request(1) };
    for (request, there, expected) in [
        (request(1), LAYOUTS, 1),
        (long(), 1, 1),
        (long(), 3, 3),
        (asked(2), LAYOUTS, 2),
        (PlanRequest { layouts: Some(1), ..long() }, LAYOUTS, 1),
    ] {
        let (executor, seen) = watched(there);
        let plan = run(&request, &executor).header.plan;
        assert_eq!(plan.layouts, expected, "{there} there");
        let layouts: BTreeSet<usize> = seen.take().into_values().flatten().collect();
        assert_eq!(layouts.len(), expected);
    }
}

#[test]
fn resumed_run_continues_in_its_layouts_and_rejects_others() {
    let (executor, _) = watched(LAYOUTS);
    let whole = run(&long(), &executor);
    let folder = tempdir().unwrap();
    let (executor, _) = watched(LAYOUTS);
    let executor = executor.interrupted_at(whole.trials.len() / 2);
    let monitor = executor.monitor(0.0, NoiseEvents::default());
    let Done { path, .. } = measured(folder.path(), &long(), &executor, monitor);
    let lines = path.with_extension("jsonl");
    let text = fs::read_to_string(&lines).unwrap();
    fs::write(&lines, text.replace("hash of layouts/2/fake", "another hash")).unwrap();
    let Err(error) = Stopped::open(&registry(), &lines, None, &[], &executor) else {
        panic!("it was opened");
    };
    assert!(error.to_string().contains("layouts/2/fake"), "{error}");
    fs::write(&lines, text).unwrap();
    let (executor, seen) = watched(LAYOUTS);
    let after = resumed(&lines, &executor);
    assert_eq!((after.header.plan.layouts, order(&after)), (LAYOUTS, order(&whole)));
    let layouts: BTreeSet<usize> = seen.take().into_values().flatten().collect();
    assert_eq!(layouts.len(), LAYOUTS);
}

#[test]
fn shards_of_a_plan_have_the_same_layouts() {
    let plan = |shard: &str| {
        let request = PlanRequest { shard: Some(shard.parse().unwrap()), ..long() };
        let executor = FakeExecutor::new().with_layouts(LAYOUTS);
        make(&registry(), &request, Limits::default(), &executor).unwrap().plan
    };
    assert_eq!((plan("1/2").layouts, plan("2/2").layouts), (LAYOUTS, LAYOUTS));
}

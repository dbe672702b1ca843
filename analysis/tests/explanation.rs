//! Synthetic evidence with one cause each: it is named first, and uncounted causes are never named.

use runtime_bench_analysis::explanation::{Explanation, Part, explain, explain_builds};
use runtime_bench_results::evidence::{Count, Event, Evidence, FEWEST_PROCESSES};
use runtime_bench_results::key::{CellKey, Point};

/// Variation of processes around each figure.
const SPREAD: [f64; 7] = [0.98, 0.99, 1.0, 1.01, 1.02, 1.0, 0.995];

fn call(name: &str) -> Event {
    Event::Syscall(name.to_owned())
}

/// A runner that makes two calls, one allocation and some context switches per message.
fn base() -> Vec<(Event, f64)> {
    vec![
        (Event::WallTime, 5_000.0),
        (Event::UserTime, 2_000.0),
        (Event::SystemTime, 3_000.0),
        (call("recvfrom"), 1.0),
        (call("sendto"), 1.0),
        (call("futex"), 0.1),
        (Event::VoluntarySwitch, 0.05),
        (Event::InvoluntarySwitch, 0.01),
        (Event::MinorFault, 0.001),
        (Event::Allocation, 1.0),
        (Event::AllocatedByte, 128.0),
    ]
}

fn evidence(runner: &str, figures: &[(Event, f64)]) -> Evidence {
    let count = |(event, figure): &(Event, f64)| {
        let mut values: Vec<f64> = SPREAD.iter().map(|factor| factor * figure).collect();
        // The two processes of a pair vary independently.
        if runner == "smol" {
            values.reverse();
        }
        Count { event: event.clone(), values }
    };
    Evidence {
        cell: CellKey { workload: "w".into(), point: Point::new(), runner: runner.into() },
        operation: "message".into(),
        counts: figures.iter().map(count).collect(),
        missing: Vec::new(),
    }
}

/// The same runner with more of some events.
fn with(more: &[(Event, f64)]) -> Vec<(Event, f64)> {
    let mut figures = base();
    for (event, extra) in more {
        match figures.iter_mut().find(|(known, _)| known == event) {
            Some((_, figure)) => *figure += extra,
            None => figures.push((event.clone(), *extra)),
        }
    }
    figures
}

fn explained(more: &[(Event, f64)]) -> Explanation {
    explain(&evidence("tokio", &base()), &evidence("smol", &with(more))).expect("enough processes")
}

#[track_caller]
fn names_first(more: &[(Event, f64)], part: Part, event: &Event) {
    let explanation = explained(more);
    assert_eq!(explanation.parts.first().map(|part| part.part), Some(part), "{explanation:#?}");
    assert_eq!(explanation.first(), Some(event), "{explanation:#?}");
}

#[test]
fn an_extra_system_call_is_named_first() {
    let more = [
        (Event::WallTime, 400.0),
        (Event::SystemTime, 400.0),
        (call("getppid"), 1.0),
        (Event::Allocation, 0.2),
    ];
    names_first(&more, Part::SystemTime, &call("getppid"));
}

#[test]
fn an_extra_allocation_is_named_first() {
    let more = [
        (Event::WallTime, 300.0),
        (Event::UserTime, 300.0),
        (Event::Allocation, 1.0),
        (Event::AllocatedByte, 64.0),
    ];
    names_first(&more, Part::UserTime, &Event::Allocation);
}

#[test]
fn a_yield_per_operation_is_named_first() {
    let more = [(Event::WallTime, 600.0), (Event::SystemTime, 600.0), (call("sched_yield"), 1.0)];
    names_first(&more, Part::SystemTime, &call("sched_yield"));
}

#[test]
fn context_switches_of_a_shared_lock_are_named_first() {
    let more = [
        (Event::WallTime, 4_000.0),
        (Event::SystemTime, 1_500.0),
        (call("futex"), 0.8),
        (Event::VoluntarySwitch, 0.5),
    ];
    names_first(&more, Part::Waiting, &Event::VoluntarySwitch);
}

#[test]
fn busy_loop_is_explained_by_user_time_and_instructions() {
    let loops = [(Event::WallTime, 2_000.0), (Event::UserTime, 2_000.0)];
    let explanation = explained(&loops);
    assert_eq!(explanation.parts[0].part, Part::UserTime);
    assert!((explanation.parts[0].share - 1.0).abs() < 1e-9);
    assert_eq!((explanation.first(), explanation.parts[0].explained), (None, false));

    let counted = |instructions| {
        let mut figures = with(if instructions > 1e4 { &loops } else { &[] });
        figures.push((Event::Instruction, instructions));
        figures
    };
    let [idle, busy] = [counted(9_000.0), counted(15_000.0)];
    let explanation = explain(&evidence("tokio", &idle), &evidence("smol", &busy)).unwrap();
    assert_eq!(explanation.first(), Some(&Event::Instruction), "{explanation:#?}");
}

#[test]
fn false_sharing_is_not_explained_without_counters_of_the_cache() {
    let more = [
        (Event::WallTime, 3_000.0),
        (Event::UserTime, 3_000.0),
        // Too few to matter.
        (Event::Allocation, 0.2),
    ];
    let explanation = explained(&more);
    assert_eq!(explanation.parts.len(), 1);
    assert!(!explanation.parts[0].explained && explanation.parts[0].events.is_empty());
    assert_eq!(explanation.first(), None);
}

#[test]
fn parts_add_up_to_the_difference_when_several_cores_work() {
    let times = |wall, user, system| {
        [(Event::WallTime, wall), (Event::UserTime, user), (Event::SystemTime, system)]
    };
    let (one, other) = (times(1_000.0, 1_200.0, 600.0), times(1_600.0, 1_500.0, 700.0));
    let explanation = explain(&evidence("a", &one), &evidence("b", &other)).unwrap();
    let sum: f64 = explanation.parts.iter().map(|part| part.difference.by()).sum();
    assert!((sum - 600.0).abs() < 1e-6, "{sum}");
    assert_eq!(explanation.parts[0].part, Part::Waiting);
}

#[test]
fn waiting_for_a_core_is_at_most_the_remaining_time() {
    let times = |wall, queued| {
        [
            (Event::WallTime, wall),
            (Event::UserTime, 500.0),
            (Event::SystemTime, 100.0),
            (Event::CoreWait, queued),
        ]
    };
    let parts = |queued| {
        let (one, other) = (times(700.0, 10.0), times(1_700.0, queued));
        let explanation = explain(&evidence("a", &one), &evidence("b", &other)).unwrap();
        let parts = explanation.parts.iter().map(|part| (part.part, part.difference.by().round()));
        parts.collect::<Vec<_>>()
    };
    assert_eq!(parts(310.0), [(Part::Waiting, 700.0), (Part::CoreWait, 300.0)]);
    // Threads of the process waited for each other.
    assert_eq!(parts(9_000.0), [(Part::CoreWait, 1_090.0), (Part::Waiting, -90.0)]);
    // Only one of the two knows.
    let (one, other) = (&times(700.0, 10.0)[..3], times(1_700.0, 310.0));
    let explanation = explain(&evidence("a", one), &evidence("b", &other)).unwrap();
    assert_eq!(explanation.parts[0].part, Part::Waiting);
}

#[test]
fn opposite_differences_are_listed_separately() {
    let explanation = explained(&[
        (Event::WallTime, 900.0),
        (Event::SystemTime, 900.0),
        (call("write"), 1.0),
        (Event::Allocation, -0.8),
    ]);
    let named = |events: &[_]| -> Vec<String> {
        let events: &[runtime_bench_analysis::explanation::EventDifference] = events;
        events.iter().map(|one| one.event.to_string()).collect()
    };
    assert_eq!(named(&explanation.parts[0].events), ["write"]);
    assert_eq!(named(&explanation.others), ["allocations"]);
}

#[test]
fn equal_wall_times_have_no_parts() {
    let explanation = explained(&[(Event::WallTime, 20.0), (call("getppid"), 1.0)]);
    assert!(explanation.parts.is_empty() && explanation.first().is_none());
    assert_eq!(explanation.others.len(), 1);
}

#[test]
fn untraced_writes_are_named_where_no_call_was_traced() {
    let more = [
        (Event::WallTime, 400.0),
        (Event::SystemTime, 400.0),
        (call("write"), 1.0),
        (Event::UntracedWrite, 1.0),
    ];
    names_first(&more, Part::SystemTime, &call("write"));
    let without_calls = |runner, figures: Vec<(Event, f64)>| {
        let mut found = evidence(runner, &figures);
        found.counts.retain(|count| !matches!(count.event, Event::Syscall(_)));
        found
    };
    let one = without_calls("tokio", with(&[(Event::UntracedWrite, 0.1)]));
    let explanation = explain(&one, &without_calls("smol", with(&more))).unwrap();
    assert_eq!(explanation.first(), Some(&Event::UntracedWrite), "{explanation:#?}");
}

#[test]
fn tracing_that_changes_the_number_of_calls_is_noticed() {
    let distorted = |untraced| {
        let figures =
            [&with(&[(call("write"), 0.3)])[..], &[(Event::UntracedWrite, untraced)]].concat();
        let explanation =
            explain(&evidence("tokio", &base()), &evidence("smol", &figures)).unwrap();
        explanation.distortions.iter().map(|one| one.runner.clone()).collect::<Vec<_>>()
    };
    assert_eq!(distorted(0.31), [""; 0]);
    assert_eq!(distorted(0.9), ["smol"]);
}

#[test]
fn times_of_too_few_processes_explain_nothing() {
    let mut few = evidence("tokio", &base());
    for count in &mut few.counts {
        count.values.truncate(FEWEST_PROCESSES - 1);
    }
    assert_eq!(explain(&few, &evidence("smol", &base())), None);
}

#[test]
fn counted_times_fit_only_a_ratio_of_their_direction_and_size() {
    let slower = [(Event::WallTime, 1_000.0), (Event::UserTime, 1_000.0)];
    let explanation = explained(&slower);
    for (ratio, fits) in [(1.2, true), (1.05, true), (1.9, true), (9.0, false), (0.8, false)] {
        assert_eq!(explanation.fits(ratio), fits, "{ratio}");
    }
    assert!(!explanation.fits(f64::NAN));
}

#[test]
fn builds_of_one_runner_are_named_base_and_candidate() {
    let slower = with(&[(Event::WallTime, 1_000.0), (Event::UserTime, 1_000.0)]);
    let found = explain_builds(&evidence("tokio", &base()), &evidence("smol", &slower)).unwrap();
    assert_eq!((found.reference.as_str(), found.candidate.as_str()), ("base", "candidate"));
}

//! Sentences and tables, on made-up evidence.

use runtime_bench_analysis::analysis::Summary;
use runtime_bench_analysis::explanation::{ExplanationDocument, SCHEMA, Timed, explain};
use runtime_bench_analysis::stats::Verdict;
use runtime_bench_results::evidence::{Count, Event};
use runtime_bench_results::trial::{Better, Phase};

use super::{Explained, json, sentences, summary, text};
use crate::fixtures::{self, evidence};

fn document(candidate: &[(Event, f64)]) -> ExplanationDocument {
    let reference = [
        (Event::WallTime, 3_000.0),
        (Event::UserTime, 1_000.0),
        (Event::SystemTime, 2_000.0),
        (Event::Syscall("epoll_wait".into()), 0.6),
        (Event::Allocation, 1.0),
    ];
    let evidence = [evidence("tokio", &reference), evidence("smol", candidate)];
    let figure = |value| Summary {
        name: "per-message".into(),
        unit: "ns".into(),
        better: Better::Lower,
        value,
        interval: None,
        samples: 20,
    };
    let timed = Timed {
        phase: Phase::Warm,
        reference: figure(3_000.0),
        candidate: figure(4_200.0),
        comparison: fixtures::comparison(Verdict::Slower),
        control_failed: false,
    };
    let explanation = explain(&evidence[0], &evidence[1]).unwrap();
    let (schema, group) = (SCHEMA.to_owned(), "echo".to_owned());
    ExplanationDocument { schema, group, timed, explanation, evidence }
}

#[test]
fn largest_part_is_said_with_its_calls_and_missing_counts_once() {
    let document = document(&[
        (Event::WallTime, 4_200.0),
        (Event::UserTime, 1_000.0),
        (Event::SystemTime, 3_200.0),
        (Event::Syscall("epoll_wait".into()), 2.1),
        (Event::Syscall("write".into()), 1.0),
        (Event::Allocation, 1.0),
    ]);
    let text = text(&document);
    let sentence = "System time: all of the 1.20\u{a0}µs difference; smol makes 1.00 `write` and \
                    2.10 `epoll_wait` per message, tokio 0 and 0.600\n";
    assert!(text.contains(sentence.trim_end()), "{text}");
    assert_eq!(text.matches("Not counted: hardware counters").count(), 1, "{text}");
    assert!(text.lines().count() <= 40);
    assert!(json(&document).unwrap().contains("\"name\": \"epoll_wait\""));
}

#[test]
fn what_a_runtime_counts_itself_is_not_compared() {
    let mut document = document(&[
        (Event::WallTime, 4_200.0),
        (Event::UserTime, 2_200.0),
        (Event::SystemTime, 2_000.0),
    ]);
    let own = |name: &str, each| Count { event: Event::Runtime(name.into()), values: vec![each] };
    document.evidence[0]
        .counts
        .extend([own("worker parks", 0.5), own("worker busy time", 1_500.0)]);
    let text = text(&document);
    let line =
        "tokio's own counters, per message: 0.500 worker parks, 1.50\u{a0}µs worker busy time";
    assert!(text.contains(line), "{text}");
    assert!(!text.contains("smol's own counters"), "{text}");
}

#[test]
fn no_cause_is_stated_where_none_was_counted() {
    let slower = |wall, user| {
        document(&[(Event::WallTime, wall), (Event::UserTime, user), (Event::SystemTime, 2_000.0)])
    };
    let text_of = |wall, user| text(&slower(wall, user));
    assert!(text_of(4_200.0, 2_200.0).contains("no counted difference explains it"));
    assert!(text_of(3_005.0, 1_005.0).contains("differ by no more than their spread"));
}

#[test]
fn waiting_for_a_core_is_told_from_waiting_for_events() {
    let mut document = document(&[
        (Event::WallTime, 6_000.0),
        (Event::UserTime, 2_000.0),
        (Event::SystemTime, 2_000.0),
        (Event::CoreWait, 2_000.0),
    ]);
    let waited = Count { event: Event::CoreWait, values: vec![0.0; 5] };
    document.evidence[0].counts.push(waited);
    let [reference, candidate] = &document.evidence;
    document.explanation = explain(reference, candidate).unwrap();
    let text = text(&document);
    let sentence =
        "Waiting for a core: 2.00\u{a0}µs of the 3.00\u{a0}µs difference; threads that were ready";
    assert!(text.contains(sentence), "{text}");
    assert!(text.contains("User time: 1.00\u{a0}µs of the 3.00\u{a0}µs difference; no"), "{text}");
    assert!(!text.contains("unused cores"), "{text}");
}

#[test]
fn counts_that_do_not_fit_the_timed_difference_explain_nothing() {
    let document = document(&[
        (Event::WallTime, 4_200.0),
        (Event::UserTime, 2_200.0),
        (Event::SystemTime, 2_000.0),
    ]);
    let said = |ratio| {
        let explained = Explained { name: "smol", ratio, explanation: &document.explanation };
        sentences(explained).join(" ")
    };
    assert!(said(Some(1.4)).starts_with("User time: all of"), "{}", said(Some(1.4)));
    assert_eq!(said(None), said(Some(1.4)));
    for ratio in [27.0, 0.7] {
        assert!(said(Some(ratio)).starts_with("Not explained: smol is"), "{}", said(Some(ratio)));
    }
}

#[test]
fn summary_splits_the_difference_into_its_parts() {
    let document = document(&[
        (Event::WallTime, 4_200.0),
        (Event::UserTime, 1_000.0),
        (Event::SystemTime, 3_200.0),
        (Event::Syscall("epoll_wait".into()), 2.1),
    ]);
    let explained = Explained { name: "a|b", ratio: None, explanation: &document.explanation };
    let table = summary("runner", [explained]);
    let line = table.markdown_lines().nth(2).unwrap();
    assert!(
        line.starts_with(
            "| a\\|b | +1.20\u{a0}µs per message | – | +1.20\u{a0}µs | – | – | System time"
        ),
        "{line}"
    );
    let page = table.html("why").into_string();
    assert!(page.contains("smol makes 2.10 <code>epoll_wait</code> per message"), "{page}");
}

//! What explains the difference of two runners, for a terminal and as JSON.

use runtime_bench_analysis::explanation::{
    Difference, Distortion, EventDifference, Explanation, ExplanationDocument, PartDifference,
    Timed,
};
use runtime_bench_analysis::stats::median;
use runtime_bench_results::evidence::{Event, Evidence, Missing};

use crate::ReportError;
use crate::files::pretty_json;
use crate::format::{self, Scale};
use crate::sanitize::single_line;
use crate::table::Align::{Left, Right};
use crate::table::{Cell, Table};
use crate::view::wording;

/// The most events of a part, and of the others.
const MOST_EVENTS: usize = 5;
/// Most events in a sentence.
const IN_A_SENTENCE: usize = 3;
/// Parts with a smaller share get no sentence.
const WORTH_A_SENTENCE: f64 = 0.2;

/// The document as JSON, schema `runtime-bench/explanation/1`, with a line break at its end.
///
/// # Errors
/// When the encoder fails.
pub fn json(document: &ExplanationDocument) -> Result<String, ReportError> {
    pretty_json(document)
}

/// The document for a terminal, at most 40 lines.
pub fn text(document: &ExplanationDocument) -> String {
    let ExplanationDocument { group, timed, explanation, evidence, .. } = document;
    let mut lines = vec![
        format!("{}: {} against {}", group, explanation.candidate, explanation.reference),
        format!("  {}", timed_line(timed)),
        String::new(),
    ];
    lines.extend(sentences(explanation));
    lines.push(String::new());
    let processes = explanation.wall.reference.processes;
    lines.push(format!(
        "Per {}: {}, {}, difference; medians of {processes} processes [99% interval]",
        explanation.operation, explanation.candidate, explanation.reference
    ));
    lines.extend(table(explanation).text("  ").lines().map(str::to_owned));
    lines.extend(evidence.iter().filter_map(own_counters));
    lines.extend(explanation.distortions.iter().map(|one| distorted(one, &explanation.operation)));
    let mut missing: Vec<&Missing> = Vec::new();
    for one in evidence.iter().flat_map(|one| &one.missing) {
        if !missing.contains(&one) {
            missing.push(one);
        }
    }
    lines.extend(missing.into_iter().map(not_counted));
    lines.iter().map(|line| single_line(line) + "\n").collect()
}

/// `43% slower (settled): rate 178 k messages/s against 254 k messages/s; ratio of costs 1.43 [1.38–1.48]`.
fn timed_line(timed: &Timed) -> String {
    let Timed { reference, candidate, comparison, .. } = timed;
    let words = wording::words(comparison, &candidate.unit);
    let class = comparison.verdict.class().map_or("not compared", |class| class.word());
    let figure = |value| format::figure(value, &candidate.unit);
    let ratio = comparison.ratio.map(format::ratio).unwrap_or_default();
    let interval = comparison.interval.map(format::ratio_interval);
    let interval = interval.map(|interval| format!(" [{interval}]")).unwrap_or_default();
    let control = if timed.control_failed { "; its A/A control failed" } else { "" };
    format!(
        "{words} ({class}): {} {} against {}; ratio of costs {ratio}{interval}{control}",
        candidate.name,
        figure(candidate.value),
        figure(reference.value),
    )
}

/// What the counts say, a sentence for each large part of the difference.
fn sentences(explanation: &Explanation) -> Vec<String> {
    let Explanation { wall, operation, parts, candidate, reference, .. } = explanation;
    if !wall.is_beyond_spread() {
        return vec![format!(
            "Not explained: the wall times per {operation} of the counted processes differ by no \
             more than their spread."
        )];
    }
    let total = format::figure(wall.by().abs(), "ns");
    let large: Vec<&PartDifference> =
        parts.iter().filter(|part| part.share >= WORTH_A_SENTENCE).collect();
    if large.is_empty() {
        return vec![format!(
            "Not explained: no part of the {total} difference exceeds its own spread."
        )];
    }
    let sentence = |part: &&PartDifference| {
        let name = wording::capital(part.part.name());
        let share = format::figure(part.difference.by().abs(), "ns");
        let is = if large.len() > 1 || part.share < 0.995 {
            format!("{name}: {share} of the {total} difference")
        } else {
            format!("{name}: all of the {total} difference")
        };
        if part.explained {
            let counts = in_words(&part.events, candidate, reference, operation);
            format!("{is}; {counts}.")
        } else {
            format!("{is}; no counted difference explains it.")
        }
    };
    large.iter().map(sentence).collect()
}

/// `smol makes 2.10 epoll_wait and 1.00 write per message, tokio 0.600 and 0.100`.
fn in_words(
    events: &[EventDifference],
    candidate: &str,
    reference: &str,
    operation: &str,
) -> String {
    let first = &events[..events.len().min(IN_A_SENTENCE)];
    let makes = |event: &Event| matches!(event, Event::Syscall(_) | Event::Allocation);
    let verb = if first.iter().all(|one| makes(&one.event)) { "makes" } else { "has" };
    let named = |one: &EventDifference| {
        let count = format::number(one.difference.candidate.median);
        match one.event {
            Event::Syscall(_) => format!("{count} `{}`", one.event),
            _ => format!("{count} {}", one.event),
        }
    };
    let named: Vec<String> = first.iter().map(named).collect();
    let others: Vec<String> =
        first.iter().map(|one| format::number(one.difference.reference.median)).collect();
    format!(
        "{candidate} {verb} {} per {operation}, {reference} {}",
        format::list(&named),
        format::list(&others)
    )
}

fn table(explanation: &Explanation) -> Table {
    let Explanation { wall, cores, calls, parts, others, candidate, reference, .. } = explanation;
    let mut table = Table::new(&[
        ("event", Left),
        (candidate, Right),
        (reference, Right),
        ("difference", Right),
        ("interval", Left),
    ]);
    table.push(row("wall time", wall, "ns"));
    table.push(row("cores in use", cores, ""));
    if let Some(calls) = calls {
        table.push(row("system calls", calls, ""));
    }
    for part in parts {
        table.push(row(part.part.name(), &part.difference, "ns"));
        events(&mut table, &part.events);
    }
    if !others.is_empty() {
        table.push(title("other differences".to_owned()));
        events(&mut table, others);
    }
    table
}

fn events(table: &mut Table, events: &[EventDifference]) {
    for one in events.iter().take(MOST_EVENTS) {
        table.push(row(&format!("  {}", one.event), &one.difference, one.event.unit()));
    }
    let more = events.len().saturating_sub(MOST_EVENTS);
    if more > 0 {
        table.push(title(format!("  and {more} more (--format json)")));
    }
}

fn title(text: String) -> [Cell; 5] {
    [text, String::new(), String::new(), String::new(), String::new()].map(Cell::new)
}

fn row(name: &str, difference: &Difference, unit: &str) -> [Cell; 5] {
    let Difference { reference, candidate, difference } = difference;
    let scale = Scale::of(unit, candidate.median.abs().max(reference.median.abs()));
    let scale_of_difference = Scale::of(unit, difference.median.abs());
    let sign = if difference.median > 0.0 { "+" } else { "" };
    [
        Cell::new(name),
        Cell::new(scale.figure(candidate.median)),
        Cell::new(scale.figure(reference.median)),
        Cell::new(format!("{sign}{}", scale_of_difference.figure(difference.median))),
        Cell::interval(scale_of_difference.interval(difference.interval)),
    ]
}

/// `tokio itself counts, per message: 0.612 worker parks, 1.24 µs worker busy time`.
fn own_counters(evidence: &Evidence) -> Option<String> {
    let counted = evidence.counts.iter().filter_map(|count| match &count.event {
        Event::Runtime(name) => Some((name, count.event.unit(), median(&count.values)?)),
        _ => None,
    });
    let counted: Vec<String> = counted
        .map(|(name, unit, each)| format!("{} {name}", format::figure(each, unit)))
        .collect();
    let Evidence { cell, operation, .. } = evidence;
    let runner = &cell.runner;
    (!counted.is_empty())
        .then(|| format!("{runner} itself counts, per {operation}: {}", counted.join(", ")))
}

fn distorted(distortion: &Distortion, operation: &str) -> String {
    let Distortion { runner, event, difference } = distortion;
    format!(
        "Note: tracing changed {event} of {runner} from {} to {} per {operation}; its counts of \
         calls that wait or wake are rough",
        format::number(difference.reference.median),
        format::number(difference.candidate.median)
    )
}

fn not_counted(missing: &Missing) -> String {
    let help = missing.help.as_ref().map(|help| format!("; help: {help}")).unwrap_or_default();
    format!("Not counted: {}: {}{help}", missing.what, missing.why)
}

#[cfg(test)]
mod tests {
    use runtime_bench_analysis::analysis::Summary;
    use runtime_bench_analysis::explanation::{SCHEMA, explain};
    use runtime_bench_analysis::stats::Verdict;
    use runtime_bench_results::evidence::Count;
    use runtime_bench_results::key::{CellKey, Point};
    use runtime_bench_results::trial::{Better, Phase};

    use super::*;
    use crate::fixtures;

    fn evidence(runner: &str, figures: &[(Event, f64)]) -> Evidence {
        let count = |(event, figure): &(Event, f64)| {
            let mut values = [0.99, 0.995, 1.0, 1.005, 1.01].map(|factor| factor * figure).to_vec();
            // The two of a pair vary by themselves.
            if runner == "smol" {
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
        let sentence = "System time: all of the 1.20\u{a0}µs difference; smol makes 2.10 `epoll_wait` and \
                        1.00 `write` per message, tokio 0.600 and 0\n";
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
        let own =
            |name: &str, each| Count { event: Event::Runtime(name.into()), values: vec![each] };
        document.evidence[0]
            .counts
            .extend([own("worker parks", 0.5), own("worker busy time", 1_500.0)]);
        let text = text(&document);
        let line =
            "tokio itself counts, per message: 0.500 worker parks, 1.50\u{a0}µs worker busy time";
        assert!(text.contains(line), "{text}");
        assert!(!text.contains("smol itself counts"), "{text}");
    }

    #[test]
    fn no_cause_is_stated_where_none_was_counted() {
        let slower = |wall, user| {
            document(&[
                (Event::WallTime, wall),
                (Event::UserTime, user),
                (Event::SystemTime, 2_000.0),
            ])
        };
        let text_of = |wall, user| text(&slower(wall, user));
        assert!(text_of(4_200.0, 2_200.0).contains("no counted difference explains it"));
        assert!(text_of(3_005.0, 1_005.0).contains("differ by no more than their spread"));
    }
}

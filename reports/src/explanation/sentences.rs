//! The counts in sentences.

use runtime_bench_analysis::explanation::{
    Distortion, EventDifference, Explanation, Part, PartDifference,
};
use runtime_bench_analysis::stats::median;
use runtime_bench_results::evidence::{Event, Evidence, Missing};

use crate::format;
use crate::view::wording;

/// Maximum number of events in a sentence.
const IN_A_SENTENCE: usize = 3;
/// Minimum share of a part that gets a sentence.
const WORTH_A_SENTENCE: f64 = 0.2;

/// An explanation, and the difference that it should explain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Explained<'a> {
    /// Its name in a table: a runner, or a row of a comparison.
    pub(crate) name: &'a str,
    /// The timed cost of the candidate ÷ that of the reference; `None` where no time was compared.
    pub(crate) ratio: Option<f64>,
    /// The explanation.
    pub(crate) explanation: &'a Explanation,
}

/// A sentence for each large part of the difference.
pub(crate) fn sentences(explained: Explained<'_>) -> Vec<String> {
    let Explanation { wall, operation, parts, .. } = explained.explanation;
    if !wall.is_beyond_spread() {
        return vec![format!(
            "Not explained: the wall times per {operation} of the counted processes differ by no more than their spread."
        )];
    }
    if let Some(ratio) = explained.ratio.filter(|ratio| !explained.explanation.fits(*ratio)) {
        return vec![not_fitting(explained.explanation, ratio)];
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
        if part.part == Part::CoreWait {
            format!("{is}; threads that were ready to run had no core.")
        } else if part.explained {
            format!("{is}; {}.", in_words(explained.explanation, &part.events))
        } else {
            format!("{is}; no counted difference explains it.")
        }
    };
    large.iter().map(sentence).collect()
}

/// A note if the counted processes do not show the timed difference.
fn not_fitting(explanation: &Explanation, ratio: f64) -> String {
    let Explanation { wall, operation, candidate, reference, .. } = explanation;
    format!(
        "Not explained: {candidate} is {} in the timed comparison, but wall time per {operation} is {} for \
         {candidate} and {} for {reference} in the counted processes.",
        format::change(ratio, "ns"),
        format::figure(wall.candidate.median, "ns"),
        format::figure(wall.reference.median, "ns")
    )
}

/// `smol makes 2.10 epoll_wait and 1.00 write per message, tokio 0.600 and 0.100`.
fn in_words(explanation: &Explanation, events: &[EventDifference]) -> String {
    let Explanation { operation, candidate, reference, .. } = explanation;
    let first = &events[..events.len().min(IN_A_SENTENCE)];
    let makes = |event: &Event| {
        let is_call = matches!(event, Event::UntracedRead | Event::UntracedWrite);
        is_call || matches!(event, Event::Syscall(_) | Event::Allocation)
    };
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

/// The effect of tracing on a count.
pub(crate) fn distorted(distortion: &Distortion, operation: &str) -> String {
    let Distortion { runner, event, difference } = distortion;
    format!(
        "Note: tracing changed {event} of {runner} from {} to {} per {operation}; its counts of \
         calls that wait or wake up threads are rough",
        format::number(difference.reference.median),
        format::number(difference.candidate.median)
    )
}

/// `tokio's own counters, per message: 0.612 worker parks, 1.24 µs worker busy time`.
pub(crate) fn own_counters(evidence: &Evidence) -> Option<String> {
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
        .then(|| format!("{runner}'s own counters, per {operation}: {}", counted.join(", ")))
}

/// The missing evidence of some cells, each fact once.
pub(crate) fn not_counted<'a>(evidence: impl IntoIterator<Item = &'a Evidence>) -> Vec<String> {
    let missing = evidence.into_iter().flat_map(|one| &one.missing);
    let line = |missing: &Missing| format!("Not counted: {}: {}", missing.what, missing.reason());
    let mut lines: Vec<String> = Vec::new();
    for text in missing.map(line) {
        if !lines.contains(&text) {
            lines.push(text);
        }
    }
    lines
}

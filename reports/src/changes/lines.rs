//! What each change point shows, run by run.

use runtime_bench_results::comparison::{FailOn, Outcome, Word};
use runtime_bench_results::history::{ChangePoint, Judged, MachineChanges};
use runtime_bench_results::stats::Verdict;

use crate::format;
use crate::view::wording;

/// The change points that one run introduced.
pub(crate) struct Introduced<'a> {
    /// The first of them, which tells the run and what changed with it.
    pub(crate) first: &'a ChangePoint,
    /// Each in words.
    pub(crate) lines: Vec<Line<'a>>,
}

/// One change point in words.
pub(crate) struct Line<'a> {
    /// The cell, and the one runner that it is measured against, if there is one.
    pub(crate) cell: String,
    /// `1.20×`.
    pub(crate) ratio: String,
    /// `1.15–1.25`.
    pub(crate) interval: String,
    /// `slower`, or what suits the unit.
    pub(crate) word: String,
    /// `1.20 ms → 1.44 ms`.
    pub(crate) figures: String,
    /// `12 → 8`.
    pub(crate) runs: String,
    /// What to mind; may be empty.
    pub(crate) note: &'a str,
}

/// The change points of a machine by the run that introduced them, in the document's order.
pub(crate) fn introduced(machine: &MachineChanges) -> Vec<Introduced<'_>> {
    let mut runs: Vec<Introduced<'_>> = Vec::new();
    for change in &machine.changes {
        let same = |known: &&mut Introduced<'_>| {
            (&known.first.run, &known.first.previous) == (&change.run, &change.previous)
        };
        match runs.iter_mut().find(same) {
            Some(known) => known.lines.push(line(change)),
            None => runs.push(Introduced { first: change, lines: vec![line(change)] }),
        }
    }
    runs
}

fn line(change: &ChangePoint) -> Line<'_> {
    let against = change.against.iter().map(|one| format!(" against {one}"));
    let word = match change.word {
        Word::Faster => wording::verdict(Verdict::Faster, &change.unit),
        Word::Slower => wording::verdict(Verdict::Slower, &change.unit),
        other => other.word(),
    };
    let figure = |value: f64| format::figure(value, &change.unit);
    Line {
        cell: change.cell.clone() + &against.collect::<String>(),
        ratio: format::ratio(change.ratio),
        interval: format::ratio_interval(change.interval),
        word: format!("{word}{}", if change.latest { "" } else { ", changed again since" }),
        figures: format!("{} → {}", figure(change.before.figure), figure(change.after.figure)),
        runs: format!("{} → {}", change.before.runs, change.after.runs),
        note: &change.note,
    }
}

/// `run-13 of 2026-01-13T12:00:00Z, after run-12`, and what changed with it.
pub(crate) fn heading(first: &ChangePoint) -> (String, String) {
    let run = format!("{} of {}, after {}", first.run, first.started, first.previous);
    let changed = if first.changed.is_empty() {
        "nothing that is recorded changed with it".to_owned()
    } else {
        format!("changed with it: {}", first.changed.join("; "))
    };
    (run, changed)
}

/// `24 runs from … to …, 2 workers, 64 pool threads, 12 series`.
pub(crate) fn extent(machine: &MachineChanges) -> String {
    let runs = format::count(machine.runs.len(), "run");
    let span = match machine.runs.as_slice() {
        [first, .., last] => format!(" from {} to {}", first.started, last.started),
        [one] => format!(" of {}", one.started),
        [] => String::new(),
    };
    format!(
        "{runs}{span}, {}, {}, {} series",
        format::count(machine.workers, "worker"),
        format::count(machine.pool_threads, "pool thread"),
        machine.series
    )
}

/// That machines are told apart, where there are several.
pub(crate) fn apart(judged: &Judged) -> Option<String> {
    let machines = judged.document.machines.len();
    (machines > 1).then(|| {
        format!(
            "{machines} machines or numbers of workers, each for itself: their runs are never mixed"
        )
    })
}

/// What the gate says: `pass: 0 change points in 12 series; …`.
pub(crate) fn verdict(judged: &Judged) -> String {
    match (judged.outcome, judged.fail_on) {
        (Outcome::Pass, FailOn::Nothing) => judged.sentence(),
        (outcome, _) => format!("{}: {}", outcome.word(), judged.sentence()),
    }
}

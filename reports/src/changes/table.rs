//! The cells of each change point, run by run.

use runtime_bench_analysis::history::{ChangePoint, Judged, MachineChanges};

use crate::format;
use crate::table::Align::{Left, Right};
use crate::table::{Cell, Table};
use crate::view::wording;

/// The change points of a machine by the run that introduced them, in the document's order; no list is
/// empty.
pub(crate) fn by_run(machine: &MachineChanges) -> Vec<Vec<&ChangePoint>> {
    let mut runs: Vec<Vec<&ChangePoint>> = Vec::new();
    for change in &machine.changes {
        let same = |known: &&mut Vec<&ChangePoint>| {
            (&known[0].run, &known[0].previous) == (&change.run, &change.previous)
        };
        match runs.iter_mut().find(same) {
            Some(known) => known.push(change),
            None => runs.push(vec![change]),
        }
    }
    runs
}

/// Some change points.
pub(crate) fn table(changes: &[&ChangePoint]) -> Table {
    let mut table = Table::new(&[
        ("cell", Left),
        ("ratio", Right),
        ("95\u{a0}% interval", Right),
        ("verdict", Left),
        ("median", Left),
        ("runs", Left),
        ("note", Left),
    ]);
    for change in changes {
        table.push(cells(change));
    }
    table
}

fn cells(change: &ChangePoint) -> [Cell; 7] {
    let against = change.against.as_ref().map(|one| format!(" against {one}"));
    let since = if change.latest { "" } else { ", changed again since" };
    let figure = |value: f64| format::figure(value, &change.unit);
    [
        Cell::new(change.cell.clone() + &against.unwrap_or_default()),
        Cell::new(format::ratio(change.ratio)),
        Cell::interval(format::ratio_interval(change.interval)),
        Cell::new(format!("{}{since}", wording::change(change.word, &change.unit))),
        Cell::new(format!("{} → {}", figure(change.before.figure), figure(change.after.figure))),
        Cell::new(format!("{} → {} runs", change.before.runs, change.after.runs)),
        Cell::new(&change.note),
    ]
}

/// `run-13 of 2026-01-13T12:00:00Z, after run-12`, and what changed with it.
pub(crate) fn heading(first: &ChangePoint) -> (String, String) {
    let run = format!("{} of {}, after {}", first.run, first.started, first.previous);
    let changed = if first.changed.is_empty() {
        "no other change is recorded".to_owned()
    } else {
        format!("also changed: {}", first.changed.join("; "))
    };
    (run, changed)
}

/// `24 runs from … to …, 2 workers, 64 pool threads, 12 series`.
pub(crate) fn run_range(machine: &MachineChanges) -> String {
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

/// A note that machines are analyzed separately, if there are several.
pub(crate) fn machine_notice(judged: &Judged) -> Option<String> {
    let machines = judged.document.machines.len();
    (machines > 1)
        .then(|| format!("{machines} machines or numbers of workers, analyzed separately"))
}

/// The message of the gate: `pass: 0 change points in 12 series; …`.
pub(crate) fn verdict(judged: &Judged) -> String {
    wording::gate(judged.outcome, judged.fail_on, judged.sentence())
}

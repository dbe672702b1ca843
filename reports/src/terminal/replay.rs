//! Stored runs by the current rules, for a terminal.

use runtime_bench_analysis::analysis::ClassCounts;
use runtime_bench_analysis::format;
use runtime_bench_analysis::replay::{Counted, Document, Replay, Rounds};
use runtime_bench_results::catalog::Kind;

use super::said;
use crate::sanitize::single_line;
use crate::table::Align::{Left, Right};
use crate::table::{Cell, Table};
use crate::terminal::Detail;

/// A table per run, then the rounds that answers still need.
pub fn replay(document: &Document, detail: Detail) -> String {
    document.runs.iter().map(|run| of_run(run, detail)).collect::<Vec<_>>().join("\n")
}

fn of_run(run: &Replay, detail: Detail) -> String {
    let mut table = Table::new(&[
        ("kind", Left),
        ("settled", Right),
        ("same", Right),
        ("leaning", Right),
        ("open", Right),
        ("answered", Right),
    ]);
    table.push(["", "settled", "same", "leaning", "open", "answered"].map(Cell::new));
    for of_kind in &run.kinds {
        table.push(cells(of_kind.kind.map_or("other", Kind::title), of_kind.counted));
    }
    table.push(cells("all", run.all));
    let control = run.control;
    let mut lines = vec![
        single_line(&format!("{} ({}, {})", run.label, run.id, run.profile)),
        table.text("  "),
        format!(
            "  Self-check (A/A): {} in {}; {} passed, {} inconclusive",
            format::count(control.failed, "false alarm"),
            control.passed + control.unproven + control.failed,
            control.passed,
            control.unproven,
        ),
        format!("  {}", rounds(run.rounds)),
    ];
    lines.extend(run.answers.iter().flat_map(|answer| said(answer, detail)));
    lines.join("\n") + "\n"
}

fn cells(name: &str, counted: Counted) -> [Cell; 6] {
    let ClassCounts { settled, same, leaning, open } = counted.classes;
    let answered = counted.answered.map_or_else(String::new, format::percent);
    let [a, b, c, d] = [settled, same, leaning, open].map(|count| count.to_string());
    [name.to_owned(), a, b, c, d, answered].map(Cell::new)
}

/// `Rounds: median 60.0. Of 73 unanswered, 13 need at most as many again, 33 more than 100 times …`.
fn rounds(rounds: Rounds) -> String {
    let Some(median) = rounds.median else { return "Rounds: none".to_owned() };
    let needed = rounds.median_needed.map_or_else(String::new, |needed| {
        format!("; the others need {needed:.0} more rounds (median)")
    });
    format!(
        "Rounds: {median:.0} (median). Of {} unanswered comparisons, {} need at most as many \
         again, {} more than 100 times as many{needed}",
        rounds.unanswered, rounds.within_twice, rounds.beyond,
    )
}

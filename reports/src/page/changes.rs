//! The runs at which a cell changed, on the history page.

use maud::{Markup, html};
use runtime_bench_results::history::{Document, MachineChanges};

use crate::changes::lines::{Introduced, extent, heading, introduced};
use crate::format;
use crate::view::noise::sentence;

/// Runs that the page holds, the newest first.
const SHOWN: usize = 50;

/// Change points, and how they were found.
pub(super) fn section(found: &Document) -> Markup {
    let count: usize = found.machines.iter().map(|machine| machine.changes.len()).sum();
    html! {
        h2 #changes-title { "Change points" }
        p.finding {
            strong {
                @if count == 0 { "No change point is proven." }
                @else { (format::count(count, "change point")) "." }
            }
            " From the run that is named on, a cell costs another amount for good."
        }
        @for machine in &found.machines { (of_machine(machine)) }
        ul.remarks { @for note in &found.method { li { (sentence(note)) } } }
    }
}

fn of_machine(machine: &MachineChanges) -> Markup {
    let introduced = introduced(machine);
    let cut = introduced.len().saturating_sub(SHOWN);
    html! {
        p.prose { (sentence(&extent(machine))) }
        @for one in introduced.iter().take(SHOWN) { (of_run(one)) }
        @if cut > 0 {
            p.prose { (format::count(cut, "older run")) " with change points: " code { "runtime-bench history" } }
        }
        @if !machine.notes.is_empty() {
            ul.remarks { @for note in &machine.notes { li { (sentence(note)) } } }
        }
    }
}

fn of_run(introduced: &Introduced<'_>) -> Markup {
    let (run, changed) = heading(introduced.first);
    html! {
        h3 { (run) }
        p.prose { (sentence(&changed)) }
        div.scroll tabindex="0" role="group" aria-label={ "Change points of " (introduced.first.run) } {
            table.figures {
                thead {
                    tr {
                        @for name in ["Cell", "Ratio", "95\u{a0}% interval", "Verdict", "Median", "Runs", "Note"] {
                            th scope="col" { (name) }
                        }
                    }
                }
                tbody {
                    @for line in &introduced.lines {
                        tr {
                            th scope="row" { (line.cell) }
                            td { (line.ratio) }
                            td { (line.interval) }
                            td { (line.word) }
                            td { (line.figures) }
                            td { (line.runs) }
                            td.reason { (line.note) }
                        }
                    }
                }
            }
        }
    }
}

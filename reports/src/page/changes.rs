//! The runs at which a cell changed, on the history page.

use maud::{Markup, html};
use runtime_bench_analysis::history::{ChangePoint, Document, MachineChanges};

use crate::changes::table::{by_run, heading, run_range, table};
use crate::format;
use crate::view::noise::sentence;

/// Maximum number of runs on the page, the newest first.
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
            " The cost of the cell changed permanently at the named run."
        }
        @for machine in &found.machines { (of_machine(machine)) }
        ul.remarks { @for note in &found.method { li { (sentence(note)) } } }
    }
}

fn of_machine(machine: &MachineChanges) -> Markup {
    let runs = by_run(machine);
    let cut = runs.len().saturating_sub(SHOWN);
    html! {
        p.prose { (sentence(&run_range(machine))) }
        @for changes in runs.iter().take(SHOWN) { (of_run(changes)) }
        @if cut > 0 {
            p.prose { (format::count(cut, "older run")) " with change points: " code { "runtime-bench history" } }
        }
        @if !machine.notes.is_empty() {
            ul.remarks { @for note in &machine.notes { li { (sentence(note)) } } }
        }
    }
}

fn of_run(changes: &[&ChangePoint]) -> Markup {
    let (run, difference) = heading(changes[0]);
    html! {
        h3 { (run) }
        p.prose { (sentence(&difference)) }
        (table(changes).html(&format!("Change points of {}", changes[0].run)))
    }
}

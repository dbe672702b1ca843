//! Why runners differ: their counted evidence.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Row;
use runtime_bench_analysis::explanation::reference;
use runtime_bench_results::evidence::{Count, Event, Evidence};
use runtime_bench_results::key::CellKey;

use crate::explanation::{Explained, READING, counts, not_counted, own_counters, remarks, summary};
use crate::page::context::Page;
use crate::page::environment::quoted;
use crate::view::Group;

/// The explanations of settled rows, with every count if `detailed`; empty if no row can be explained.
pub(super) fn figure(page: Page<'_, '_>, group: &Group<'_>, detailed: bool) -> Markup {
    let columns = page.view.columns();
    let rows: Vec<&Row> = columns
        .iter()
        .filter_map(|runner| group.row(runner.name))
        .filter(|row| reference(group.source, row).is_some())
        .collect();
    let found: Vec<Explained<'_>> =
        rows.iter().filter_map(|row| explained(page, group, row)).collect();
    let evidence = evidence(page, group, &rows);
    let mut notes = not_counted(evidence.iter().copied());
    let command = rows.first().filter(|_| detailed).and_then(|row| command(group, row));
    let Some(first) = found.first().map(|one| one.explanation) else {
        return html! {
            @if evidence.is_empty() {
                @if let Some(command) = command {
                    p.why { "Why? This run collected no evidence. To explain a difference, run: " code { (command) } }
                }
            } @else if !notes.is_empty() {
                (section(group, "The times of the runners were not counted.", &remarks(notes)))
            }
        };
    };
    let is_call = |count: &Count| matches!(count.event, Event::Syscall(_));
    if notes.is_empty() && !evidence.iter().any(|one| one.counts.iter().any(is_call)) {
        notes.extend(command.map(|command| {
            format!("System calls and allocations were not counted. To count them: `{command}`")
        }));
    }
    if detailed {
        notes.extend(evidence.iter().filter_map(|one| own_counters(one)));
    }
    let scale = format!(
        "Against {}, medians of {} pairs. {READING}.",
        first.reference, first.wall.difference.processes
    );
    let label = format!("Why runners differ at {}", group.point());
    let parts = html! {
        (summary("runner", found.iter().copied()).html(&label))
        (remarks(notes))
        @if detailed { (counts(found.iter().copied())) }
    };
    section(group, &scale, &parts)
}

/// The explanation of a row.
fn explained<'v>(page: Page<'v, '_>, group: &Group<'_>, row: &'v Row) -> Option<Explained<'v>> {
    let explanation = &page.view.explanation(group, row)?.explanation;
    let ratio = row.comparison.as_ref().and_then(|comparison| comparison.ratio);
    Some(Explained { name: &row.key.runner, ratio, explanation })
}

fn section(group: &Group<'_>, scale: &str, parts: &Markup) -> Markup {
    html! {
        figure.why id={ (group.anchor) "-why" } {
            figcaption { h3 { "Why" } p.scale { (scale) } }
            (parts)
        }
    }
}

/// The evidence of some rows and of their references.
fn evidence<'v>(page: Page<'v, '_>, group: &Group<'_>, rows: &[&Row]) -> Vec<&'v Evidence> {
    let references = rows.iter().filter_map(|row| reference(group.source, row));
    let wanted: Vec<&CellKey> = rows.iter().map(|row| &row.key).chain(references).collect();
    let all = page.view.run.evidence.iter();
    all.filter(|evidence| wanted.contains(&&evidence.cell)).collect()
}

/// The command that explains a row.
fn command(group: &Group<'_>, row: &Row) -> Option<String> {
    let runners = format!("{},{}", reference(group.source, row)?.runner, row.key.runner);
    let workload = quoted(&group.source.workload);
    Some(format!("runtime-bench explain {workload} --runners {}", quoted(&runners)))
}

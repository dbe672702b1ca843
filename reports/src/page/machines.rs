//! `machines.html`: the newest run of each machine, side by side; nothing is averaged across machines.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Row;

use super::context::Page;
use super::document;
use crate::format;
use crate::view::links::Links;
use crate::view::{Group, MachineView, Runner, Workload, wording};

/// The page, seen from the first machine's site.
pub(super) fn page(sites: &[MachineView<'_>]) -> String {
    let body = html! {
        header.top {
            h1 { "Machines" }
            p.lead {
                (format::count(sites.len(), "machine")) ", the newest run of each. Figures of different machines are never averaged."
            }
        }
        ol.machines type="A" { @for site in sites { (machine(site)) } }
        (table(sites))
    };
    // The page exists only if there is a site.
    sites.first().map_or_else(String::new, |first| {
        let page = Page { view: &first.view, links: Links::Top };
        document::document(page, "machines", "Machines", &body)
    })
}

/// `A`, `B` and so on, in the order of the list of machines: `AA` follows `Z`.
fn letters(count: usize) -> impl Iterator<Item = String> {
    let letter = |place: usize| char::from(b'A' + (place % 26) as u8);
    (0..count).map(move |place| match place / 26 {
        0 => letter(place).to_string(),
        further => format!("{}{}", letter(further - 1), letter(place)),
    })
}

fn machine(site: &MachineView<'_>) -> Markup {
    let runs = format::count(site.view.machine.runs.len(), "run");
    html! {
        li {
            a href={ (site.folder) "index.html" } { (site.view.machine.label) }
            ": " (runs) ", the newest of " (super::header::moment(&site.view.run.header.started))
        }
    }
}

fn table(sites: &[MachineView<'_>]) -> Markup {
    let Some(first) = sites.first() else { return html! {} };
    let compared = first.view.compared();
    html! {
        h2 { "Each runner against the reference of its own run" }
        div.scroll tabindex="0" role="group" aria-label="Ratios by machine" {
            table.figures.verdicts {
                caption { "Each runner against the reference, with the 95% interval of the cost \
                           ratio" }
                thead {
                    tr {
                        th scope="col" { "Workload" }
                        th scope="col" { "Runner" }
                        @for letter in letters(sites.len()) { th scope="col" { "Machine " (letter) } }
                    }
                }
                @for workload in compared { (rows(sites, &first.view.runners, workload)) }
            }
        }
    }
}

/// The runners of one workload that have a figure on any machine.
fn rows(sites: &[MachineView<'_>], runners: &[Runner<'_>], workload: &Workload<'_>) -> Markup {
    let Some(main) = workload.main() else { return html! {} };
    let found = |runner: &Runner<'_>| -> Vec<Option<(&Row, &str)>> {
        sites.iter().map(|site| cell(site, main, runner.name)).collect()
    };
    let lines: Vec<_> = runners
        .iter()
        .map(|runner| (runner, found(runner)))
        .filter(|(_, cells)| cells.iter().flatten().any(|(row, _)| row.comparison.is_some()))
        .collect();
    html! {
        tbody {
            @for (place, (runner, cells)) in lines.iter().enumerate() {
                tr {
                    @if place == 0 {
                        th scope="rowgroup" rowspan=(lines.len()) {
                            (workload.title) small { (main.point()) }
                        }
                    }
                    th scope="row" { (runner.name) }
                    @for cell in cells { (ratio(*cell)) }
                }
            }
        }
    }
}

/// A runner in the same comparison on another machine, and the unit of its figures.
fn cell<'v>(
    site: &'v MachineView<'_>,
    main: &Group<'_>,
    runner: &str,
) -> Option<(&'v Row, &'v str)> {
    let groups = site.view.workloads.iter().flat_map(|workload| &workload.groups);
    let mut same = groups.filter(|group| {
        (&group.source.name, group.source.phase) == (&main.source.name, main.source.phase)
    });
    let group = same.next()?;
    Some((group.row(runner)?, group.unit()))
}

fn ratio(cell: Option<(&Row, &str)>) -> Markup {
    let Some((row, unit)) = cell else { return html! { td.none { "not planned" } } };
    html! {
        @match &row.comparison {
            Some(found) => td {
                (wording::words(found, unit))
                i { @if let Some(interval) = found.interval { "cost " (format::ratio_interval(interval)) "×" } }
            },
            None if row.is_ranked() => td { "reference" },
            None => td.none { (wording::no_result(row)) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn machine_letters_continue_after_z() {
        let all: Vec<String> = letters(28).collect();
        assert_eq!((&*all[0], &*all[25], &*all[26], &*all[27]), ("A", "Z", "AA", "AB"));
    }
}

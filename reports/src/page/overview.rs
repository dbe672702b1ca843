//! The table in shades: where each runner is strong and weak, at a glance.

use maud::{Markup, html};

use super::context::Page;
use super::figure;
use super::matrix;
use crate::ReportError;
use crate::chart::{Description, HeatCell, HeatColumn, HeatMap, HeatRow};
use crate::format;
use crate::view::tally::{Verdict, tallies};
use crate::view::{Group, Runner, Section, View, Workload};

/// The section; nothing where there is nothing to compare.
pub(super) fn section(page: Page<'_, '_>) -> Result<Markup, ReportError> {
    let map = heat_map(page.view, |workload| Some(page.links.workload(workload)));
    let about = about(page.view);
    let Some(drawn) = figure::drawing(&about, map.draw(&about))? else { return Ok(html! {}) };
    Ok(html! {
        section #glance aria-labelledby="glance-title" {
            h2 #glance-title { "Every workload at a glance" }
            figure {
                figcaption {
                    p.scale {
                        "Cost as a multiple of the cheapest of its class: the stronger the color, the costlier. ◆\u{a0}unbeaten, ·\u{a0}not\u{a0}ranked"
                    }
                    (matrix::legend())
                }
                (drawn)
            }
        }
    })
}

/// The same as a file of its own; `None` where there is nothing to compare.
pub(super) fn snapshot(view: &View<'_>) -> Result<Option<String>, ReportError> {
    let about = about(view);
    let drawn = heat_map(view, |_| None).standalone(&about);
    drawn.map_err(|error| ReportError::chart(&about.title, &error))
}

fn about(view: &View<'_>) -> Description {
    let finding = |section: &Section<'_, '_>| {
        format!("{}: {}", section.title, Verdict::of(&tallies(section, &view.runners)).headline)
    };
    let findings: Vec<String> = view.sections().iter().map(finding).collect();
    Description {
        id: "shades".to_owned(),
        title: "Cost beside the cheapest of its class".to_owned(),
        finding: format!("{}.", findings.join("; ")),
    }
}

/// A runner that is alone in its class has no place in it.
fn heat_map(view: &View<'_>, href: impl Fn(&Workload<'_>) -> Option<String>) -> HeatMap {
    let ranked = |runner: &&Runner<'_>| {
        let mut rows =
            view.compared_groups().filter_map(|group| Some((group, group.row(runner.name)?)));
        rows.any(|(group, row)| group.slowdown(row).is_some())
    };
    let runners: Vec<&Runner<'_>> = view.runners.iter().filter(ranked).collect();
    let column =
        |runner: &&Runner<'_>| HeatColumn { name: runner.name.to_owned(), series: runner.series };
    let columns = runners.iter().map(column).collect();
    let mut rows = Vec::new();
    for section in view.sections() {
        let mains = section.workloads.iter().filter_map(|one| Some((one, one.main()?)));
        rows.extend(mains.enumerate().map(|(place, (workload, group))| HeatRow {
            heading: (place == 0).then(|| section.title.to_owned()),
            name: workload.name.to_owned(),
            href: href(workload),
            cells: runners.iter().map(|runner| cell(group, runner.name)).collect(),
        }));
    }
    HeatMap { columns, rows }
}

fn cell(group: &Group<'_>, runner: &str) -> HeatCell {
    let ranked = group.row(runner).and_then(|row| Some((row, group.slowdown(row)?)));
    match ranked {
        Some((row, slowdown)) => HeatCell {
            shade: Some(matrix::shade(slowdown)),
            best: row.beaten_by.is_empty() && group.is_decided(),
            words: format::ratio(slowdown),
        },
        None => HeatCell { shade: None, best: false, words: String::new() },
    }
}

//! Every point of a workload, in ratios.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Row;

use crate::ReportError;
use crate::chart::{Bar, BarGroup, BarPlot, Description};
use crate::format;
use crate::page::context::Page;
use crate::page::figure;
use crate::table::head_with;
use crate::view::finding::Finding;
use crate::view::{Group, Workload, wording};

/// Maximum number of groups of bars; the table has all.
const DRAWN: usize = 6;

/// The chart and its table; empty for a workload with one comparison.
pub(super) fn figure(page: Page<'_, '_>, workload: &Workload<'_>) -> Result<Markup, ReportError> {
    if workload.groups.len() < 2 {
        return Ok(html! {});
    }
    let groups = workload.groups.iter().take(DRAWN).map(|group| bars(page, group)).collect();
    let about = Description {
        id: format!("{}-points", workload.slug),
        title: "Every setting against the reference".to_owned(),
        finding: finding(workload),
    };
    let hidden = workload.groups.len().saturating_sub(DRAWN);
    let more = if hidden > 0 { format!("; {hidden} more in the table") } else { String::new() };
    let scale = format!(
        "cost ÷ the reference’s cost, with its interval; left of 1× costs less{more}; lower is \
         better"
    );
    let plot = BarPlot { groups };
    figure::with_data(&about, &scale, plot.draw(&about), &table(page, workload))
}

fn bars(page: Page<'_, '_>, group: &Group<'_>) -> BarGroup {
    let bars = page.view.runners.iter().filter_map(|runner| {
        let found = group.row(runner.name)?.comparison.as_ref()?;
        Some(Bar {
            name: runner.name.to_owned(),
            series: runner.series,
            ratio: found.ratio?,
            interval: found.interval,
            words: wording::words(&group.trusted(found), group.unit()),
        })
    });
    BarGroup { name: group.point(), bars: bars.collect() }
}

/// A sentence on whether the same runners lead everywhere.
fn finding(workload: &Workload<'_>) -> String {
    let leads: Vec<String> = workload.groups.iter().map(|group| Finding::of(group).lead).collect();
    match leads.split_first() {
        Some((first, rest)) if rest.iter().all(|lead| lead == first) => {
            format!("At every setting: {first}")
        }
        _ => "The fastest runner depends on the setting.".to_owned(),
    }
}

fn table(page: Page<'_, '_>, workload: &Workload<'_>) -> Markup {
    html! {
        table.figures {
            caption { "Against the reference; below it the median of processes" }
            (head_with(&["Point"], page.view.runners.iter().map(|runner| runner.name)))
            tbody {
                @for group in &workload.groups {
                    tr {
                        th scope="row" { (group.point()) }
                        @for runner in &page.view.runners { (cell(group, group.row(runner.name))) }
                    }
                }
            }
        }
    }
}

fn cell(group: &Group<'_>, row: Option<&Row>) -> Markup {
    let figure = row.and_then(|row| Some((row, group.figure(row)?)));
    html! {
        @match figure {
            Some((row, figure)) => td {
                @match &row.comparison {
                    Some(found) => (wording::words(&group.trusted(found), &figure.unit)),
                    None => (group.uncompared()),
                }
                i { (format::figure(figure.value, &figure.unit)) }
            },
            None => td.none { (row.map_or("not planned", wording::no_result)) },
        }
    }
}

//! The headline metric of every runner that has it.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Row;

use crate::ReportError;
use crate::chart::{Description, DotPlot, DotRow, Mark, MarkStyle};
use crate::format::{self, Scale};
use crate::page::context::Page;
use crate::page::figure;
use crate::table::head;
use crate::view::finding::Finding;
use crate::view::{Group, wording};

/// The chart and its table.
pub(super) fn figure(
    page: Page<'_, '_>,
    group: &Group<'_>,
    finding: &Finding,
) -> Result<Markup, ReportError> {
    let Some(headline) = group.headline() else {
        return Ok(html! { p.empty { "No runner has a result for the headline metric." } });
    };
    let rows = page.view.runners.iter().filter_map(|runner| {
        let figure = group.figure(group.row(runner.name)?)?;
        let mark = Mark { value: figure.value, interval: figure.interval, form: MarkStyle::Filled };
        Some(DotRow {
            name: runner.name.to_owned(),
            series: runner.series,
            marks: vec![mark],
            words: format::figure(figure.value, &figure.unit),
        })
    });
    let plot = DotPlot { unit: headline.unit.clone(), rows: rows.collect(), guide: None };
    let about = Description {
        id: format!("{}-headline", group.anchor),
        title: wording::metric(&headline.name, &headline.unit),
        finding: finding.lead.clone(),
    };
    let scale = format!(
        "{}; median over processes, whiskers: 95\u{a0}% interval; {}",
        wording::unit(&headline.unit),
        wording::direction(headline.better)
    );
    figure::with_data(&about, &scale, plot.draw(&about), &table(page, group))
}

fn table(page: Page<'_, '_>, group: &Group<'_>) -> Markup {
    let rows: Vec<&Row> =
        page.view.runners.iter().filter_map(|runner| group.row(runner.name)).collect();
    html! {
        table.figures {
            caption { "Against " (group.reference().map_or("no reference", |row| &row.key.runner)) }
            (head(["Runner", "Processes", "Median", "Cost ÷ reference’s", "Verdict"]))
            tbody { @for row in rows { (table_row(group, row)) } }
        }
    }
}

fn table_row(group: &Group<'_>, row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" { (row.key.runner) }
            @match group.figure(row) {
                Some(figure) => {
                    @let scale = Scale::of(&figure.unit, figure.value);
                    td { (row.samples) }
                    td {
                        (scale.figure(figure.value))
                        i { @if let Some(interval) = figure.interval { (scale.interval(interval)) } }
                    }
                    @match &row.comparison {
                        Some(found) => {
                            td {
                                @if let Some(ratio) = found.ratio { (format::ratio(ratio)) }
                                i { @if let Some(i) = found.interval { (format::ratio_interval(i)) } }
                            }
                            td { (wording::table_verdict(found, &figure.unit)) }
                        }
                        None => {
                            td { "–" }
                            td { @if group.reference() == Some(row) { "reference" } @else { "not ranked" } }
                        }
                    }
                }
                None => td.reason colspan="4" {
                    b { (wording::no_result(row)) } ": " (wording::reason(row))
                },
            }
        }
    }
}

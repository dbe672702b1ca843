//! A runner's page: what it is, where it wins, where it loses, what it cannot do.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::{Row, Status};

use super::context::Page;
use super::document;
use crate::ReportError;
use crate::chart::{Description, DotPlot, DotRow, Mark, MarkStyle, swatch};
use crate::format;
use crate::page::figure;
use crate::table::head;
use crate::view::links::{RUNNERS, anchor};
use crate::view::{Group, Runner, Workload, wording};

/// The page.
pub(super) fn page(page: Page<'_, '_>, runner: &Runner<'_>) -> Result<String, ReportError> {
    let body = section(page, runner)?;
    Ok(document::document(page, "", runner.name, &body))
}

/// What a runner did in one workload.
struct Place<'v, 'a> {
    workload: &'v Workload<'a>,
    group: &'v Group<'a>,
    row: &'a Row,
    /// Cost ÷ that of the cheapest of its class; `None` where it is not ranked.
    slowdown: Option<f64>,
}

/// What stands on the page.
fn section(page: Page<'_, '_>, runner: &Runner<'_>) -> Result<Markup, ReportError> {
    let places: Vec<Place<'_, '_>> = page
        .view
        .compared()
        .filter_map(|workload| {
            let group = workload.main()?;
            let row = group.row(runner.name)?;
            Some(Place { workload, group, row, slowdown: group.slowdown(row) })
        })
        .collect();
    let chart = standing(page, runner, &places)?;
    Ok(html! {
        header.top id=(anchor(RUNNERS, &runner.slug)) {
            p.kicker { (wording::class(runner.class())) }
            h1 { (swatch(runner.series)) (runner.name) }
            (about(runner))
        }
        div.charts {
            section aria-labelledby="standing-title" {
                h2 #standing-title { "Where it stands" }
                (tally(&places))
                (chart)
            }
            (absent(page, &places))
        }
    })
}

/// The runner in its own words.
pub(super) fn about(runner: &Runner<'_>) -> Markup {
    let Some(info) = runner.info else {
        return html! { p.empty { "The results file does not describe this runner." } };
    };
    html! {
        @if info.title != runner.name { p.model { (info.title) } }
        dl.words {
            div { dt { "Configuration" } dd { (wording::prose(&info.configuration)) } }
            div {
                dt { "Packages" }
                dd {
                    @if info.packages.is_empty() { "none: the standard library" }
                    @for (place, (name, version)) in info.packages.iter().enumerate() {
                        @if place > 0 { ", " }
                        (name) "\u{a0}" (version)
                    }
                }
            }
        }
        @if !info.notes.is_empty() { ul.remarks { @for note in &info.notes { li { (wording::prose(note)) } } } }
    }
}

fn tally(places: &[Place<'_, '_>]) -> Markup {
    let ranked: Vec<&Place<'_, '_>> =
        places.iter().filter(|place| place.group.judges(place.row)).collect();
    let titles = |is: &dyn Fn(&Row) -> bool| -> Vec<&str> {
        ranked.iter().filter(|place| is(place.row)).map(|place| place.workload.title).collect()
    };
    let (best, unbeaten) = (titles(&|row| row.best), titles(&|row| row.beaten_by.is_empty()));
    html! {
        @if ranked.is_empty() {
            p.finding { "Nothing in this run ranks it against a runner of its class." }
        } @else {
            p.finding {
                strong {
                    "Unbeaten in " (unbeaten.len()) " of "
                    (format::count(ranked.len(), "workload")) " that rank it."
                }
                @if !best.is_empty() { " Proven best in: " (format::list(&best)) "." }
            }
        }
    }
}

/// Its cost beside the cheapest of its class, workload by workload, the best places first.
fn standing(
    page: Page<'_, '_>,
    runner: &Runner<'_>,
    places: &[Place<'_, '_>],
) -> Result<Markup, ReportError> {
    let mut ranked: Vec<(&Place<'_, '_>, f64)> =
        places.iter().filter_map(|place| Some((place, place.slowdown?))).collect();
    if ranked.is_empty() {
        return Ok(html! {});
    }
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
    let rows = ranked.iter().map(|(place, slowdown)| DotRow {
        name: place.workload.name.to_owned(),
        series: runner.series,
        marks: vec![Mark {
            value: *slowdown,
            interval: None,
            form: if place.row.beaten_by.is_empty() {
                MarkStyle::Filled
            } else {
                MarkStyle::Hollow
            },
        }],
        words: format::ratio(*slowdown),
    });
    let plot = DotPlot { unit: "×".to_owned(), rows: rows.collect(), guide: None };
    let about = Description {
        id: format!("{}-standing", anchor(RUNNERS, &runner.slug)),
        title: "Cost beside the cheapest of its class".to_owned(),
        finding: finding(&ranked),
    };
    let scale = "median cost ÷ the least median cost of its class; 1 is the best; outlined: proven to \
                 cost more than another; lower is better";
    figure::with_data(&about, scale, plot.draw(&about), &table(page, &ranked))
}

fn finding(ranked: &[(&Place<'_, '_>, f64)]) -> String {
    let (Some((near, least)), Some((far, most))) = (ranked.first(), ranked.last()) else {
        return String::new();
    };
    format!(
        "Nearest to the best: {} ({}). Farthest from it: {} ({}).",
        near.workload.title,
        format::ratio(*least),
        far.workload.title,
        format::ratio(*most)
    )
}

fn table(page: Page<'_, '_>, ranked: &[(&Place<'_, '_>, f64)]) -> Markup {
    html! {
        table.figures {
            caption { "Figures of each workload’s first comparison" }
            (head(["Workload", "Median", "Cost ÷ the best’s", "Against the reference"]))
            tbody {
                @for (place, slowdown) in ranked {
                    tr {
                        th scope="row" {
                            a href=(page.links.workload(place.workload)) { (place.workload.title) }
                        }
                        td {
                            @if let Some(figure) = place.group.figure(place.row) {
                                (format::figure(figure.value, &figure.unit))
                            }
                        }
                        td { (format::ratio(*slowdown)) }
                        td {
                            @match &place.row.comparison {
                                Some(found) => (wording::table_verdict(found, place.group.unit())),
                                None => "reference",
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The workloads without a figure, and why.
fn absent(page: Page<'_, '_>, places: &[Place<'_, '_>]) -> Markup {
    let absent: Vec<&Place<'_, '_>> =
        places.iter().filter(|place| place.row.status != Status::Measured).collect();
    html! {
        @if !absent.is_empty() {
            section aria-labelledby="absent-title" {
                h2 #absent-title { "Without a figure" }
                dl.words {
                    @for place in absent {
                        div {
                            dt {
                                a href=(page.links.workload(place.workload)) { (place.workload.title) }
                            }
                            dd { b { (wording::no_result(place.row)) } ": " (wording::reason(place.row)) }
                        }
                    }
                }
            }
        }
    }
}

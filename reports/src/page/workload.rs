//! A section per workload: what it models, how it is checked, its comparisons in charts and tables.

use maud::{Markup, html};
use runtime_bench_results::analysis::Row;
use runtime_bench_results::trial::metric;

use super::{figures, tails};
use crate::ReportError;
use crate::chart::{Description, DotPlot, DotRow, Form, Mark};
use crate::format;
use crate::view::finding::Finding;
use crate::view::{Group, View, Workload, noise, wording};

/// Every workload that compares runners, by kind.
pub(super) fn sections(view: &View<'_>) -> Result<Markup, ReportError> {
    let mut kinds: Vec<Markup> = Vec::new();
    for section in view.sections() {
        let workloads: Result<Vec<Markup>, ReportError> =
            section.workloads.iter().map(|one| workload(view, one)).collect();
        let workloads = workloads?;
        kinds.push(html! {
            p.kicker { (section.title) }
            @for workload in workloads { (workload) }
        });
    }
    Ok(html! {
        section #workloads aria-labelledby="workloads-title" {
            h2 #workloads-title { "Workloads" }
            @for kind in kinds { (kind) }
        }
    })
}

fn workload(view: &View<'_>, workload: &Workload<'_>) -> Result<Markup, ReportError> {
    let comparisons: Result<Vec<Markup>, ReportError> =
        workload.groups.iter().map(|group| comparison(view, group)).collect();
    let comparisons = comparisons?;
    Ok(html! {
        section.workload id=(workload.anchor) {
            h3 { (workload.title) }
            (about(workload))
            @for comparison in comparisons { (comparison) }
        }
    })
}

/// The workload in its own words.
pub(super) fn about(workload: &Workload<'_>) -> Markup {
    html! {
        @match workload.info {
            Some(info) => {
                p.model { (info.model) }
                p.check { b { "Checked: " } (info.check) }
                @if !info.notes.is_empty() {
                    ul.remarks { @for note in &info.notes { li { (note) } } }
                }
            }
            None => p.empty { "The results file does not describe this workload." }
        }
    }
}

fn comparison(view: &View<'_>, group: &Group<'_>) -> Result<Markup, ReportError> {
    let finding = Finding::of(group);
    let headline = headline_chart(view, group, &finding)?;
    let time = time_chart(view, group)?;
    Ok(html! {
        section.comparison id=(group.anchor) {
            h4 { (group.point()) }
            p.finding {
                strong { (finding.lead) }
                @if let Some(detail) = &finding.detail { " " (detail) }
            }
            (beside(group))
            div.charts { (headline) (time) }
            (missing(view, group))
            @if group.source.rows.iter().any(|row| !row.metrics.is_empty()) {
                details.data {
                    summary { "All figures" }
                    (figures::table(view, group))
                    (tails::table(view, group))
                }
            }
        }
    })
}

/// What went on beside the trials, where it matters.
fn beside(group: &Group<'_>) -> Markup {
    let source = group.source;
    let notes =
        [noise::crowded(&source.noise), noise::dropped(source), noise::client_bound(source)];
    html! {
        @for note in notes.into_iter().flatten() {
            p.beside { b { "Beside it: " } (noise::sentence(&note)) }
        }
    }
}

/// The headline metric of every runner that has it.
fn headline_chart(
    view: &View<'_>,
    group: &Group<'_>,
    finding: &Finding,
) -> Result<Markup, ReportError> {
    let Some(headline) = group.headline() else {
        return Ok(html! { p.empty { "No runner has a figure of the headline metric." } });
    };
    let rows = view.runners.iter().filter_map(|runner| {
        let figure = group.figure(group.row(runner.name)?)?;
        Some(DotRow {
            name: runner.name.to_owned(),
            series: runner.series,
            marks: vec![Mark {
                value: figure.value,
                interval: figure.interval,
                form: Form::Filled,
            }],
            words: format::figure(figure.value, &figure.unit),
        })
    });
    let plot = DotPlot { unit: headline.unit.clone(), rows: rows.collect() };
    let direction = wording::direction(headline.better);
    let about = Description {
        id: format!("{}-headline", group.anchor),
        title: format!("{} of {}, {}", headline.name, group.title, group.point()),
        finding: finding.to_string(),
    };
    let caption = html! {
        b { (headline.name) } ", " (direction)
        span.point { "Median over processes; whiskers: 95\u{a0}% interval." }
    };
    figure(&plot, &about, &caption)
}

/// CPU time beside wall time.
fn time_chart(view: &View<'_>, group: &Group<'_>) -> Result<Markup, ReportError> {
    let rows: Vec<DotRow> = view
        .runners
        .iter()
        .filter_map(|runner| {
            let row = group.row(runner.name)?;
            let (wall, cpu) = (row.metric(metric::WALL)?, row.metric(metric::CPU)?);
            let mark = |value, form| Mark { value, interval: None, form };
            Some(DotRow {
                name: runner.name.to_owned(),
                series: runner.series,
                marks: vec![mark(wall.value, Form::Filled), mark(cpu.value, Form::Hollow)],
                words: cpu_per_wall(row).unwrap_or_else(|| "no ratio".to_owned()),
            })
        })
        .collect();
    if rows.is_empty() {
        return Ok(html! {});
    }
    let shares: Vec<String> =
        rows.iter().map(|row| format!("{}: {}", row.name, row.words)).collect();
    let about = Description {
        id: format!("{}-time", group.anchor),
        title: format!("CPU time beside wall time of {}, {}", group.title, group.point()),
        finding: format!("CPU time as a multiple of wall time. {}.", shares.join("; ")),
    };
    let caption = html! {
        b { "CPU time beside wall time" } ", per iteration"
        span.point { "Filled: wall. Outlined: CPU of all threads. Right: CPU ÷ wall." }
    };
    figure(&DotPlot { unit: "ns".to_owned(), rows }, &about, &caption)
}

/// How many cores' worth of time a row used.
fn cpu_per_wall(row: &Row) -> Option<String> {
    let (wall, cpu) = (row.metric(metric::WALL)?.value, row.metric(metric::CPU)?.value);
    let share = cpu / wall;
    (wall > 0.0 && share.is_finite()).then(|| format::ratio(share))
}

fn figure(plot: &DotPlot, about: &Description, caption: &Markup) -> Result<Markup, ReportError> {
    let drawn = plot.draw(about).map_err(|error| ReportError::Chart {
        chart: about.title.clone(),
        reason: error.to_string(),
    })?;
    Ok(html! {
        figure {
            figcaption { (caption) }
            @match drawn {
                Some(svg) => section.scroll tabindex="0" aria-label=(about.title) {
                    (svg)
                },
                None => p.empty { "Not drawable: no figure is finite." },
            }
        }
    })
}

/// The runners without a figure and why; those with the same reason stand together.
fn missing(view: &View<'_>, group: &Group<'_>) -> Markup {
    let rows = view.runners.iter().filter_map(|runner| group.row(runner.name));
    let mut reasons: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for row in rows.filter(|row| group.figure(row).is_none()) {
        let (word, reason) = (wording::no_figure(row), wording::reason(row));
        let runner = row.key.runner.as_str();
        match reasons.iter_mut().find(|known| (known.0, known.1) == (word, reason)) {
            Some((_, _, runners)) => runners.push(runner),
            None => reasons.push((word, reason, vec![runner])),
        }
    }
    html! {
        @if !reasons.is_empty() {
            dl.missing {
                @for (word, reason, runners) in reasons {
                    div {
                        dt { (format::list(&runners)) }
                        dd { b { (word) } ": " (reason) }
                    }
                }
            }
        }
    }
}

//! A workload's page: what it models, how it is checked, its comparisons in charts and tables.

mod headline;
mod memory;
mod points;
mod scaling;
mod spread;
mod tail;
mod time;
mod trend;

use maud::{Markup, html};

use super::context::Page;
use super::{claims, document, glossary, metrics};
use crate::ReportError;
use crate::format;
use crate::view::finding::Finding;
use crate::view::{Group, Workload, noise, wording};

/// Comparisons that are drawn; those beyond have only their finding and their figures.
const DRAWN: usize = 6;

/// The page.
pub(super) fn page(page: Page<'_, '_>, workload: &Workload<'_>) -> Result<String, ReportError> {
    let mut comparisons: Vec<Markup> = Vec::new();
    for (place, group) in workload.groups.iter().enumerate() {
        comparisons.push(match place {
            0 => full(page, group)?,
            1..DRAWN => brief(page, group)?,
            _ => comparison(page, group, &Finding::of(group), &html! {}),
        });
    }
    let mut along = vec![points::figure(page, workload)?];
    along.extend(scaling::figures(page, workload)?);
    along.push(trend::figure(page, workload)?);
    let body = html! {
        header.top {
            p.kicker { (workload.kind().map_or("Other", |kind| kind.title())) }
            h1 { (workload.title) }
            (about(workload))
            (related(page, workload))
        }
        @for (place, comparison) in comparisons.iter().enumerate() {
            (comparison)
            @if place == 0 { div.charts { @for chart in &along { (chart) } } }
        }
    };
    Ok(document::document(page, "", workload.title, &body))
}

/// The workload in its own words.
pub(super) fn about(workload: &Workload<'_>) -> Markup {
    html! {
        @match workload.info {
            Some(info) => {
                p.model { (wording::prose(&info.model)) }
                details.about {
                    summary { "How it is checked, and what to know" }
                    p.check { b { "Checked: " } (wording::prose(&info.check)) }
                    @if !info.notes.is_empty() {
                        ul.remarks { @for note in &info.notes { li { (wording::prose(note)) } } }
                    }
                }
            }
            None => p.empty { "The results file does not describe this workload." }
        }
    }
}

/// What else the site has to do with it: claims that it is evidence for, and words that it uses.
pub(super) fn related(page: Page<'_, '_>, workload: &Workload<'_>) -> Markup {
    let texts = workload.info.map_or_else(Vec::new, |info| {
        let words = [&info.title, &info.model, &info.check].into_iter().chain(&info.notes);
        words.map(String::as_str).collect()
    });
    html! {
        (claims::of_workload(page, workload))
        (glossary::words(page, &texts))
    }
}

/// A comparison in every chart that its figures allow.
fn full(page: Page<'_, '_>, group: &Group<'_>) -> Result<Markup, ReportError> {
    let finding = Finding::of(group);
    let charts = [
        headline::figure(page, group, &finding)?,
        time::figure(page, group)?,
        tail::figure(page, group)?,
        spread::figure(page, group)?,
        memory::figure(page, group)?,
    ];
    Ok(comparison(page, group, &finding, &html! { @for chart in &charts { (chart) } }))
}

/// A comparison in one chart.
pub(super) fn brief(page: Page<'_, '_>, group: &Group<'_>) -> Result<Markup, ReportError> {
    let finding = Finding::of(group);
    let chart = headline::figure(page, group, &finding)?;
    Ok(comparison(page, group, &finding, &chart))
}

fn comparison(page: Page<'_, '_>, group: &Group<'_>, finding: &Finding, charts: &Markup) -> Markup {
    html! {
        section.comparison id=(group.anchor) aria-label={ (group.title) ", " (group.point()) } {
            h2 { (group.point()) }
            p.finding {
                strong { (finding.lead) }
                @if let Some(detail) = &finding.detail { " " (detail) }
            }
            (cautions(group))
            div.charts { (charts) }
            (missing(page, group))
            @if group.source.rows.iter().any(|row| !row.metrics.is_empty()) {
                details.data {
                    summary { "Every metric" }
                    (metrics::table(page.view, group))
                }
            }
        }
    }
}

/// What went on beside the trials, where it matters.
fn cautions(group: &Group<'_>) -> Markup {
    let source = group.source;
    let notes = [
        noise::control(source),
        noise::busy_cores(&source.noise),
        noise::loaded(&source.noise),
        noise::dropped(source),
        noise::client_bound(source),
    ];
    html! {
        @for note in notes.into_iter().flatten() {
            p.beside { b { "Caution: " } (noise::sentence(&note)) }
        }
    }
}

/// The runners without a figure and why; those with the same reason stand together.
fn missing(page: Page<'_, '_>, group: &Group<'_>) -> Markup {
    let rows = page.view.runners.iter().filter_map(|runner| group.row(runner.name));
    let mut reasons: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for row in rows.filter(|row| group.figure(row).is_none()) {
        let (word, reason) = (wording::no_result(row), wording::reason(row));
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

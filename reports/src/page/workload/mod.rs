//! A workload's page: its model, its check, and its comparisons in charts and tables.

mod points;
mod result;
mod scaling;
mod spread;
mod tail;
mod trend;
mod why;

use maud::{Markup, html};
use runtime_bench_results::catalog::Kind;

use super::context::Page;
use super::{claims, document, glossary, metrics};
use crate::ReportError;
use crate::view::finding::Finding;
use crate::view::{Group, Workload, noise, wording};

/// The page.
pub(super) fn page(page: Page<'_, '_>, workload: &Workload<'_>) -> Result<String, ReportError> {
    let mut comparisons: Vec<Markup> = Vec::new();
    for (place, group) in workload.groups.iter().enumerate() {
        comparisons.push(if place == 0 { full(page, group)? } else { brief(page, group) });
    }
    let mut along = vec![points::figure(page, workload)?];
    along.extend(scaling::figures(page, workload)?);
    along.push(trend::figure(page, workload)?);
    let body = html! {
        header.top {
            p.kicker { (workload.kind().map_or("Other", Kind::title)) }
            h1 { (workload.title) }
            (about(workload))
            (related(page, workload))
        }
        (siblings(page, workload))
        @for (place, comparison) in comparisons.iter().enumerate() {
            (comparison)
            @if place == 0 { div.charts { @for chart in &along { (chart) } } }
        }
    };
    Ok(document::document(page, "", workload.title, &body))
}

/// The description of the workload.
pub(super) fn about(workload: &Workload<'_>) -> Markup {
    html! {
        @match workload.info {
            Some(info) => {
                p.model { (wording::prose(&info.model)) }
                (suites(workload))
                details.about {
                    summary { "Method and caveats" }
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

/// The suites that it belongs to.
fn suites(workload: &Workload<'_>) -> Markup {
    html! {
        @if !workload.suites.is_empty() {
            p.suites {
                @if workload.suites.len() == 1 { "Suite: " } @else { "Suites: " }
                @for (place, suite) in workload.suites.iter().enumerate() {
                    @if place > 0 { ", " }
                    span title=(suite.purpose) { (suite.name) }
                }
            }
        }
    }
}

/// Links to related parts of the site: claims that use the workload, and terms in its description.
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

/// A comparison with all charts that its figures allow.
fn full(page: Page<'_, '_>, group: &Group<'_>) -> Result<Markup, ReportError> {
    if group.source.is_check() {
        return Ok(brief(page, group));
    }
    let charts = [tail::figure(page, group)?, spread::figure(page, group)?];
    let why = why::figure(page, group, true);
    Ok(comparison(page, group, &why, &html! { @for chart in &charts { (chart) } }))
}

/// A comparison with only its result.
pub(super) fn brief(page: Page<'_, '_>, group: &Group<'_>) -> Markup {
    comparison(page, group, &why::figure(page, group, false), &html! {})
}

fn comparison(page: Page<'_, '_>, group: &Group<'_>, why: &Markup, charts: &Markup) -> Markup {
    let finding = Finding::of(group);
    html! {
        section.comparison id=(group.anchor) aria-label={ (group.title) ", " (group.point()) } {
            h2 { (group.point()) }
            p.finding {
                strong { (finding.lead) }
                @if let Some(detail) = &finding.detail { " " (detail) }
            }
            (cautions(group))
            (result::figure(page, group))
            (why)
            div.charts { (charts) }
            @if group.source.rows.iter().any(|row| !row.metrics.is_empty()) {
                details.data {
                    summary { "Every metric" }
                    (metrics::table(page.view, group))
                }
            }
        }
    }
}

/// The other workloads of its topic, and the ones before and after it in the table.
fn siblings(page: Page<'_, '_>, workload: &Workload<'_>) -> Markup {
    let sections = page.view.sections();
    let all: Vec<&Workload<'_>> =
        sections.iter().flat_map(|section| section.workloads.iter().copied()).collect();
    let Some(place) = all.iter().position(|one| one.name == workload.name) else {
        return html! {};
    };
    let before = place.checked_sub(1).and_then(|place| all.get(place));
    let own = sections
        .iter()
        .find(|section| section.workloads.iter().any(|one| one.name == workload.name));
    let link = |one: &Workload<'_>, rel: Option<&str>, words: String| {
        html! { a href=(page.links.workload(one)) rel=[rel] { (words) } }
    };
    html! {
        nav.siblings aria-label="Other workloads" {
            @if let Some(one) = before { span { (link(one, Some("prev"), format!("← {}", one.title))) } }
            @if let Some(own) = own {
                span {
                    (own.title) ": "
                    @for (place, one) in own.workloads.iter().enumerate() {
                        @if place > 0 { " · " }
                        @if one.name == workload.name { b { (one.title) } }
                        @else { (link(one, None, one.title.to_owned())) }
                    }
                }
            }
            @if let Some(one) = all.get(place + 1) { span { (link(one, Some("next"), format!("{} →", one.title))) } }
        }
    }
}

/// Disturbances of the trials, if relevant.
fn cautions(group: &Group<'_>) -> Markup {
    let source = group.source;
    let notes = [
        noise::control(source),
        noise::busy_cores(&source.noise),
        noise::loaded(&source.noise),
        noise::dropped(source),
    ];
    html! {
        @for note in notes.into_iter().flatten() {
            p.beside { b { "Caution: " } (noise::sentence(&note)) }
        }
    }
}

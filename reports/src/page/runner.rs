//! A runner's page: its description, and every workload point against the reference.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::ClassCounts;

use super::cell::Content;
use super::context::Page;
use super::document;
use crate::chart::swatch;
use crate::format;
use crate::view::links::{RUNNERS, anchor};
use crate::view::{Group, Runner, wording};

/// The page.
pub(super) fn page(page: Page<'_, '_>, runner: &Runner<'_>) -> String {
    document::document(page, "", runner.name, &section(page, runner))
}

/// The content of the page.
fn section(page: Page<'_, '_>, runner: &Runner<'_>) -> Markup {
    let reference = &page.view.run.header.plan.reference;
    html! {
        header.top id=(anchor(RUNNERS, &runner.slug)) {
            p.kicker { (wording::capital(wording::class(runner.class()))) }
            h1 { (swatch(runner.series)) (runner.name) @if runner.is_discontinued() { " †" } }
            @if let Some(why) = runner.discontinued() { p { "† Not recommended: " (why) "." } }
            (about(runner))
        }
        section aria-labelledby="results-title" {
            h2 #results-title {
                @if runner.name == reference { "The reference of this run" }
                @else { "Against " (reference) }
            }
            p.finding { (counts(page, runner)) }
            (table(page, runner))
        }
    }
}

/// The description of the runner.
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

/// The number of its settled and open comparisons.
fn counts(page: Page<'_, '_>, runner: &Runner<'_>) -> String {
    let found = page.view.compared_groups().filter_map(|group| {
        let row = group.row(runner.name).filter(|row| row.is_ranked())?;
        row.comparison.as_ref().map(|found| group.trusted(found))
    });
    let counts = ClassCounts::of(&found.collect::<Vec<_>>());
    if counts.total() == 0 { String::new() } else { wording::counts(&counts) + "." }
}

fn table(page: Page<'_, '_>, runner: &Runner<'_>) -> Markup {
    let sections = page.view.sections();
    html! {
        table.matrix.single {
            caption.hidden { "Results of " (runner.name) }
            thead {
                tr {
                    th scope="col" { "Workload" }
                    th scope="col" { "Result" }
                    th scope="col" { "Figure" }
                    th scope="col" { "Why there is no result" }
                }
            }
            @for section in &sections {
                tbody {
                    tr.topic { th scope="rowgroup" colspan="4" { (section.title) } }
                    @for workload in &section.workloads {
                        @for group in &workload.groups {
                            tr {
                                th scope="row" {
                                    a href=(page.links.group(workload, group)) { (workload.title) }
                                    @if workload.groups.len() > 1 { " " small { (group.setting(&workload.groups)) } }
                                }
                                (cells(group, runner))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cells(group: &Group<'_>, runner: &Runner<'_>) -> Markup {
    let row = group.row(runner.name);
    let content = Content::of(group, row);
    let ranked = row.filter(|_| !group.source.is_check());
    let figure = ranked.and_then(|row| group.figure(row));
    html! {
        (content.markup(runner.name, group.unit()))
        td { @if let Some(figure) = figure { (format::figure(figure.value, &figure.unit)) } }
        td.reason {
            @match &content {
                Content::Empty(word, why) => { (word) ": " (why) }
                Content::Checked(false, why) => (why),
                _ => {}
            }
        }
    }
}

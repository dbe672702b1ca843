//! "Which runtime for me?": a form, and a ranking that shows how it came about.
//!
//! What can be computed is computed here: the script only weighs and sorts.

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use super::context::Page;
use crate::ReportError;
use crate::format::rounded;
use crate::table::head_with;
use crate::view::priority::{Priority, ratios};
use crate::view::weights::{SIZES, Sized, weights};
use crate::view::{Group, View, Workload, wording};

/// What the script reads.
#[derive(Serialize)]
struct Data<'a> {
    runners: Vec<&'a str>,
    /// Heading and places of the runners of each class.
    classes: Vec<(&'static str, Vec<usize>)>,
    rows: Vec<Line>,
}

/// A comparison, as an array.
#[derive(Serialize)]
struct Line(
    /// The word for its kind.
    &'static str,
    /// Its weight for each of [`SIZES`].
    [f64; SIZES.len()],
    /// For each [`Priority`] the ratio of each runner, 0 for one that was not compared; `None` where
    /// none were.
    [Option<Vec<f64>>; Priority::ALL.len()],
);

/// The section; nothing where nothing was compared.
pub(super) fn section(page: Page<'_, '_>) -> Result<Markup, ReportError> {
    let view = page.view;
    let all = compared(view);
    if all.is_empty() || view.runners.is_empty() {
        return Ok(html! {});
    }
    let data = json(view, &all)?;
    Ok(html! {
        section aria-labelledby="chooser-title" {
            h2 #chooser-title { "Which runtime for me?" }
            p data-scripted {
                "A form that weighs the comparisons for your kind of work stands here where scripts "
                "are on. The table below has all that it would use."
            }
            div data-scripted hidden {
                (form(view))
                (ranks(view))
                (reasons(page, &all))
            }
            script #chooser-data type="application/json" { (PreEscaped(data)) }
        }
    })
}

/// A comparison, and where it belongs.
struct Compared<'v, 'a> {
    kind: &'static str,
    workload: &'v Workload<'a>,
    group: &'v Group<'a>,
}

/// Every comparison, kind by kind.
fn compared<'v, 'a>(view: &'v View<'a>) -> Vec<Compared<'v, 'a>> {
    let mut all = Vec::new();
    for section in view.sections() {
        for workload in section.workloads {
            let groups = workload.groups.iter();
            all.extend(groups.map(|group| Compared { kind: section.slug, workload, group }));
        }
    }
    all
}

fn json(view: &View<'_>, all: &[Compared<'_, '_>]) -> Result<String, ReportError> {
    let sized: Vec<Sized<'_>> = all.iter().map(|one| Sized::of(one.group)).collect();
    let rows = all.iter().zip(weights(&sized)).map(|(one, weights)| {
        let of = |priority| {
            let ratios = ratios(one.group, &view.runners, priority)?;
            Some(ratios.into_iter().map(rounded).collect())
        };
        Line(one.kind, weights.map(rounded), Priority::ALL.map(of))
    });
    let runners = view.runners.iter().map(|runner| runner.name).collect();
    let data = Data { runners, classes: ranked(view), rows: rows.collect() };
    let text = serde_json::to_string(&data).map_err(|error| ReportError::encode("JSON", &error))?;
    // Otherwise a name could end the element.
    Ok(text.replace('<', "\\u003c"))
}

/// Heading and places of the runners of each class in which there is somebody to rank.
fn ranked(view: &View<'_>) -> Vec<(&'static str, Vec<usize>)> {
    let mut places = 0..;
    let classes = view.classes().into_iter().map(|(class, members)| {
        (wording::class(class), places.by_ref().take(members.len()).collect::<Vec<usize>>())
    });
    classes.filter(|(_, members)| members.len() > 1).collect()
}

fn form(view: &View<'_>) -> Markup {
    html! {
        form #chooser method="dialog" aria-label="Your work" {
            label {
                "Kind of work "
                select name="work" {
                    option value="all" { "all kinds" }
                    @for section in view.sections() {
                        option value=(section.slug) { (section.title) }
                    }
                }
            }
            label {
                "Tasks at a time "
                select name="tasks" {
                    @for (value, text, _) in SIZES { option value=(value) { (text) } }
                }
            }
            label {
                "What matters "
                select name="aim" {
                    @for priority in Priority::ALL { option value=(priority.key()) { (priority.words()) } }
                }
            }
            output name="chosen" {}
        }
    }
}

/// A list for each class, which the script fills: runners of different classes are never ranked
/// against each other.
fn ranks(view: &View<'_>) -> Markup {
    html! {
        p.fine {
            "This describes the comparisons below and proves nothing: look at those that resemble "
            "your work. A runner that is alone in its class is not ranked."
        }
        div.ranks {
            @for (place, (class, members)) in ranked(view).iter().enumerate() {
                div {
                    h3 { (class) }
                    ul id=(format!("rank-{place}")) { @for _ in members { li {} } }
                }
            }
        }
    }
}

/// Every comparison; the script hides those that do not count and fills the others in.
fn reasons(page: Page<'_, '_>, all: &[Compared<'_, '_>]) -> Markup {
    html! {
        details {
            summary { "What counted, and with which weight" }
            p.prose {
                "A figure above is the weighted geometric mean of the ratios below: cost ÷ the least cost "
                "of the same class. Of each workload the comparisons nearest in number of tasks "
                "count, a factor of ten away by half; one that has no such number counts as that "
                "far away. A runner is ranked where it was measured in half of the weight or more. "
                "Comparisons whose noise control failed, and runners whose load generator was at "
                "its limit, are left out."
            }
            section.scroll tabindex="0" aria-label="What counted" {
                table #reasons {
                    caption { "Cost ÷ the least cost of the same class" }
                    (head_with(&["Comparison", "Weight"], page.view.runners.iter().map(|runner| runner.name)))
                    tbody { @for one in all { (reason(page, one)) } }
                }
            }
        }
    }
}

fn reason(page: Page<'_, '_>, one: &Compared<'_, '_>) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href=(page.links.workload(one.workload)) { (one.workload.title) }
                small { (one.group.point()) }
            }
            td {}
            @for _ in &page.view.runners { td {} }
        }
    }
}

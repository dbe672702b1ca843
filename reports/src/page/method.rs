//! How it was measured, what the words mean, what the measuring itself costs.

use maud::{Markup, html};

use super::context::Page;
use super::{document, environment, metrics, phases, shards, workload};
use crate::view::{View, Workload};

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> String {
    document::document(page, "method", "Method", &section(page))
}

/// What stands on the page.
pub(super) fn section(page: Page<'_, '_>) -> Markup {
    let view = page.view;
    let calibrations: Vec<&Workload<'_>> = view.calibrations().collect();
    html! {
        section #method aria-labelledby="method-title" {
            header.top { h1 #method-title { "Method" } }
            div.prose {
                (measuring(view))
                (comparing(view))
            }
            h2 { "What the words mean" }
            (words())
            h2 { "What it cannot tell" }
            (limits())
            h2 { "Where the time went" }
            div.prose { p { (phases::sentence(view.run)) } }
            @if !calibrations.is_empty() {
                h2 { "What measuring costs" }
                @for calibration in calibrations { (cost(view, calibration)) }
            }
            (environment::section(view))
            (shards::section(view.run))
            h2 { "Measure it again" }
            p.command { code { (environment::command_line(view.run)) } }
            div.prose {
                p {
                    "The same results file gives the same pages, byte for byte. Another run, even on "
                    "the same machine, differs by somewhat more than the intervals of one run say."
                }
            }
        }
    }
}

const LIMITS: [&str; 5] = [
    "One machine is one machine: a ratio that holds here may not hold on other processors, kernels or \
     core counts.",
    "Load generators run on the same machine as the servers. Where the generator is what was measured, the row \
     says client-bound and is not ranked.",
    "No interval covers what differs between two runs: the layout of memory, the phase of the machine, its \
     neighbours.",
    "A workload is a model. What a program does besides, its caches, its allocator, its locks, is not in it.",
    "Runtimes are set to the same number of workers. Some have other defaults; the runners say theirs.",
];

fn limits() -> Markup {
    html! { ul.prose { @for limit in LIMITS { li { (limit) } } } }
}

fn measuring(view: &View<'_>) -> Markup {
    let plan = &view.run.header.plan;
    html! {
        p {
            b { "One process per trial. " }
            "Each trial is a fresh process with one fresh instance of one runner. It prepares "
            "outside the clock, warms up, measures one block, verifies the answer and ends. "
            "A wrong answer, a crash or a time-out is a failed cell, never a figure."
        }
        p {
            b { "Random rounds. " }
            "A round holds every runner of a comparison once, in an order drawn anew from seed "
            (plan.seed) ". Runners with a number of workers have " (plan.workers)
            "; how each is set up stands on its page."
        }
        p {
            b { "The reference against itself. " }
            "The reference, " (plan.reference) ", stands in each round twice. Whatever the two "
            "differ by is the noise of this run; a control passes when they are proven alike "
            "within 3\u{a0}%."
        }
    }
}

fn comparing(view: &View<'_>) -> Markup {
    html! {
        p {
            b { "Paired ratios. " }
            "A runner is compared with the reference within the same round: cost ÷ cost, where "
            "cost is the headline metric, or its inverse where more is better. 1.12× is 12\u{a0}% "
            "more cost than the reference. The median of these ratios is shown with its sign "
            "interval, which assumes no distribution"
            @if let Some(level) = confidence(view) { ", at " (level) " confidence" }
            ": the error level of a workload is divided among its comparisons. The interval "
            "beside a single figure is at 95\u{a0}%; fewer than 6 processes give none."
        }
        p {
            b { "CPU time beside wall time. " }
            "Wall time says how long a caller waits; CPU time of all threads says what it costs. "
            "On a busy machine CPU time is the steadier of the two."
        }
    }
}

/// The confidence of the comparisons, from the least to the most strict.
fn confidence(view: &View<'_>) -> Option<String> {
    let rows = view.analysis.groups.iter().flat_map(|group| &group.rows);
    let levels = rows.filter_map(|row| row.comparison.as_ref()).map(|comparison| comparison.level);
    let levels: Vec<f64> = levels.filter(|level| level.is_finite()).collect();
    let (low, high) = (
        levels.iter().copied().min_by(f64::total_cmp)?,
        levels.iter().copied().max_by(f64::total_cmp)?,
    );
    let text = |level: f64| format!("{:.3}\u{a0}%", (1.0 - level) * 100.0);
    if low.total_cmp(&high).is_eq() {
        return Some(text(low));
    }
    Some(format!("{} to {}", text(high), text(low)))
}

const WORDS: [(&str, &str); 9] = [
    (
        "faster, slower",
        "The whole interval lies more than 1\u{a0}% beyond equal cost, and the mean agrees.",
    ),
    ("smaller, larger", "The same, where the cost is memory."),
    ("negligible", "Proven different, and proven to differ by less than 3\u{a0}%."),
    (
        "tie",
        "Whatever difference the rounds show lies within 3\u{a0}%, of the median and of the mean.",
    ),
    ("inconclusive", "The interval is too wide to say. No evidence of a difference is no tie."),
    (
        "depends on mode",
        "Median and mean disagree, or one side is slow in more rounds than the other.",
    ),
    ("not compared", "Nothing to compare with, or too few pairs for a verdict."),
    ("unbeaten", "No runner of the same class is proven to cost less."),
    ("n/a, not measured, failed", "No result; the note beside the cell says why."),
];

fn words() -> Markup {
    html! {
        dl.words {
            @for (word, meaning) in WORDS {
                div { dt { (word) } dd { (meaning) } }
            }
        }
    }
}

/// A workload that measures the harness.
fn cost(view: &View<'_>, calibration: &Workload<'_>) -> Markup {
    html! {
        section {
            h3 { (calibration.title) }
            (workload::about(calibration))
            @for group in &calibration.groups {
                div id=(group.anchor) { (metrics::table(view, group)) }
            }
        }
    }
}

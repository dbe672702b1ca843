//! The method, the terms, and the overhead of measuring.

use maud::{Markup, html};

use super::context::Page;
use super::{document, environment, metrics, phases, shards, workload};
use crate::format;
use crate::view::{View, Workload};

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> String {
    document::document(page, "method", "Method", &section(page))
}

/// The content of the page.
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
            h2 { "Terms" }
            (words())
            h2 { "How answers are computed" }
            div.prose {
                p {
                    "Each answer on the overview is based on the workloads that its card names. Workloads outside of \
                     the default suite count if every runner of the card has a result in them. An answer recommends \
                     the runners that no settled or leaning comparison beats in any workload, and that beat \
                     another runner or tie with one that does. Counts of wins and averages over different \
                     workloads are not used. Single-threaded runners are mentioned; external runners and \
                     discontinued runtimes are never recommended. An answer is decided if it is based on \
                     settled comparisons, leaning if some of them are leaning, and open if no difference is \
                     shown."
                }
            }
            h2 { "Limits" }
            (limits())
            h2 { "Where the time went" }
            div.prose { p { (phases::sentence(view.run)) } }
            @if !calibrations.is_empty() {
                h2 { "Measurement overhead" }
                @for calibration in calibrations { (cost(view, calibration)) }
            }
            (environment::section(view))
            (shards::section(view.run))
            h2 { "Reproduce this run" }
            p.command { code { (environment::command_line(view.run)) } }
            div.prose {
                p {
                    "The same results file gives the same pages, byte for byte. Another run on the \
                     same "
                    "machine differs somewhat more than the intervals of a single run suggest."
                }
            }
        }
    }
}

const LIMITS: [&str; 5] = [
    "One machine: a ratio that holds here may not hold on other processors, kernels or core counts.",
    "Load generators run on the same machine as the servers. If the generator was the limit, the \
     cell is marked client-bound and not compared.",
    "Intervals do not cover differences between runs: memory layout, machine state, other tenants.",
    "A workload is a model. It leaves out the rest of a program: its caches, its allocator, its locks.",
    "Runners use the same number of workers. Some have other defaults; their pages say which.",
];

fn limits() -> Markup {
    html! { ul.prose { @for limit in LIMITS { li { (limit) } } } }
}

fn measuring(view: &View<'_>) -> Markup {
    let plan = &view.run.header.plan;
    html! {
        p {
            b { "One process per trial. " }
            "Each trial is a new process with one new instance of one runner. It prepares its \
             inputs before "
            "timing starts, warms up, measures one block, verifies the output and exits. Wrong output, a crash "
            "or a timeout makes the cell fail; a failed cell has no result."
        }
        p {
            b { "Random rounds. " }
            "A round runs every runner of a comparison once, in random order with seed " (plan.seed)
            ". Runners with a configurable number of workers use " (plan.workers)
            "; each runner’s page shows its setup."
        }
        p {
            b { "A/A control. " }
            "Each round measures the reference, " (plan.reference) ", twice. Any difference between the two "
            "is noise. The control passes if the two are the same within 3%, and fails if they differ at the \
             error level of the table."
        }
    }
}

fn comparing(view: &View<'_>) -> Markup {
    html! {
        p {
            b { "Paired ratios. " }
            "A comparison is the candidate’s cost ÷ the reference’s cost in the same round. Cost is the "
            "headline metric, or its inverse where higher is better. The page shows the median of these "
            "ratios with its 95% sign interval, which assumes no distribution. A settled result also needs "
            "the interval at the comparison’s share of the error level of the table"
            @if let Some(levels) = levels(view) { " (" (levels) ")" }
            ", and the means must agree."
        }
        p {
            b { "Direction. " }
            "“43% slower” means 1.43 times the cost, “92% faster” means 1.92 times the throughput. For a "
            "factor of two or more, the page shows the factor."
        }
        p {
            b { "CPU time. " }
            "Wall time is how long a caller waits; CPU time is what all threads use in that time. On a "
            "busy machine, CPU time varies less."
        }
    }
}

/// The error levels of the comparisons, from the most to the least strict.
fn levels(view: &View<'_>) -> Option<String> {
    let rows = view.analysis.groups.iter().flat_map(|group| &group.rows);
    let levels = rows.filter_map(|row| row.comparison.as_ref()).map(|comparison| comparison.level);
    let levels: Vec<f64> = levels.filter(|level| level.is_finite()).collect();
    let (low, high) = (
        levels.iter().copied().min_by(f64::total_cmp)?,
        levels.iter().copied().max_by(f64::total_cmp)?,
    );
    let text = |level: f64| format!("{}%", format::number(level * 100.0));
    if low.total_cmp(&high).is_eq() {
        return Some(text(low));
    }
    Some(format!("{} to {}", text(low), text(high)))
}

const WORDS: [(&str, &str); 10] = [
    (
        "settled",
        "Faster, slower or the same within 3%, at an error level of 2% for the whole table. “43% \
         slower”, in bold.",
    ),
    ("same", "The 95% interval lies within ±3%, ±5% or ±10%. “same ±10%”."),
    (
        "leaning",
        "Probably faster or slower: at most 5% of the leaning results in a table are expected to \
         be wrong. “~6% faster”.",
    ),
    (
        "open",
        "The interval allows several answers. The page shows it: “0.70–2.1×” of the reference’s \
         cost. The tooltip estimates how many more rounds an answer needs.",
    ),
    ("smaller, larger", "Used instead of faster and slower if the cost is memory."),
    (
        "depends on mode",
        "Open: processes fall into a fast and a slow mode, and the two runners win in different modes.",
    ),
    (
        "client-bound",
        "The load generator was the limit, so the figure says nothing about the runner.",
    ),
    (
        "fails",
        "The workload is a check. If a runner passes, its cell states the outcome; checks are not \
         ranked.",
    ),
    (
        "n/a, not measured, failed",
        "No result; the reason is in the tooltip and in the list below the table.",
    ),
    ("†", "Discontinued by its authors; never recommended."),
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

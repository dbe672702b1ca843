//! One test of a claim: the figures of every runner side by side, and each runner's answer.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Summary;
use runtime_bench_analysis::analysis::claims::{Answer, ClaimVerdict, JudgedTest, Said};
use runtime_bench_analysis::claims::{Ask, Baseline, Bound, Cell, Test};
use runtime_bench_analysis::stats::Interval;

use crate::chart::swatch;
use crate::format::{self, Scale};
use crate::page::context::Page;
use crate::page::interval::{Axis, plot};
use crate::table::head;
use crate::view::{Runner, claims, noise, wording};

/// The question, and a table with the figures and the answer of each runner.
pub(super) fn figure(page: Page<'_, '_>, id: &str, test: &Test, found: &JudgedTest) -> Markup {
    let title = wording::capital(&test.title);
    let measured = found.verdict != ClaimVerdict::NotMeasured;
    let beside = page
        .view
        .comparison(&test.cell)
        .and_then(|(_, group)| noise::busy_cores(&group.source.noise));
    let table = html! {
        div.scroll tabindex="0" role="group" aria-label={ "Data: " (title) } {
            (table(page, test, found))
        }
    };
    html! {
        figure id=(id) {
            figcaption {
                h3 { (title) }
                @if let Some(metric) = test.ask.metric().filter(|_| measured) {
                    p.scale { (scale(test, metric, found)) }
                }
                p.found { (test.question) " " (noise::sentence(&claims::answers(found))) }
            }
            @if measured { (table) }
            @else if !found.answers.is_empty() { details.data { summary { "Reasons" } (table) } }
            @if let Some(beside) = beside { p.beside { b { "Caution: " } (noise::sentence(&beside)) } }
        }
    }
}

/// The runners of a test, in the order of the site.
fn answers<'v, 'a>(
    page: Page<'v, 'a>,
    found: &'v JudgedTest,
) -> impl Iterator<Item = (&'v Runner<'a>, &'v Answer)> {
    let answer = |name: &str| found.answers.iter().find(|answer| answer.runner == name);
    page.view.runners.iter().filter_map(move |runner| Some((runner, answer(runner.name)?)))
}

/// The figure of a runner in a test, and the figure that it is compared with.
fn compared<'a>(page: Page<'_, 'a>, test: &Test, runner: &str) -> [Option<&'a Summary>; 2] {
    [Some(&test.cell), test.baseline_cell()].map(|cell| {
        let (_, group) = page.view.comparison(cell?)?;
        group.row(runner)?.metric(test.ask.metric()?)
    })
}

/// The bound, if it is the same for all runners.
fn guide(test: &Test, found: &JudgedTest) -> Option<f64> {
    match &test.ask {
        Ask::Figure { bound, .. } => Some(bound.value()),
        Ask::Ratio { baseline: Baseline::Runner(runner), bound, .. } => {
            let baseline = found.answers.iter().find(|answer| answer.runner == *runner)?;
            Some(bound.value() * baseline.figure?)
        }
        Ask::Ratio { .. } | Ask::Check { .. } => None,
    }
}

/// A description of the chart and of the bound.
fn scale(test: &Test, metric: &str, found: &JudgedTest) -> String {
    let name = wording::metric(metric, &found.unit);
    let whiskers = "medians over processes with their 95% intervals";
    let side = |bound: Bound| if matches!(bound, Bound::Below(_)) { "below" } else { "above" };
    match &test.ask {
        Ask::Ratio { baseline: Baseline::Cell(cell), bound, .. } => format!(
            "{name}; {whiskers}; filled: {}; outlined: {}; ratio: filled ÷ outlined; yes means {} {}",
            short(&test.cell, cell),
            short(cell, &test.cell),
            side(*bound),
            format::ratio(bound.value())
        ),
        Ask::Ratio { baseline: Baseline::Runner(runner), bound, .. } => format!(
            "{name}; {whiskers}; ratio to {runner}; yes means {} the line, at {} of {runner}",
            side(*bound),
            format::ratio(bound.value())
        ),
        Ask::Figure { bound, .. } => format!(
            "{name}; {whiskers}; yes means {} the line, at {}",
            side(*bound),
            format::figure(bound.value(), &found.unit)
        ),
        Ask::Check { .. } => name,
    }
}

/// How a cell differs from another: its variant if the variants differ, otherwise its parameters.
fn short(cell: &Cell, other: &Cell) -> String {
    match &cell.point.variant {
        variant if *variant == other.point.variant => cell.point.label(),
        Some(variant) => variant.clone(),
        None => "default".to_owned(),
    }
}

fn table(page: Page<'_, '_>, test: &Test, found: &JudgedTest) -> Markup {
    let heads: &[&str] = match test.ask {
        Ask::Figure { .. } => &["Runner", "Interval", "Processes", "Median", "Answer"],
        Ask::Ratio { .. } => {
            &["Runner", "Interval", "Processes", "Median", "Compared with", "Ratio", "Answer"]
        }
        Ask::Check { .. } => &["Runner", "Processes", "Answer"],
    };
    let asked: Vec<(&Runner<'_>, &Answer)> =
        answers(page, found).filter(|(_, answer)| takes_part(test, answer)).collect();
    let shown = asked.iter().flat_map(|(runner, _)| compared(page, test, runner.name)).flatten();
    let axis = Axis::of(shown, guide(test, found));
    html! {
        table.figures.results {
            caption {
                "Intervals are at the claim’s error level, divided among its answers"
                @if let Some(Axis { low, high, .. }) = &axis {
                    "; axis: " (format::figure(*low, &found.unit)) " to " (format::figure(*high, &found.unit))
                }
            }
            (head(heads))
            tbody {
                @for (runner, answer) in asked {
                    @let plot = axis.as_ref().and_then(|axis| {
                        plot(axis, compared(page, test, runner.name), runner.series, guide(test, found))
                    });
                    tr {
                        th scope="row" { (swatch(runner.series)) (runner.name) }
                        @match (&answer.reason, answer.figure) {
                            (Some(reason), _) => td.reason colspan=(heads.len() - 1) {
                                b { (claims::word(answer.said)) } ": " (reason)
                            },
                            (None, figure) => {
                                @if test.ask.metric().is_some() { td.plot { (plot.unwrap_or_else(|| html! { "not drawable" })) } }
                                td { (answer.samples) }
                                (figures(test, answer, figure, &found.unit))
                                td { (said(test, answer)) }
                            }
                        }
                    }
                }
            }
        }
        (others(page, test, found))
    }
}

/// The answer in a word, including the runner that all others are compared with.
fn said(test: &Test, answer: &Answer) -> &'static str {
    let is_baseline = test.baseline_runner() == Some(answer.runner.as_str());
    if is_baseline { "compared with" } else { claims::word(answer.said) }
}

/// Whether a runner is covered, or is the one that all others are compared with.
fn takes_part(test: &Test, answer: &Answer) -> bool {
    match answer.said {
        Said::NotApplicable => false,
        Said::NotAsked => test.baseline_runner() == Some(answer.runner.as_str()),
        _ => true,
    }
}

/// The figures of runners outside the test, and the runners that are n/a; the workload's page has the reasons.
fn others(page: Page<'_, '_>, test: &Test, found: &JudgedTest) -> Markup {
    let others = || answers(page, found).filter(|(_, answer)| !takes_part(test, answer));
    let shown = |(runner, answer): (&Runner<'_>, &Answer)| {
        let figure = format::figure(answer.figure?, &found.unit);
        Some(format!("{} {figure}", runner.name))
    };
    let unable = others().filter(|(_, answer)| answer.said == Said::NotApplicable);
    let unable: Vec<&str> = unable.map(|(runner, _)| runner.name).collect();
    let beside: Vec<String> = others().filter_map(shown).collect();
    html! {
        @if !beside.is_empty() { p.fine { "Not part of this test: " (beside.join(", ")) "." } }
        @if !unable.is_empty() { p.fine { "n/a: " (format::list(&unable)) "." } }
    }
}

fn figures(test: &Test, answer: &Answer, figure: Option<f64>, unit: &str) -> Markup {
    let scale = Scale::of(unit, figure.unwrap_or_default());
    let shown =
        |figure: Option<f64>| figure.map_or_else(|| "–".to_owned(), |one| scale.figure(one));
    let interval = answer.decides.and_then(|decides| decides.interval);
    let interval = |shown: &dyn Fn(Interval) -> String| match (answer.said, interval) {
        (_, Some(interval)) => shown(interval),
        (Said::Inconclusive, None) => "too few independent rounds".to_owned(),
        (_, None) => String::new(),
    };
    html! {
        @match test.ask {
            Ask::Check { .. } => {}
            Ask::Figure { .. } => td {
                (shown(figure))
                i { (interval(&|one| scale.interval(one))) }
            },
            Ask::Ratio { .. } => {
                td { (shown(figure)) }
                td { (shown(answer.baseline)) }
                td {
                    @match answer.decides {
                        Some(decides) => (format::ratio(decides.value)),
                        None => "–",
                    }
                    i { (interval(&format::ratio_interval)) }
                }
            },
        }
    }
}

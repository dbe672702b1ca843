//! One test of a claim: the figures of every runner side by side, and each runner's answer.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Summary;
use runtime_bench_analysis::analysis::claims::{Answer, ClaimVerdict, JudgedTest, Said};
use runtime_bench_analysis::claims::{Ask, Baseline, Bound, Cell, Test};
use runtime_bench_analysis::stats::Interval;

use crate::ReportError;
use crate::chart::{Description, DotPlot, DotRow, Mark, MarkStyle};
use crate::format::{self, Scale};
use crate::page::context::Page;
use crate::page::figure;
use crate::table::head;
use crate::view::{Group, Runner, claims, noise, wording};

/// The chart and its table; where no figure decides, or there is none, the words alone.
pub(super) fn figure(
    page: Page<'_, '_>,
    id: &str,
    test: &Test,
    found: &JudgedTest,
) -> Result<Markup, ReportError> {
    let answer = noise::sentence(&claims::answers(found));
    let about = Description {
        id: id.to_owned(),
        title: wording::capital(&test.title),
        finding: format!("{} {answer}", test.question),
    };
    let beside = page
        .view
        .comparison(&test.cell)
        .and_then(|(_, group)| noise::busy_cores(&group.source.noise));
    let chart = match test.ask.metric() {
        Some(metric) if found.verdict != ClaimVerdict::NotMeasured => {
            let plot = plot(page, test, metric, found);
            figure::with_data(
                &about,
                &scale(test, metric, found),
                plot.draw(&about),
                &table(page, test, found),
            )?
        }
        _ => words(&about, &table(page, test, found), found),
    };
    Ok(html! {
        div {
            (chart)
            @if let Some(beside) = beside { p.beside { b { "Caution: " } (noise::sentence(&beside)) } }
        }
    })
}

/// A test without a chart.
fn words(about: &Description, table: &Markup, found: &JudgedTest) -> Markup {
    html! {
        figure {
            figcaption {
                h3 { (about.title) }
                p.found { (about.finding) }
            }
            @if !found.answers.is_empty() {
                details.data {
                    summary { "Data" }
                    div.scroll tabindex="0" role="group" aria-label={ "Data: " (about.title) } { (table) }
                }
            }
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

fn plot(page: Page<'_, '_>, test: &Test, metric: &str, found: &JudgedTest) -> DotPlot {
    let group = |cell: &Cell| page.view.comparison(cell).map(|(_, group)| group);
    let (own, other) = (group(&test.cell), test.baseline_cell().and_then(group));
    let row = |(runner, answer): (&Runner<'_>, &Answer)| {
        let summary = |group: Option<&Group<'_>>| -> Option<Summary> {
            group?.row(runner.name)?.metric(metric).cloned()
        };
        let mark = |summary: Summary, form| Mark {
            value: summary.value,
            interval: summary.interval,
            form,
        };
        let marks = summary(own).map(|one| mark(one, MarkStyle::Filled)).into_iter();
        let marks = marks.chain(summary(other).map(|one| mark(one, MarkStyle::Hollow)));
        answer.figure.filter(|_| takes_part(test, answer)).map(|figure| DotRow {
            name: runner.name.to_owned(),
            series: runner.series,
            marks: marks.collect(),
            words: annotation(test, answer, figure, &found.unit),
        })
    };
    DotPlot {
        unit: found.unit.clone(),
        rows: answers(page, found).filter_map(row).collect(),
        guide: guide(test, found),
    }
}

/// What stands at the right of a row: what decides, and the answer.
fn annotation(test: &Test, answer: &Answer, figure: f64, unit: &str) -> String {
    let shown = match (&test.ask, answer.decides) {
        (Ask::Ratio { .. }, Some(decides)) => format::ratio(decides.value),
        _ => format::figure(figure, unit),
    };
    match answer.said {
        Said::NotAsked => shown,
        said => format!("{shown}, {}", claims::word(said)),
    }
}

/// The bound, where it is the same for all runners.
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

/// What the chart shows, and where the bound lies.
fn scale(test: &Test, metric: &str, found: &JudgedTest) -> String {
    let name = wording::metric(metric, &found.unit);
    let whiskers = "medians over processes, whiskers: 95\u{a0}% interval";
    let side = |bound: Bound| if matches!(bound, Bound::Below(_)) { "below" } else { "above" };
    match &test.ask {
        Ask::Ratio { baseline: Baseline::Cell(cell), bound, .. } => format!(
            "{name}; {whiskers}; filled: {}, outlined: {}, at the right: filled ÷ outlined, yes {} {}",
            short(&test.cell, cell),
            short(cell, &test.cell),
            side(*bound),
            format::ratio(bound.value())
        ),
        Ask::Ratio { baseline: Baseline::Runner(runner), bound, .. } => format!(
            "{name}; {whiskers}; at the right: ÷ that of {runner}; yes {} the line, {} of {runner}",
            side(*bound),
            format::ratio(bound.value())
        ),
        Ask::Figure { bound, .. } => format!(
            "{name}; {whiskers}; yes {} the line, {}",
            side(*bound),
            format::figure(bound.value(), &found.unit)
        ),
        Ask::Check { .. } => name,
    }
}

/// What tells a cell from another: its variant, where they differ in that, or its parameters.
fn short(cell: &Cell, other: &Cell) -> String {
    match &cell.point.variant {
        variant if *variant == other.point.variant => cell.point.label(),
        Some(variant) => variant.clone(),
        None => "without a variant".to_owned(),
    }
}

fn table(page: Page<'_, '_>, test: &Test, found: &JudgedTest) -> Markup {
    let heads: &[&str] = match test.ask {
        Ask::Figure { .. } => &["Runner", "Processes", "Median", "Answer"],
        Ask::Ratio { .. } => &["Runner", "Processes", "Median", "Compared with", "Ratio", "Answer"],
        Ask::Check { .. } => &["Runner", "Processes", "Answer"],
    };
    let asked = answers(page, found).filter(|(_, answer)| takes_part(test, answer));
    html! {
        table.figures {
            caption { "Intervals are at the claim’s level, divided among its answers" }
            (head(heads))
            tbody {
                @for (runner, answer) in asked {
                    tr {
                        th scope="row" { (runner.name) }
                        @match (&answer.reason, answer.figure) {
                            (Some(reason), _) => td.reason colspan=(heads.len() - 1) {
                                b { (claims::word(answer.said)) } ": " (reason)
                            },
                            (None, figure) => {
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

/// The answer in a word, also of the runner that all others are compared with.
fn said(test: &Test, answer: &Answer) -> &'static str {
    let is_baseline = test.baseline_runner() == Some(answer.runner.as_str());
    if is_baseline { "compared with" } else { claims::word(answer.said) }
}

/// Whether a runner is asked, or is the one that all others are compared with.
fn takes_part(test: &Test, answer: &Answer) -> bool {
    match answer.said {
        Said::NotApplicable => false,
        Said::NotAsked => test.baseline_runner() == Some(answer.runner.as_str()),
        _ => true,
    }
}

/// The figures of those that are not asked, and who cannot do it; why stands on the workload's page.
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
        @if !beside.is_empty() { p.fine { "Not asked: " (beside.join(", ")) "." } }
        @if !unable.is_empty() { p.fine { "n/a: " (format::list(&unable)) "." } }
    }
}

fn figures(test: &Test, answer: &Answer, figure: Option<f64>, unit: &str) -> Markup {
    let scale = Scale::of(unit, figure.unwrap_or_default());
    let shown =
        |figure: Option<f64>| figure.map_or_else(|| "–".to_owned(), |one| scale.figure(one));
    let interval = answer.decides.and_then(|decides| decides.interval);
    let too_few = "too few rounds, or neighbours are alike";
    let interval = |shown: &dyn Fn(Interval) -> String| match (answer.said, interval) {
        (_, Some(interval)) => shown(interval),
        (Said::Inconclusive, None) => too_few.to_owned(),
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

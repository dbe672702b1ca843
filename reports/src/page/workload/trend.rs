//! The history of a workload on its machine.

use maud::{Markup, html};
use runtime_bench_analysis::history::Trend;

use super::super::header::moment;
use crate::ReportError;
use crate::chart::{AxisKind, AxisSpec, Description, Line, LinePlot, LinePoint};
use crate::format;
use crate::page::context::Page;
use crate::page::figure;
use crate::table::head_with;
use crate::view::{Runner, Workload};

/// The chart of the workload's first comparison, and its table; empty if there is one run.
pub(super) fn figure(page: Page<'_, '_>, workload: &Workload<'_>) -> Result<Markup, ReportError> {
    let trends = trends(page, workload);
    if trends.is_empty() {
        return Ok(html! {});
    }
    let runs: Vec<String> =
        page.view.machine.runs.iter().map(|(run, _)| moment(&run.header.started)).collect();
    let plot = LinePlot {
        x: AxisSpec::new("Run", "", AxisKind::Labels(runs.clone())),
        y: AxisSpec::new("Cost ÷ the reference’s", "×", AxisKind::Auto),
        lines: trends.iter().map(line).collect(),
        guide: Some(1.0),
    };
    let about = Description {
        id: format!("{}-trend", workload.slug),
        title: "History on this machine".to_owned(),
        finding: finding(&trends),
    };
    let scale = "cost ÷ the reference’s cost in the same rounds; bands: intervals; lower is better";
    figure::with_data(&about, scale, plot.draw(&about), &table(&runs, &trends))
}

/// The trends with a ratio in at least two runs.
fn trends<'v>(page: Page<'v, 'v>, workload: &Workload<'_>) -> Vec<(&'v Runner<'v>, &'v Trend<'v>)> {
    let Some(main) = workload.main() else { return Vec::new() };
    let own = page.view.trends.iter().filter(|trend| {
        (trend.group, trend.phase) == (main.source.name.as_str(), main.source.phase)
            && trend.headline == main.headline_name()
            && trend.points.iter().filter(|point| point.ratio.is_some()).count() > 1
    });
    own.filter_map(|trend| {
        let mut runners = page.view.runners.iter();
        Some((runners.find(|runner| runner.name == trend.runner)?, trend))
    })
    .collect()
}

fn line((runner, trend): &(&Runner<'_>, &Trend<'_>)) -> Line {
    let points = trend.points.iter().filter_map(|point| {
        Some(LinePoint { x: point.run as f64, y: point.ratio?, interval: point.ratio_interval })
    });
    Line { name: runner.name.to_owned(), series: runner.series, points: points.collect() }
}

/// The runner that changed most from the first run with a ratio to the last.
fn finding(trends: &[(&Runner<'_>, &Trend<'_>)]) -> String {
    let change = |(runner, trend): &(&Runner<'_>, &Trend<'_>)| {
        let mut ratios = trend.points.iter().filter_map(|point| point.ratio);
        let first = ratios.next()?;
        Some((runner.name.to_owned(), ratios.next_back()? / first))
    };
    let size = |change: &(String, f64)| change.1.ln().abs();
    let moves = trends.iter().filter_map(change).filter(|(_, change)| change.is_finite());
    let most = moves.max_by(|a, b| size(a).total_cmp(&size(b)));
    most.map_or_else(String::new, |(name, change)| {
        format!(
            "From the first run to the last, {name} changed most relative to the reference: {}. \
             Runs at different times differ even without a change in the code.",
            format::ratio(change)
        )
    })
}

fn table(runs: &[String], trends: &[(&Runner<'_>, &Trend<'_>)]) -> Markup {
    html! {
        table.figures {
            caption { "Cost ÷ the reference’s, by run; below it the median" }
            (head_with(&["Runner"], runs.iter()))
            tbody {
                @for (runner, trend) in trends {
                    tr {
                        th scope="row" { (runner.name) }
                        @for run in 0..runs.len() { (cell(trend, run)) }
                    }
                }
            }
        }
    }
}

fn cell(trend: &Trend<'_>, run: usize) -> Markup {
    let point = trend.points.iter().find(|point| point.run == run);
    html! {
        @match point.and_then(|point| Some((point, point.ratio?))) {
            Some((point, ratio)) => td {
                (format::ratio(ratio))
                i { @if let Some(value) = point.value { (format::figure(value, trend.unit)) } }
            },
            None => td.none { (point.map_or("not planned", |point| point.status.word())) },
        }
    }
}

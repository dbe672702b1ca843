//! `history.html`: the runs of this machine, and the changes of each kind of work.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Overall;
use runtime_bench_results::catalog::{Class, Kind};

use super::context::Page;
use super::{changes, document, header};
use crate::ReportError;
use crate::chart::{AxisKind, AxisSpec, Description, Line, LinePlot, LinePoint};
use crate::format;
use crate::page::figure;
use crate::table::{head, head_with};
use crate::view::Runner;

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> Result<String, ReportError> {
    Ok(document::document(page, "history", "History", &section(page)?))
}

/// The content of the page.
pub(super) fn section(page: Page<'_, '_>) -> Result<Markup, ReportError> {
    let machine = &page.view.machine;
    let charts: Result<Vec<Markup>, ReportError> =
        means(page).iter().map(|means| chart(page, means)).collect();
    let charts = charts?;
    Ok(html! {
        section #history aria-labelledby="history-title" {
            header.top {
                h1 #history-title { "History" }
                p.lead { (format::count(machine.runs.len(), "run")) " of " (machine.label) }
                p.prose {
                    "Runs at different times differ even without a change in the code, so a single \
                     figure proves "
                    "nothing. Each workload’s page shows its ratios over these runs; "
                    a href=(page.links.page("compare")) { "Compare" } " has the last two side by side."
                }
            }
            @if let Some(found) = &page.view.changes { (changes::section(found)) }
            @if !charts.is_empty() {
                h2 { "By kind of workload" }
                div.charts { @for chart in &charts { (chart) } }
            }
            (runs(page))
        }
    })
}

/// The multi-threaded runners over a kind of work, in each run with a mean.
struct Means<'a> {
    kind: Kind,
    runs: Vec<(usize, &'a Overall)>,
}

/// The kinds with a mean in several runs. Only runs whose mean covers the same workloads as the newest run
/// count, because a mean over other workloads differs without any change.
fn means<'a>(page: Page<'_, 'a>) -> Vec<Means<'a>> {
    let mut kinds: Vec<Means<'a>> = Vec::new();
    for (number, (_, analysis)) in page.view.machine.runs.iter().enumerate() {
        let several = |one: &&Overall| one.class == Class::MultiThread;
        for overall in analysis.overall.iter().filter(several) {
            match kinds.iter_mut().find(|means| means.kind == overall.kind) {
                Some(means) => means.runs.push((number, overall)),
                None => kinds.push(Means { kind: overall.kind, runs: vec![(number, overall)] }),
            }
        }
    }
    for means in &mut kinds {
        keep_comparable(&mut means.runs);
    }
    kinds.retain(|means| means.runs.len() > 1);
    kinds
}

/// Leaves out means that cover other workloads than the newest or have another reference.
fn keep_comparable(runs: &mut Vec<(usize, &Overall)>) {
    let Some(&(_, newest)) = runs.last() else { return };
    let of = |one: &Overall| (one.reference.clone(), one.groups.clone());
    runs.retain(|(_, overall)| of(overall) == of(newest));
}

fn chart(page: Page<'_, '_>, means: &Means<'_>) -> Result<Markup, ReportError> {
    let runs: Vec<String> =
        page.view.machine.runs.iter().map(|(run, _)| header::moment(&run.header.started)).collect();
    let lines = page.view.runners.iter().map(|runner| line(runner, means));
    let plot = LinePlot {
        x: AxisSpec::new("Run", "", AxisKind::Labels(runs.clone())),
        y: AxisSpec::new("Geometric mean", "×", AxisKind::Auto),
        lines: lines.filter(|line| !line.points.is_empty()).collect(),
        guide: Some(1.0),
    };
    let about = Description {
        id: format!("history-{}", means.kind.slug()),
        title: means.kind.title().to_owned(),
        finding: finding(&plot.lines),
    };
    let scale = "geometric mean of cost ÷ the reference’s cost over the workloads that all runners \
        support, for runs with the same workloads; bands: 99% intervals; lower is better";
    figure::with_data(&about, scale, plot.draw(&about), &table(&runs, &plot.lines))
}

/// The runner that changed most from the first run to the last.
fn finding(lines: &[Line]) -> String {
    let change = |line: &'_ Line| {
        let (first, last) = (line.points.first()?.y, line.points.last()?.y);
        Some((line.name.clone(), first, last))
    };
    let size = |(_, first, last): &(String, f64, f64)| (last / first).ln().abs();
    let changes = lines.iter().filter_map(change).filter(|change| size(change).is_finite());
    let most = changes.max_by(|a, b| size(a).total_cmp(&size(b)));
    most.map_or_else(
        || "No runner has a mean in more than one run.".to_owned(),
        |(name, first, last)| {
            let (first, last) = (format::ratio(first), format::ratio(last));
            format!("Largest change from the first to the last run: {name}, {first} → {last}.")
        },
    )
}

fn line(runner: &Runner<'_>, means: &Means<'_>) -> Line {
    let point = |(number, overall): &(usize, &Overall)| {
        let mean = overall.runners.iter().find(|mean| mean.runner == runner.name)?;
        Some(LinePoint { x: *number as f64, y: mean.ratio.mean, interval: mean.ratio.interval })
    };
    Line {
        name: runner.name.to_owned(),
        series: runner.series,
        points: means.runs.iter().filter_map(point).collect(),
    }
}

fn table(runs: &[String], lines: &[Line]) -> Markup {
    html! {
        table.figures {
            caption { "Geometric means by run" }
            (head_with(&["Runner"], runs.iter()))
            tbody {
                @for line in lines {
                    tr {
                        th scope="row" { (line.name) }
                        @for run in 0..runs.len() {
                            @match line.points.iter().find(|point| point.x.total_cmp(&(run as f64)).is_eq()) {
                                Some(point) => td {
                                    (format::ratio(point.y))
                                    i { @if let Some(i) = point.interval { (format::ratio_interval(i)) } }
                                },
                                None => td.none { "no mean" },
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Every run, the newest first, with the changes since the one before.
fn runs(page: Page<'_, '_>) -> Markup {
    let machine = &page.view.machine;
    html! {
        h2 { "Runs" }
        div.scroll tabindex="0" role="group" aria-label="Runs" {
            table.figures.verdicts {
                (head(["Run", "Started", "Profile", "Commit", "Control", "What else changed"]))
                tbody {
                    @for (number, (run, analysis)) in machine.runs.iter().enumerate().rev() {
                        @let noise = &analysis.noise;
                        tr {
                            th scope="row" { code { (run.header.id) } }
                            td { (header::moment(&run.header.started)) }
                            td { (run.header.plan.profile) }
                            td { (run.header.environment.commit.as_deref().unwrap_or("unknown")) }
                            td {
                                (noise.passed) " passed, " (noise.unproven) " inconclusive, "
                                (noise.failed) " failed"
                            }
                            td.reason { (machine.changes(number).join(" ")) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_skips_means_of_other_workloads_or_references() {
        let mean = |reference: &str, groups: &[&str]| Overall {
            kind: Kind::Io,
            class: Class::MultiThread,
            reference: reference.to_owned(),
            groups: groups.iter().map(|name| (*name).to_owned()).collect(),
            runners: Vec::new(),
        };
        let (newest, fewer, other) =
            (mean("a", &["v", "w"]), mean("a", &["w"]), mean("b", &["v", "w"]));
        let mut runs = vec![(0, &newest), (1, &fewer), (2, &other), (3, &newest)];
        keep_comparable(&mut runs);
        assert_eq!(runs.iter().map(|(run, _)| *run).collect::<Vec<usize>>(), [0, 3]);
    }
}

//! A table per comparison: figures and ratios with their intervals, and why a runner has no result.

use runtime_bench_analysis::analysis::{Analysis, Group, Row, Status};
use runtime_bench_results::catalog::Class;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Phase;

use crate::format::{self, Scale};
use crate::sanitize::single_line;
use crate::table::Align::{Left, Right};
use crate::table::{Cell, Table};
use crate::view::{noise, wording};

/// One block of lines per comparison.
pub(super) fn tables(run: &Run, analysis: &Analysis) -> String {
    let tables: String = analysis.groups.iter().map(|group| comparison(run, group)).collect();
    format!("Median and cost ratio, each with its 95% interval\n\n{}", tables.trim_end())
}

fn comparison(run: &Run, group: &Group) -> String {
    let title = run.workload(&group.workload).map_or(group.name.as_str(), |w| w.title.as_str());
    let mut table = Table::new(&[
        ("runner", Left),
        ("figure", Right),
        ("interval", Right),
        ("ratio", Right),
        ("interval", Right),
        ("verdict", Left),
    ]);
    let mut reasons = String::new();
    let mut metric = group.headline.clone();
    for row in &group.rows {
        let summary = row.metric(&group.headline).filter(|_| row.status == Status::Measured);
        if let Some(summary) = summary {
            metric = format!("{}, {}", group.headline, wording::direction(summary.better));
            let scale = Scale::of(&summary.unit, summary.value);
            let cells = cells(run, row, &scale, &summary.unit, group);
            table.push(cells);
        } else {
            let (name, reason) = (single_line(&row.key.runner), single_line(row.status.reason()));
            reasons.extend(["   ", &name, ": ", row.status.word(), ": ", &reason, "\n"]);
        }
    }
    let beside: Vec<String> =
        [noise::busy_cores(&group.noise), noise::dropped(group), noise::client_bound(group)]
            .into_iter()
            .flatten()
            .map(|words| format!("   {}\n", single_line(&words)))
            .collect();
    let phase = if group.phase == Phase::Warm { "" } else { wording::phase(group.phase) };
    let rows = if table.is_empty() { String::new() } else { format!("{}\n", table.text("  ")) };
    let (title, name, metric) =
        (single_line(title), single_line(&group.name), single_line(&metric));
    let title = format!("{title}: {name} {phase}");
    let title = title.trim_end();
    format!("{title}\n  {metric}\n{rows}{reasons}{}\n", beside.concat())
}

fn cells(run: &Run, row: &Row, scale: &Scale, unit: &str, group: &Group) -> [Cell; 6] {
    let class = match run.runner(&row.key.runner).map(|info| info.class) {
        Some(Class::SingleThread) => " (one thread)",
        Some(Class::Reference) => " (external)",
        Some(Class::MultiThread) | None => "",
    };
    let metric = row.metric(&group.headline);
    let interval = metric.and_then(|metric| metric.interval).map(|range| scale.interval(range));
    let compared = row.comparison.as_ref().filter(|_| row.client_bound.is_none());
    let ratio = compared.and_then(|comparison| comparison.ratio).map(format::ratio);
    let range = compared.and_then(|comparison| comparison.interval).map(format::ratio_interval);
    let verdict = match compared {
        Some(comparison) => wording::words(comparison, unit),
        None if row.client_bound.is_some() => "client-bound".to_owned(),
        None if group.is_check() => wording::PASSES.to_owned(),
        None => "reference".to_owned(),
    };
    [
        Cell::new(format!("{}{class}", row.key.runner)),
        Cell::new(metric.map_or_else(String::new, |metric| scale.figure(metric.value))),
        Cell::interval(interval.unwrap_or_default()),
        Cell::new(ratio.unwrap_or_default()),
        Cell::interval(range.unwrap_or_default()),
        Cell::new(verdict),
    ]
}

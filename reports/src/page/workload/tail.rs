//! Percentiles of the latencies of a process, as medians over the processes of a cell.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::{Percentile, Tail};

use crate::ReportError;
use crate::chart::{AxisKind, AxisSpec, Description, Line, LinePlot, LinePoint};
use crate::format::Scale;
use crate::page::context::Page;
use crate::page::figure;
use crate::view::{Group, Runner};

const UNIT: &str = "ns";

/// A runner and its latencies.
type RunnerTail<'a> = (&'a Runner<'a>, &'a Tail);

/// The chart and its table; empty if no latencies were recorded.
pub(super) fn figure(page: Page<'_, '_>, group: &Group<'_>) -> Result<Markup, ReportError> {
    let rows = page.view.runners.iter();
    let rows: Vec<RunnerTail<'_>> =
        rows.filter_map(|runner| Some((runner, group.row(runner.name)?.tail.as_ref()?))).collect();
    if rows.is_empty() {
        return Ok(html! {});
    }
    let plot = LinePlot {
        x: AxisSpec::new("Percentile", "", AxisKind::Percentile),
        y: AxisSpec::new("Latency", UNIT, AxisKind::Auto),
        lines: rows.iter().map(line).collect(),
        guide: None,
    };
    let about = Description {
        id: format!("{}-latency", group.anchor),
        title: format!("Latency at {}", group.point()),
        finding: finding(&rows),
    };
    let scale = "median over processes; percentiles with too few latencies per process are left \
                 out; bands: 95% intervals; lower is better";
    figure::with_data(&about, scale, plot.draw(&about), &table(&rows))
}

fn line((runner, tail): &RunnerTail<'_>) -> Line {
    let point = |one: &Percentile| LinePoint {
        x: 1.0 / (1.0 - one.share),
        y: one.value,
        interval: one.interval,
    };
    Line {
        name: runner.name.to_owned(),
        series: runner.series,
        points: tail.percentiles.iter().map(point).collect(),
    }
}

/// The lowest and the highest runner at the highest percentile that any runner has.
fn finding(rows: &[RunnerTail<'_>]) -> String {
    let all = rows.iter().flat_map(|(_, tail)| &tail.percentiles);
    let Some(highest) = all.map(|one| one.share).max_by(f64::total_cmp) else {
        return "No process has enough latencies for a percentile.".to_owned();
    };
    let at = |(runner, tail): &RunnerTail<'_>| {
        let one = tail.percentiles.iter().find(|one| one.share.total_cmp(&highest).is_eq())?;
        Some((runner.name.to_owned(), one.value))
    };
    let mut values: Vec<(String, f64)> = rows.iter().filter_map(at).collect();
    values.sort_by(|a, b| a.1.total_cmp(&b.1));
    let told = |(name, value): &(String, f64)| {
        format!("{name} ({})", Scale::of(UNIT, *value).figure(*value))
    };
    match values.as_slice() {
        [] => String::new(),
        [one] => format!("Only {} has a {}.", told(one), name(highest)),
        [low, .., high] => {
            format!("At {}: from {} to {}.", name(highest), told(low), told(high))
        }
    }
}

fn table(rows: &[RunnerTail<'_>]) -> Markup {
    let mut shares: Vec<f64> = Vec::new();
    for (_, tail) in rows {
        shares.extend(tail.percentiles.iter().map(|one| one.share));
        shares.extend(tail.unsupported.iter().map(|(share, _)| *share));
    }
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    html! {
        table.figures {
            caption { "Median over processes, with its 95% interval" }
            thead {
                tr {
                    th scope="col" { "Runner" }
                    th scope="col" { "Latencies" }
                    @for share in &shares { th scope="col" { (name(*share)) } }
                    th scope="col" { "Maximum" }
                }
            }
            tbody {
                @for (runner, tail) in rows {
                    tr {
                        th scope="row" { (runner.name) }
                        td { (tail.samples) }
                        @for share in &shares { (percentile(tail, *share)) }
                        td { (Scale::of(UNIT, tail.max).figure(tail.max)) }
                    }
                }
            }
        }
    }
}

/// `p99.9` for 0.999.
fn name(share: f64) -> String {
    let percent = (share * 1e4).round() / 1e2;
    format!("p{percent}")
}

fn percentile(tail: &Tail, share: f64) -> Markup {
    let found = tail.percentiles.iter().find(|one| one.share.total_cmp(&share).is_eq());
    let lacks = tail.unsupported.iter().find(|(one, _)| one.total_cmp(&share).is_eq());
    html! {
        @match (found, lacks) {
            (Some(one), _) => {
                @let scale = Scale::of(UNIT, one.value);
                td {
                    (scale.figure(one.value))
                    i {
                        @match one.interval {
                            Some(interval) => (scale.interval(interval)),
                            None => "no interval",
                        }
                    }
                }
            }
            (None, Some((_, lacks))) => td.none { "not shown" i { (lacks) } },
            (None, None) => td.none { "not reported" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn percentiles_have_their_usual_names() {
        assert_eq!([0.5, 0.9, 0.99, 0.999].map(name), ["p50", "p90", "p99", "p99.9"]);
    }
}

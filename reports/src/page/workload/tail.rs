//! Percentiles of latency over all processes of a cell.

use maud::{Markup, html};
use runtime_bench_results::analysis::Tail;

use super::super::Page;
use crate::ReportError;
use crate::format::Scale;
use crate::view::Group;

const UNIT: &str = "ns";

/// The chart and its table; nothing where no latencies were recorded.
pub(super) fn figure(page: Page<'_, '_>, group: &Group<'_>) -> Result<Markup, ReportError> {
    Ok(table(page, group))
}

fn table(page: Page<'_, '_>, group: &Group<'_>) -> Markup {
    let rows: Vec<(&str, &Tail)> = page
        .view
        .runners
        .iter()
        .filter_map(|runner| Some((runner.name, group.row(runner.name)?.tail.as_ref()?)))
        .collect();
    let mut shares: Vec<f64> = Vec::new();
    for (_, tail) in &rows {
        shares.extend(tail.percentiles.iter().map(|one| one.share));
        shares.extend(tail.unsupported.iter().map(|(share, _)| *share));
    }
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    html! {
        @if !rows.is_empty() {
            section.scroll tabindex="0" aria-label={ "Latency of " (group.title) ", " (group.point()) } {
                table.figures {
                    caption {
                        "Latency over all processes together, lower is better; below each its 99\u{a0}% \
                         interval, from 20 processes on"
                    }
                    thead {
                        tr {
                            th scope="col" { "Runner" }
                            th scope="col" { "Latencies" }
                            @for share in &shares { th scope="col" { (name(*share)) } }
                            th scope="col" { "Greatest" }
                        }
                    }
                    tbody {
                        @for (runner, tail) in &rows {
                            tr {
                                th scope="row" { (runner) }
                                td { (tail.samples) }
                                @for share in &shares { (percentile(tail, *share)) }
                                td { (Scale::of(UNIT, tail.max).figure(tail.max)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `p99.9` of 0.999.
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
                    span.interval {
                        @match one.interval {
                            Some(interval) => (scale.interval(interval)),
                            None => "no interval",
                        }
                    }
                }
            }
            (None, Some((_, lacks))) => td.none { "not shown" span.interval { (lacks) } },
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

//! Every metric of a comparison as a table, with a row per runner.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::{Row, Summary};
use runtime_bench_results::trial::Better;

use crate::format::{self, Scale};
use crate::view::{Group, View, wording};

/// A column: the common name, unit and direction of its figures.
struct Column<'a> {
    name: &'a str,
    better: Better,
}

/// The table, in a scrolling container.
pub(super) fn table(view: &View<'_>, group: &Group<'_>) -> Markup {
    let columns = columns(group);
    let label = format!("Figures of {}, {}", group.title, group.point());
    html! {
        section.scroll tabindex="0" aria-label=(label) {
            table.figures {
                caption { "Medians over processes; below each its 95\u{a0}% interval" }
                thead {
                    tr {
                        th scope="col" { "Runner" }
                        th scope="col" { "Processes" }
                        @for column in &columns {
                            th scope="col" {
                                (column.name)
                                span.point { (wording::direction(column.better)) }
                            }
                        }
                    }
                }
                tbody {
                    @for row in view.runners.iter().filter_map(|runner| group.row(runner.name)) {
                        (table_row(row, &columns))
                    }
                }
            }
        }
    }
}

fn columns<'a>(group: &Group<'a>) -> Vec<Column<'a>> {
    let mut columns: Vec<Column<'a>> = Vec::new();
    for metric in group.source.rows.iter().flat_map(|row| &row.metrics) {
        if !columns.iter().any(|column| column.name == metric.name) {
            columns.push(Column { name: &metric.name, better: metric.better });
        }
    }
    columns
}

fn table_row(row: &Row, columns: &[Column<'_>]) -> Markup {
    html! {
        tr {
            th scope="row" { (row.key.runner) }
            @if row.metrics.is_empty() {
                td.reason colspan=(columns.len() + 1) {
                    b { (row.status.word()) } ": " (wording::reason(row))
                }
            } @else {
                td { (row.samples) }
                @for column in columns {
                    @match row.metric(column.name) {
                        Some(metric) => (figure(metric)),
                        None => td.none { "not reported" },
                    }
                }
            }
        }
    }
}

fn figure(metric: &Summary) -> Markup {
    let scale = Scale::of(&metric.unit, metric.value);
    html! {
        td {
            (scale.figure(metric.value))
            span.interval {
                @match metric.interval {
                    Some(interval) => (scale.interval(interval)),
                    None => (format::count(metric.samples, "sample")),
                }
            }
        }
    }
}

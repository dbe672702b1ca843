//! The headline against the memory that it takes.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Summary;
use runtime_bench_results::trial::metric;

use crate::ReportError;
use crate::chart::{AxisKind, AxisSpec, Description, Scatter, ScatterPoint};
use crate::format;
use crate::page::context::Page;
use crate::page::figure;
use crate::table::head;
use crate::view::{Group, Runner, wording};

/// A runner with both figures.
struct Place<'a> {
    runner: &'a Runner<'a>,
    headline: &'a Summary,
    memory: &'a Summary,
}

/// The chart and its table; nothing where fewer than two runners have both figures, or where the
/// headline is memory itself.
pub(super) fn figure(page: Page<'_, '_>, group: &Group<'_>) -> Result<Markup, ReportError> {
    let places: Vec<Place<'_>> = page
        .view
        .runners
        .iter()
        .filter_map(|runner| {
            let row = group.row(runner.name)?;
            let memory = row.metric(metric::PEAK_MEMORY.id)?;
            Some(Place { runner, headline: group.figure(row)?, memory })
        })
        .collect();
    if places.len() < 2 || wording::counts_bytes(group.unit()) {
        return Ok(html! {});
    }
    let name = wording::metric(group.headline_name(), group.unit());
    let plot = Scatter {
        x: AxisSpec::new("Peak memory of the process", "B", AxisKind::Auto),
        y: AxisSpec::new(&name, group.unit(), AxisKind::Auto),
        points: places.iter().map(Place::point).collect(),
    };
    let about = Description {
        id: format!("{}-memory", group.anchor),
        title: format!("{name} against memory"),
        finding: finding(&places),
    };
    let direction = places.first().map_or("", |place| wording::direction(place.headline.better));
    let scale = format!(
        "across: peak memory of the process, lower is better; up: {}, {direction}; lines: 95\u{a0}% intervals",
        name.to_lowercase()
    );
    figure::with_data(&about, &scale, plot.draw(&about), &table(&name, &places))
}

impl Place<'_> {
    fn point(&self) -> ScatterPoint {
        ScatterPoint {
            name: self.runner.name.to_owned(),
            series: self.runner.series,
            x: self.memory.value,
            y: self.headline.value,
            x_interval: self.memory.interval,
            y_interval: self.headline.interval,
        }
    }
}

fn finding(places: &[Place<'_>]) -> String {
    let by = |place: &&Place<'_>| place.memory.value;
    let least = places.iter().min_by(|a, b| by(a).total_cmp(&by(b)));
    let most = places.iter().max_by(|a, b| by(a).total_cmp(&by(b)));
    let text = |place: &Place<'_>| {
        format!(
            "{} with {}",
            place.runner.name,
            format::figure(place.memory.value, &place.memory.unit)
        )
    };
    match (least, most) {
        (Some(least), Some(most)) => {
            format!("Least memory: {}; most: {}.", text(least), text(most))
        }
        _ => String::new(),
    }
}

fn table(name: &str, places: &[Place<'_>]) -> Markup {
    html! {
        table.figures {
            caption { "Medians over processes" }
            (head(["Runner", name, "Peak memory"]))
            tbody {
                @for place in places {
                    tr {
                        th scope="row" { (place.runner.name) }
                        td { (format::figure(place.headline.value, &place.headline.unit)) }
                        td { (format::figure(place.memory.value, &place.memory.unit)) }
                    }
                }
            }
        }
    }
}

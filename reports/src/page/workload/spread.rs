//! The headline of every process, which a median hides.

use maud::{Markup, html};
use runtime_bench_analysis::stats::quartiles;

use crate::ReportError;
use crate::chart::{Description, Violin, ViolinRow};
use crate::format::{self, Scale};
use crate::page::context::Page;
use crate::page::figure;
use crate::table::head;
use crate::view::{Group, wording};

/// The chart and its table; empty if no runner has several processes.
pub(super) fn figure(page: Page<'_, '_>, group: &Group<'_>) -> Result<Markup, ReportError> {
    let source = group.source;
    let rows: Vec<ViolinRow> = page
        .view
        .runners
        .iter()
        .filter_map(|runner| {
            let row = group.row(runner.name).filter(|row| group.figure(row).is_some())?;
            let values = page.view.gathered.values(&row.key, source.phase, &source.headline);
            let values = values.into_values().collect();
            Some(ViolinRow { name: runner.name.to_owned(), series: runner.series, values })
        })
        .collect();
    if rows.iter().all(|row| row.values.len() < 2) {
        return Ok(html! {});
    }
    let about = Description {
        id: format!("{}-spread", group.anchor),
        title: format!(
            "Spread of {}",
            wording::metric(group.headline_name(), group.unit()).to_lowercase()
        ),
        finding: finding(&rows),
    };
    let headline = group.headline();
    let direction = headline.map_or("", |headline| wording::direction(headline.better));
    let scale = format!(
        "{}; one sample per process; box: middle half; {direction}",
        wording::unit(group.unit())
    );
    let plot = Violin { unit: group.unit().to_owned(), rows: rows.clone() };
    figure::with_data(&about, &scale, plot.draw(&about), &table(group.unit(), &rows))
}

/// The median distance of processes from the median ÷ the median.
fn spread(values: &[f64]) -> Option<f64> {
    let middle = quartiles(values)?.median;
    let distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    let spread = quartiles(&distances)?.median / middle.abs();
    spread.is_finite().then_some(spread)
}

fn finding(rows: &[ViolinRow]) -> String {
    let spreads = rows.iter().filter_map(|row| Some((row.name.as_str(), spread(&row.values)?)));
    let mut spreads: Vec<(&str, f64)> = spreads.collect();
    spreads.sort_by(|a, b| a.1.total_cmp(&b.1));
    match spreads.as_slice() {
        [] => "No runner has enough processes for a spread.".to_owned(),
        [(name, spread)] => {
            format!("Middle half of the processes: ±{} for {name}.", format::percent(*spread))
        }
        [(steady, least), .., (restless, most)] => format!(
            "Middle half of the processes: ±{} for {steady}, ±{} for {restless}.",
            format::percent(*least),
            format::percent(*most)
        ),
    }
}

fn table(unit: &str, rows: &[ViolinRow]) -> Markup {
    html! {
        table.figures {
            caption { "Across processes" }
            (head(["Runner", "Processes", "Minimum", "First quartile", "Median", "Third quartile", "Maximum"]))
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { (row.name) }
                        td { (row.values.len()) }
                        @if let Some(five) = quartiles(&row.values) {
                            @let scale = Scale::of(unit, five.median);
                            @for value in [five.least, five.first, five.median, five.third, five.greatest] {
                                td { (scale.figure(value)) }
                            }
                        } @else {
                            td.none colspan="5" { "no finite figure" }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn spread_covers_half_of_skewed_processes() {
        let skewed = [100.0, 100.0, 100.0, 100.0, 100.0, 180.0, 190.0, 200.0, 210.0];
        assert_eq!(spread(&skewed), Some(0.0));
        assert_eq!(spread(&[90.0, 100.0, 110.0]), Some(0.1));
        assert_eq!(spread(&[0.0, 0.0]), None);
    }
}

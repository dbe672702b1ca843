//! The counts as tables: all counts of one explanation, or the parts of the time of several.

use runtime_bench_analysis::explanation::{Difference, EventDifference, Explanation, Part};

use super::sentences::{Explained, sentences};
use crate::format::Scale;
use crate::table::Align::{Left, Right};
use crate::table::{Cell, Table};

/// Maximum number of events of a part, and of the others.
const MOST_EVENTS: usize = 5;

/// How to read [`summary`].
pub(crate) const READING: &str = "The parts add up to the difference; “–” means within the spread \
                                  of the processes, or below 5%. The events that are named differ \
                                  in the same direction as a part and can account for it";

/// A line for each explanation: the difference, its parts, and the counts in sentences. `heading` is the
/// heading of the first column.
pub(crate) fn summary<'a>(
    heading: &str,
    explained: impl IntoIterator<Item = Explained<'a>>,
) -> Table {
    let mut columns = vec![(heading, Left), ("difference", Right)];
    columns.extend(Part::ALL.map(|part| (part.name(), Right)));
    columns.push(("explanation", Left));
    let mut table = Table::new(&columns);
    for one in explained {
        let Explanation { wall, operation, parts, .. } = one.explanation;
        let mut cells = vec![
            Cell::new(one.name),
            Cell::new(format!("{} per {operation}", signed(wall.by(), "ns"))),
        ];
        cells.extend(Part::ALL.map(|part| {
            let found = parts.iter().find(|found| found.part == part);
            Cell::new(found.map_or("–".to_owned(), |found| signed(found.difference.by(), "ns")))
        }));
        cells.push(Cell::new(sentences(one).join(" ")));
        table.push(cells);
    }
    table
}

/// Everything that differs, and the times.
pub(crate) fn table(explanation: &Explanation) -> Table {
    let Explanation { wall, cores, calls, parts, others, candidate, reference, .. } = explanation;
    let mut table = Table::new(&[
        ("event", Left),
        (candidate, Right),
        (reference, Right),
        ("difference", Right),
        ("interval", Left),
    ]);
    table.push(row("wall time", wall, "ns"));
    table.push(row("cores in use", cores, ""));
    if let Some(calls) = calls {
        table.push(row("system calls", calls, ""));
    }
    for part in parts {
        table.push(row(part.part.name(), &part.difference, "ns"));
        events(&mut table, &part.events);
    }
    if !others.is_empty() {
        table.push(title("other differences".to_owned()));
        events(&mut table, others);
    }
    table
}

fn events(table: &mut Table, events: &[EventDifference]) {
    for one in events.iter().take(MOST_EVENTS) {
        table.push(row(&format!("  {}", one.event), &one.difference, one.event.unit()));
    }
    let more = events.len().saturating_sub(MOST_EVENTS);
    if more > 0 {
        table.push(title(format!("  and {more} more in the JSON data")));
    }
}

fn title(text: String) -> [Cell; 5] {
    [text, String::new(), String::new(), String::new(), String::new()].map(Cell::new)
}

fn row(name: &str, difference: &Difference, unit: &str) -> [Cell; 5] {
    let Difference { reference, candidate, difference } = difference;
    let scale = Scale::of(unit, candidate.median.abs().max(reference.median.abs()));
    [
        Cell::new(name),
        Cell::new(scale.figure(candidate.median)),
        Cell::new(scale.figure(reference.median)),
        Cell::new(signed(difference.median, unit)),
        Cell::interval(Scale::of(unit, difference.median.abs()).interval(difference.interval)),
    ]
}

/// `+1.20 µs`.
fn signed(value: f64, unit: &str) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", Scale::of(unit, value.abs()).figure(value))
}

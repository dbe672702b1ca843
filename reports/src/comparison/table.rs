//! The cells of each row of a comparison.

use runtime_bench_analysis::comparison::{Document, FailOn, Judged, Row, Word};

use crate::explanation::{Explained, summary};
use crate::format;
use crate::table::Align::{Left, Right};
use crate::table::{Cell, Table};
use crate::view::wording;

/// Some rows of a comparison.
pub(crate) fn table<'r>(judged: &Judged, rows: impl IntoIterator<Item = &'r Row>) -> Table {
    let mut table = Table::new(&[
        ("row", Left),
        ("ratio", Right),
        ("interval", Right),
        ("samples", Right),
        ("verdict", Left),
        ("note", Left),
    ]);
    for row in rows {
        table.push(cells(judged, row));
    }
    table
}

/// Name, ratio, interval, samples, verdict, note.
pub(super) fn cells(judged: &Judged, row: &Row) -> [Cell; 6] {
    let [base, head] = row.samples;
    let regressed = judged.regressed(row);
    let gate = match row.word {
        Word::Slower if regressed => ", regression",
        Word::Slower
            if judged.fail_on != FailOn::Nothing && judged.document.untrusted.is_none() =>
        {
            ", within the threshold"
        }
        _ => "",
    };
    [
        Cell::new(&row.name),
        Cell::new(row.ratio.map(format::ratio).unwrap_or_default()),
        Cell::interval(row.interval.map(format::ratio_interval).unwrap_or_default()),
        Cell::new(if base == head { base.to_string() } else { format!("{base}/{head}") }),
        Cell::new(format!("{}{gate}", wording::change(row.word, &row.unit))).strong_if(regressed),
        Cell::new(&row.note),
    ]
}

/// The explanations of the rows that differ, in their order.
pub(super) fn explained(document: &Document) -> impl Iterator<Item = Explained<'_>> {
    document.explanations.iter().map(|found| {
        let row = document.rows.iter().find(|row| row.name == found.row);
        let ratio = row.and_then(|row| row.ratio);
        Explained { name: &found.row, ratio, explanation: &found.explanation }
    })
}

/// The same as a table.
pub(super) fn why(document: &Document) -> Table {
    summary("row", explained(document))
}

/// The number of rows with a verdict.
pub(super) fn of_word(judged: &Judged, word: Word) -> usize {
    judged.document.rows.iter().filter(|row| row.word == word).count()
}

/// `40 rows: 1 slower, 38 tie, 1 faster`.
pub(crate) fn counts(judged: &Judged) -> String {
    let counted: Vec<String> = Word::ALL
        .into_iter()
        .map(|word| (of_word(judged, word), word.word()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let total = format::count(judged.document.rows.len(), "row");
    if counted.is_empty() { total } else { format!("{total}: {}", counted.join(", ")) }
}

/// The message of the gate: `pass: none of 40 rows is proven slower by more than 1 %`.
pub(crate) fn verdict(judged: &Judged) -> String {
    wording::gate(judged.outcome, judged.fail_on, judged.sentence())
}

/// Cells of one side only, counted; at most `most` of each are named.
pub(crate) fn unpaired(judged: &Judged, most: usize) -> Vec<String> {
    let document = &judged.document;
    [("base", &document.only_base), ("candidate", &document.only_head)]
        .into_iter()
        .filter(|(_, cells)| !cells.is_empty())
        .map(|(side, cells)| {
            let named = cells[..cells.len().min(most)].join(", ");
            let more = if cells.len() > most { ", …" } else { "" };
            format!("only in the {side} ({}): {named}{more}", cells.len())
        })
        .collect()
}

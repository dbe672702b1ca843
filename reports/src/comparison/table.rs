//! What each row of a comparison shows.

use runtime_bench_results::comparison::{FailOn, Judged, Outcome, Row, Word};
use runtime_bench_results::stats::Verdict;

use crate::format;
use crate::view::wording;

/// One row in words.
pub(crate) struct Line<'a> {
    /// The row that it shows.
    pub(crate) row: &'a Row,
    /// `1.20×`; empty without a ratio.
    pub(crate) ratio: String,
    /// `1.15–1.25`; empty without an interval.
    pub(crate) interval: String,
    /// `40`, or `40/38` where base and candidate have different numbers.
    pub(crate) samples: String,
    /// The word, and what the gate makes of it.
    pub(crate) word: String,
    /// Whether the gate fails on it.
    pub(crate) regressed: bool,
}

/// The rows of a document, in its order.
pub(crate) fn lines(judged: &Judged) -> Vec<Line<'_>> {
    judged.document.rows.iter().map(|row| line(judged, row)).collect()
}

fn line<'a>(judged: &Judged, row: &'a Row) -> Line<'a> {
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
    Line {
        row,
        ratio: row.ratio.map(format::ratio).unwrap_or_default(),
        interval: row.interval.map(format::ratio_interval).unwrap_or_default(),
        samples: if base == head { base.to_string() } else { format!("{base}/{head}") },
        word: format!("{}{gate}", word(row.word, &row.unit)),
        regressed,
    }
}

/// The word that suits the unit: fewer bytes are smaller, not faster.
fn word(word: Word, unit: &str) -> &'static str {
    match word {
        Word::Faster => wording::verdict(Verdict::Faster, unit),
        Word::Slower => wording::verdict(Verdict::Slower, unit),
        other => other.word(),
    }
}

/// `40 rows: 1 slower, 38 tie, 1 faster`.
pub(crate) fn counts(judged: &Judged) -> String {
    let rows = &judged.document.rows;
    let of = |word: Word| rows.iter().filter(|row| row.word == word).count();
    let counted: Vec<String> = Word::ALL
        .into_iter()
        .filter(|word| of(*word) > 0)
        .map(|word| format!("{} {}", of(word), word.word()))
        .collect();
    let total = format::count(rows.len(), "row");
    if counted.is_empty() { total } else { format!("{total}: {}", counted.join(", ")) }
}

/// What the gate says: `pass: none of 40 rows is proven slower by more than 1 %`.
pub(crate) fn verdict(judged: &Judged) -> String {
    match (judged.outcome, judged.fail_on) {
        (Outcome::Pass, FailOn::Nothing) => judged.sentence(),
        (outcome, _) => format!("{}: {}", outcome.word(), judged.sentence()),
    }
}

/// Cells of one side only, counted and listed.
pub(crate) fn lonely(judged: &Judged) -> Vec<String> {
    let document = &judged.document;
    [("base", &document.only_base), ("candidate", &document.only_head)]
        .into_iter()
        .filter(|(_, cells)| !cells.is_empty())
        .map(|(side, cells)| format!("only in the {side} ({}): {}", cells.len(), cells.join(", ")))
        .collect()
}

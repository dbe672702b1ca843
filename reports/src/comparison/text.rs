//! A comparison for a terminal.

use std::collections::BTreeMap;

use runtime_bench_analysis::comparison::{Judged, Outcome, Row, Word};
use runtime_bench_analysis::format;

use super::table::{counts, table, unpaired, verdict};
use crate::sanitize::single_line;

/// The rows with a difference between the warnings and a summary; the others are counted by their reason,
/// or listed if `verbose`. What a gate says that does not pass is left to the caller unless `complete`.
pub fn text(judged: &Judged, verbose: bool, complete: bool) -> String {
    let document = &judged.document;
    let mut before =
        vec![format!("{}: {} against {}", document.title, document.head, document.base)];
    before.extend(document.warnings.iter().map(|warning| format!("warning: {warning}")));
    let differs = |row: &&Row| verbose || !(row.word.is_open() || is_alike(row.word));
    let (shown, others): (Vec<&Row>, Vec<&Row>) = document.rows.iter().partition(differs);
    let mut lines: Vec<String> = before.iter().map(|line| single_line(line)).collect();
    if !shown.is_empty() {
        lines.push(table(judged, shown).text("  "));
    }
    let mut after = reasons(&others);
    after.extend(document.notes.iter().cloned());
    after.extend(unpaired(judged));
    after.push(counts(judged));
    if !others.is_empty() {
        after.push(format!(
            "{} without a difference: --verbose",
            format::count(others.len(), "row")
        ));
    }
    if complete || judged.outcome == Outcome::Pass {
        after.push(verdict(judged));
    }
    lines.extend(after.iter().map(|line| single_line(line)));
    lines.join("\n") + "\n"
}

fn is_alike(word: Word) -> bool {
    matches!(word, Word::Tie | Word::Same)
}

/// `12 inconclusive: measured with other allocators`, for each reason once.
fn reasons(rows: &[&Row]) -> Vec<String> {
    let mut counted: BTreeMap<(Word, &str), usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.note.is_empty()) {
        *counted.entry((row.word, &row.note)).or_default() += 1;
    }
    let line =
        |((word, note), count): ((Word, &str), usize)| format!("{count} {}: {note}", word.word());
    counted.into_iter().map(line).collect()
}

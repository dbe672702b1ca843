//! A comparison for a terminal.

use std::collections::BTreeMap;

use runtime_bench_analysis::comparison::{Document, Judged, Outcome, Row, Word};
use runtime_bench_analysis::format;

use super::table::{counts, explained, table, unpaired, verdict};
use crate::explanation::sentences;
use crate::sanitize::single_line;

/// Cells of one side only that are named.
const UNPAIRED: usize = 3;

/// Options for showing a comparison.
#[derive(Clone, Copy, Debug, Default)]
pub struct Form<'a> {
    /// Every row, including those without a difference.
    pub verbose: bool,
    /// Whether to include the message of a gate that does not pass; otherwise the caller prints it.
    pub complete: bool,
    /// Shown instead of the rows, unless `verbose`.
    pub matrix: Option<&'a str>,
}

/// The rows with a difference between the warnings and a summary; the others are counted by their reason.
pub fn text(judged: &Judged, form: Form<'_>) -> String {
    let Form { verbose, complete, matrix } = form;
    let matrix = matrix.filter(|_| !verbose);
    let document = &judged.document;
    let mut before =
        vec![format!("{}: {} against {}", document.title, document.head, document.base)];
    before.extend(document.warnings.iter().map(|warning| format!("warning: {warning}")));
    let differs = |row: &&Row| verbose || !(row.word.is_open() || is_alike(row.word));
    let (shown, others): (Vec<&Row>, Vec<&Row>) = document.rows.iter().partition(differs);
    let untrusted = document.untrusted.iter().filter(|_| complete);
    before.extend(untrusted.map(|why| format!("do not trust this: {why}")));
    let mut lines: Vec<String> = before.iter().map(|line| single_line(line)).collect();
    let mut after = Vec::new();
    if let Some(matrix) = matrix {
        lines.extend(matrix.lines().map(single_line));
    } else {
        if !shown.is_empty() {
            lines.push(table(judged, shown).text(" "));
        }
        lines.extend(why(document));
        after.extend(reasons(&others));
        after.extend(document.notes.iter().cloned());
    }
    after.extend(unpaired(judged, if verbose { usize::MAX } else { UNPAIRED }));
    after.push(counts(judged));
    if matrix.is_none() && !others.is_empty() {
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

/// The explanations of the rows that differ.
fn why(document: &Document) -> impl Iterator<Item = String> {
    explained(document).flat_map(|one| {
        let head = single_line(&format!("why {}:", one.name));
        let said = sentences(one).into_iter().map(|sentence| single_line(&format!("  {sentence}")));
        std::iter::once(head).chain(said)
    })
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

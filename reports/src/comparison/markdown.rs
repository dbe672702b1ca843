//! A comparison for a pull request.

use runtime_bench_results::comparison::Judged;

use super::table::{counts, lines, lonely, verdict};
use crate::visible::plain;

/// The verdict in one line, then warnings, a table and notes.
pub fn markdown(judged: &Judged) -> String {
    let document = &judged.document;
    let mut out = vec![
        format!("**{}**", escaped(&verdict(judged))),
        format!(
            "{}: base {}, candidate {}. {}.",
            escaped(&document.title),
            escaped(&document.base),
            escaped(&document.head),
            counts(judged)
        ),
    ];
    let warnings = document.untrusted.iter().chain(&document.warnings);
    let warnings: Vec<String> =
        warnings.map(|warning| format!("- ⚠ {}", escaped(warning))).collect();
    if !warnings.is_empty() {
        out.push(warnings.join("\n"));
    }
    if !document.rows.is_empty() {
        out.push(table(judged));
    }
    let lonely = lonely(judged);
    let notes = document.notes.iter().chain(&lonely);
    let notes: Vec<String> = notes.map(|note| format!("- {}", escaped(note))).collect();
    if !notes.is_empty() {
        out.push(notes.join("\n"));
    }
    out.join("\n\n") + "\n"
}

fn table(judged: &Judged) -> String {
    let mut rows = vec![
        "| row | ratio | interval | samples | verdict | note |".to_owned(),
        "|---|--:|--:|--:|---|---|".to_owned(),
    ];
    for line in lines(judged) {
        let word = if line.regressed { format!("**{}**", line.word) } else { line.word };
        rows.push(format!(
            "| {} | {} | {} | {} | {word} | {} |",
            escaped(&line.row.name),
            line.ratio,
            line.interval,
            line.samples,
            escaped(&line.row.note)
        ));
    }
    rows.join("\n")
}

/// Text that Markdown shows as it is, also inside a table (`CommonMark` 0.31, §2.4: any punctuation
/// may be escaped).
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in plain(text).chars() {
        if "\\`*_[]<>&|~".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

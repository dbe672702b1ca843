//! A comparison for a pull request.

use runtime_bench_analysis::comparison::Judged;

use super::table::{counts, table, unpaired, verdict, why};
use crate::explanation::{READING, not_counted};
use crate::format;
use crate::markdown::{LARGEST, escaped, list};

/// Cells of one side only that are named.
const UNPAIRED: usize = 10;

/// The verdict in one line, then warnings, a table and notes. The table is cut where the text would be larger than
/// 60 KB.
pub fn markdown(judged: &Judged) -> String {
    let document = &judged.document;
    let warnings = document.untrusted.iter().chain(&document.warnings);
    let warnings: Vec<String> = warnings.map(|warning| format!("⚠ {warning}")).collect();
    let mut parts = vec![
        format!("**{}**", escaped(&verdict(judged))),
        format!(
            "{}: base {}, candidate {}. {}.",
            escaped(&document.title),
            escaped(&document.base),
            escaped(&document.head),
            counts(judged)
        ),
        list(&warnings),
    ];
    let place = parts.len();
    if !document.explanations.is_empty() {
        parts.push(format!("### Why\n\n{}\n\n{}.", why(document).markdown(), escaped(READING)));
        let evidence = document.explanations.iter().flat_map(|found| &found.evidence);
        parts.push(list(&not_counted(evidence)));
    }
    parts.push(list(document.notes.iter().chain(&unpaired(judged, UNPAIRED))));
    let room = LARGEST.saturating_sub(parts.iter().map(|part| part.len() + 2).sum());
    parts.insert(place, rows(judged, room));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

/// As many rows as fit into `room` bytes, the worst first.
fn rows(judged: &Judged, room: usize) -> String {
    let all = judged.document.rows.len();
    // Room for the last sentence.
    let (text, shown) =
        table(judged, &judged.document.rows).markdown_within(room.saturating_sub(100));
    let omitted = match all - shown {
        0 => String::new(),
        rows => format!(
            "\n{} omitted; the page (`--report`) has all of them.",
            format::count(rows, "row")
        ),
    };
    (text + &omitted).trim_end().to_owned()
}

//! A comparison for a terminal.

use comfy_table::{CellAlignment, Table, presets};
use runtime_bench_results::comparison::Judged;

use super::table::{Line, counts, lines, lonely, verdict};
use crate::visible::plain;

/// An aligned table between the warnings and a summary.
pub fn text(judged: &Judged) -> String {
    let document = &judged.document;
    let mut out = vec![
        document.title.clone(),
        format!("  base:      {}", document.base),
        format!("  candidate: {}", document.head),
    ];
    out.extend(document.warnings.iter().map(|warning| format!("warning: {warning}")));
    out.extend(document.untrusted.iter().map(|why| format!("do not trust this: {why}")));
    let mut out: Vec<String> = out.iter().map(|line| plain(line)).collect();
    if !document.rows.is_empty() {
        out.push(table(&lines(judged)));
    }
    out.extend(document.notes.iter().map(|note| plain(&format!("note: {note}"))));
    out.extend(lonely(judged).iter().map(|line| plain(line)));
    out.push(counts(judged));
    out.push(plain(&verdict(judged)));
    out.join("\n") + "\n"
}

fn table(lines: &[Line<'_>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for line in lines {
        let interval = match line.interval.as_str() {
            "" => String::new(),
            interval => format!("[{interval}]"),
        };
        table.add_row([
            format!(" {}", plain(&line.row.name)),
            line.ratio.clone(),
            interval,
            line.samples.clone(),
            line.word.clone(),
            plain(&line.row.note),
        ]);
    }
    for column in 1..=3 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

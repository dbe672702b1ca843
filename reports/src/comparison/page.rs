//! A comparison as a separate page.

use std::path::{Path, PathBuf};

use maud::{Markup, PreEscaped, html};
use runtime_bench_analysis::comparison::{Document, Judged, Row, Word};
use runtime_bench_analysis::stats::Interval;

use super::table::{counts, explained, of_word, unpaired, verdict, why};
use crate::ReportError;
use crate::explanation::{READING, counts as counts_of, not_counted, remarks};
use crate::files::{self, File, pretty_json};
use crate::page::{lone_document, quoted};
use crate::preview::Preview;
use crate::{format, view::wording};

/// Half the width of a plot.
const HALF: f64 = 120.0;
/// Possible ends of an axis, as factors.
const AXES: [f64; 4] = [1.1, 1.25, 2.0, 10.0];
/// Share of the rows whose intervals fit on the axis.
const SHOWN: f64 = 0.9;

/// The CPU time of both builds in a row, by role.
#[derive(Clone, Debug)]
pub struct RowProfile {
    /// Name of the row.
    pub row: String,
    /// The CPU time of each role.
    pub lines: Vec<String>,
    /// Names and contents of its flame graphs.
    pub graphs: Vec<(String, Vec<u8>)>,
}

/// Writes the page of a comparison, its preview picture, its flame graphs and its data into a folder, which
/// is created if necessary, and returns the path of the page. `command` is the command that wrote it.
///
/// # Errors
/// When the folder holds another site, or a file cannot be written.
pub fn write_page(
    judged: &Judged,
    command: &[String],
    profiles: &[RowProfile],
    folder: &Path,
) -> Result<PathBuf, ReportError> {
    let page = File::new("index.html", page(judged, command, profiles));
    let data = File::new("comparison.json", pretty_json(judged)?);
    let mut files = vec![page, preview(judged).file()?, data];
    for (place, profile) in profiles.iter().enumerate() {
        let graphs = profile.graphs.iter();
        files.extend(graphs.map(|(name, svg)| File::new(&graph(place, name), svg.as_slice())));
    }
    files::write_all(folder, &files)
}

/// The path of a flame graph in the folder of the page.
fn graph(place: usize, name: &str) -> String {
    format!("profiles/{}/{name}", place + 1)
}

/// The page.
pub(super) fn page(judged: &Judged, command: &[String], profiles: &[RowProfile]) -> String {
    let document = &judged.document;
    let (open, mut settled): (Vec<&Row>, Vec<&Row>) =
        document.rows.iter().partition(|row| row.word.is_open());
    // A failure has no ratio, and is worse than any ratio.
    let cost = |row: &Row| row.ratio.unwrap_or(f64::INFINITY);
    settled.sort_by(|a, b| cost(b).total_cmp(&cost(a)));
    let axis = axis(&document.rows);
    let conclusion = verdict(judged);
    let body = html! {
        header.top {
            h1 { (document.title) }
            p.lead { strong { (conclusion) } }
            p { "Base: " code { (document.base) } ", candidate: " code { (document.head) } }
        }
        (list(&document.warnings))
        section aria-labelledby="result" {
            h2 #result { "Result" }
            p.finding { (counts(judged)) "." }
            ul.remarks {
                @for [what, row, change] in extremes(settled.iter().copied()) {
                    li { (what) ": " (row) ", " (change) "." }
                }
            }
            (table(judged, &settled, axis, "Rows with a result, the worst first"))
            @if !open.is_empty() {
                details {
                    summary { (format::count(open.len(), "inconclusive row")) }
                    (table(judged, &open, axis, "Inconclusive rows"))
                }
            }
        }
        @if !document.explanations.is_empty() { (explanations(document, profiles)) }
        section aria-labelledby="method" {
            h2 #method { "How rows are judged" }
            (list(&document.notes))
            (list(&unpaired(judged, usize::MAX)))
        }
        section aria-labelledby="command" {
            h2 #command { "Command" }
            pre { code { (command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")) } }
            p { a href="comparison.json" { "comparison.json" } " contains every figure on this page." }
        }
    };
    lone_document(&document.title, &conclusion, &body)
}

/// The explanations of the rows that differ, every count, and flame graphs.
fn explanations(document: &Document, profiles: &[RowProfile]) -> Markup {
    let evidence = document.explanations.iter().flat_map(|found| &found.evidence);
    html! {
        section.why aria-labelledby="why" {
            h2 #why { "Why" }
            p.prose { "Counted in untimed trials of both builds. " (READING) "." }
            (why(document).html("Why rows differ"))
            (remarks(not_counted(evidence)))
            (counts_of(explained(document)))
            @for (place, profile) in profiles.iter().enumerate() {
                details.data {
                    summary { (profile.row) ": flame graphs" }
                    pre { (profile.lines.join("\n")) }
                    ul.remarks {
                        @for (name, _) in &profile.graphs { li { a href=(graph(place, name)) { (name) } } }
                    }
                }
            }
        }
    }
}

fn list(items: &[String]) -> Markup {
    html! {
        @if !items.is_empty() { ul.remarks { @for item in items { li { (item) } } } }
    }
}

/// The worst and the best row: a label, its name, and its change.
fn extremes<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Vec<[String; 3]> {
    let mut changed: Vec<&Row> =
        rows.into_iter().filter(|row| matches!(row.word, Word::Slower | Word::Faster)).collect();
    changed.sort_by(|a, b| b.ratio.unwrap_or(1.0).total_cmp(&a.ratio.unwrap_or(1.0)));
    let worst = changed.first().filter(|row| row.word == Word::Slower);
    let best = changed.last().filter(|row| row.word == Word::Faster);
    let told = |what: &str, row: &&Row| [what.to_owned(), row.name.clone(), change(row)];
    worst
        .map(|row| told("Worst", row))
        .into_iter()
        .chain(best.map(|row| told("Best", row)))
        .collect()
}

fn preview(judged: &Judged) -> Preview {
    let document = &judged.document;
    let of = |words: &[Word]| words.iter().map(|word| of_word(judged, *word)).sum::<usize>();
    Preview {
        title: document.title.clone(),
        facts: format!("{} → {}", document.base, document.head),
        parts: vec![
            (of(&[Word::Failed, Word::Slower]), "slow"),
            (of(&[Word::Faster]), "fast"),
            (of(&[Word::Tie, Word::Same]), "good"),
            (document.rows.iter().filter(|row| row.word.is_open()).count(), "line"),
        ],
        summary: counts(judged),
        rows: extremes(&document.rows),
    }
}

/// `7.0% slower`.
fn change(row: &Row) -> String {
    let word = wording::change(row.word, &row.unit);
    match (row.word, row.ratio) {
        (Word::Faster | Word::Slower, Some(ratio)) => format::change(ratio, &row.unit),
        _ => word.to_owned(),
    }
}

fn table(judged: &Judged, rows: &[&Row], axis: f64, caption: &str) -> Markup {
    html! {
        @if !rows.is_empty() {
            div.scroll tabindex="0" role="group" aria-label=(caption) {
                table.figures.results {
                    caption {
                        (caption) ". Plots show candidate ÷ base on a log axis from "
                        (format::ratio(1.0 / axis)) " to " (format::ratio(axis)) "; right of 1× costs more."
                    }
                    thead {
                        tr {
                            @for name in ["Row", "Result", "Interval", "Ratio", "Pairs", "Note"] {
                                th scope="col" { (name) }
                            }
                        }
                    }
                    tbody { @for row in rows { (line(judged, row, axis)) } }
                }
            }
        }
    }
}

fn line(judged: &Judged, row: &Row, axis: f64) -> Markup {
    let direction = match row.word {
        Word::Failed | Word::Slower => "ss",
        Word::Faster => "sf",
        _ => "eq",
    };
    html! {
        tr {
            th scope="row" { (row.name) }
            td class=(direction) {
                span { (change(row)) }
                @if judged.regressed(row) { ", " strong { "regression" } }
            }
            td class={ "plot " (direction) } { (plot(row.ratio, row.interval, axis)) }
            td {
                @if let Some(ratio) = row.ratio { (format::ratio(ratio)) }
                i { @if let Some(interval) = row.interval { (format::ratio_interval(interval)) } }
            }
            td { (row.samples[1]) }
            td.reason { (row.note) }
        }
    }
}

/// The end of an axis that holds most intervals.
fn axis(rows: &[Row]) -> f64 {
    let reach = |interval: Interval| interval.high.max(1.0 / interval.low);
    let reaches: Vec<f64> = rows.iter().filter_map(|row| row.interval.map(reach)).collect();
    let holds = |axis: &f64| {
        let held = reaches.iter().filter(|reach| *reach <= axis).count();
        held as f64 >= SHOWN * reaches.len() as f64
    };
    AXES.into_iter().find(holds).unwrap_or(AXES[AXES.len() - 1])
}

/// The ratio and its interval, with a line at 1.
fn plot(ratio: Option<f64>, interval: Option<Interval>, axis: f64) -> Markup {
    let (Some(ratio), Some(interval)) = (ratio, interval) else { return html! {} };
    let at = |ratio: f64| {
        let place = HALF + HALF * ratio.ln() / axis.ln();
        if place.is_nan() { HALF } else { place.clamp(4.0, 2.0 * HALF - 4.0).round() }
    };
    let (low, middle, high) = (at(interval.low), at(ratio), at(interval.high));
    html! {
        (PreEscaped(format!(
            r#"<svg viewBox="0 0 240 16" aria-hidden="true" stroke="currentColor"><path d="M120 0V16" opacity=".4"/><path d="M{low} 8H{high}" stroke-width="3"/><circle cx="{middle}" cy="8" r="4" fill="currentColor"/></svg>"#
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plots_stay_on_the_axis_whatever_the_ratio() {
        let plot =
            |ratio, low, high| plot(Some(ratio), Some(Interval { low, high }), 2.0).into_string();
        assert!(plot(1.0, 0.5, 2.0).contains("M4 8H236"));
        assert!(plot(1e9, 1e-9, f64::INFINITY).contains("M4 8H236"));
        assert!(!plot(f64::NAN, f64::NAN, -1.0).contains("NaN"));
    }
}

//! `summary.md`: a run on one page, for the summary of a job or a pull request.

use std::fmt::Write;

use runtime_bench_analysis::analysis::{Row, Status};
use runtime_bench_analysis::answers::AnswerState;
use runtime_bench_analysis::stats::ResultClass;
use runtime_bench_results::noise::Noise;
use runtime_bench_results::run::Run;

use crate::format;
use crate::markdown::{LARGEST, escaped};
use crate::table::Align::Left;
use crate::table::{Cell, Table};
use crate::view::{Group, View, noise, wording};

/// Maximum number of failed cells, and of claims, that are listed by name.
const NAMED: usize = 10;
/// Longest name or reason, in characters.
const LONGEST: usize = 120;

/// The summary, at most 60 KB.
pub(super) fn summary(view: &View<'_>) -> String {
    let mut parts = vec![title(view.run), control(view.analysis.noise)];
    parts.extend(noise::unfinished(view.run).map(|why| format!("**Not finished**: {why}")));
    let beside = noise::run_warnings(view.run, view.analysis);
    parts.extend(beside.map(|sentence| escaped(&sentence)));
    parts.push(precision(view));
    parts.push(answers(view));
    parts.push(claims(view));
    parts.push(counts(view));
    let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    let table = table(view, LARGEST.saturating_sub(text.len()));
    format!("{text}\n\n{table}\n")
}

fn title(run: &Run) -> String {
    let header = &run.header;
    let sharding = run.sharding().map(|what| format!(", {what}")).unwrap_or_default();
    format!(
        "## Runtimes compared on {}\n\nRun {} of {}, profile {}, {} workers{sharding}.",
        short(&header.environment.label()),
        short(&header.id),
        short(&header.started),
        short(&header.plan.profile),
        header.plan.workers
    )
}

/// The result of the A/A control.
fn control(noise: Noise) -> String {
    let Noise { passed, unproven, failed } = noise;
    let all = passed + unproven + failed;
    if all == 0 {
        return "**No A/A control**: the reference was not measured against itself.".to_owned();
    }
    let head = match failed {
        0 if unproven == 0 => "A/A control passed",
        0 => "A/A control: no failure",
        1 => "One A/A control failed",
        _ => "Do not trust these results",
    };
    format!(
        "**{head}**: the reference against itself passed in {passed} of {all} comparisons, \
         was inconclusive in {unproven}, and failed in {failed}."
    )
}

/// The number of comparisons with an answer.
fn precision(view: &View<'_>) -> String {
    let counts = view.counts;
    match counts.total() {
        0 => String::new(),
        _ => format!("{}. {}", wording::counts(&counts), wording::layouts(&view.run.header.plan)),
    }
}

/// The answer for each use case.
fn answers(view: &View<'_>) -> String {
    let measured = view.answers.iter().filter(|answer| answer.state != AnswerState::NotMeasured);
    let lines = measured.map(|answer| {
        let state = match answer.state {
            AnswerState::Decided => String::new(),
            state => format!(" ({})", state.word()),
        };
        format!("- **{}**: {}{state}", answer.question, escaped(&answer.recommendation))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The verdicts of the claims.
fn claims(view: &View<'_>) -> String {
    let mut table = Table::new(&[("claim", Left), ("verdict", Left)]);
    for judged in view.claims.iter().take(NAMED) {
        let verdict = judged.found.verdict.words();
        table.push([Cell::new(shortened(&judged.claim.title)), Cell::new(verdict)]);
    }
    if table.is_empty() { String::new() } else { table.markdown() }
}

/// The number of cells without a result, and the failed ones.
fn counts(view: &View<'_>) -> String {
    let rows = || view.compared_groups().flat_map(|group| &group.source.rows);
    let of = |word: &str| rows().filter(|row| row.status.word() == word).count();
    let failed = of("failed");
    let mut text = format!(
        "{}: {} measured, {failed} failed, {} n/a, {} not measured.",
        format::count(rows().count(), "cell"),
        of("measured"),
        of("n/a"),
        of("not measured")
    );
    let named = rows().filter(|row| matches!(row.status, Status::Failed(_))).take(NAMED);
    for row in named {
        let (name, reason) = (short(&row.key.to_string()), short(row.status.reason()));
        // Writing to a string cannot fail.
        let _ = write!(text, "\n- failed: {name}: {reason}");
    }
    if failed > NAMED {
        let _ = write!(text, "\n- and {} more", failed - NAMED);
    }
    text
}

/// As many comparisons as fit into `room` bytes.
fn table(view: &View<'_>, room: usize) -> String {
    let names: Vec<String> = view.columns().iter().map(|runner| shortened(runner.name)).collect();
    let mut columns = vec![("workload", Left)];
    columns.extend(names.iter().map(|name| (name.as_str(), Left)));
    let mut table = Table::new(&columns);
    for group in view.compared_groups() {
        table.push(row(view, group));
    }
    // Room for the last sentence.
    let room = room.saturating_sub(300);
    let (mut text, shown) = table.markdown_within(room);
    let all = view.compared_groups().count();
    if shown < all {
        let _ = write!(
            text,
            "\n{} omitted; the report has all of them.\n",
            format::count(all - shown, "row")
        );
    }
    text + "\n**Bold**: settled. `~`: leaning. A range: open (cost ÷ the reference’s cost). The \
            reference shows an absolute figure."
}

fn row(view: &View<'_>, group: &Group<'_>) -> Vec<Cell> {
    let doubt = if group.is_distrusted() { " ⚠ A/A control failed" } else { "" };
    let name = shortened(&format!("{} · {}", group.title, group.point()));
    let columns = view.columns();
    let cells = columns.iter().map(|runner| match group.row(runner.name) {
        Some(row) => cell(group, row),
        None => Cell::new(""),
    });
    [Cell::new(name + doubt)].into_iter().chain(cells).collect()
}

/// `43% slower`; the figure of the reference; the reason if there is no result.
fn cell(group: &Group<'_>, row: &Row) -> Cell {
    if let Some(found) = &row.comparison {
        let found = group.trusted(found);
        let settled = found.verdict.class() == Some(ResultClass::Settled);
        return Cell::new(wording::words(&found, group.unit())).strong_if(settled);
    }
    Cell::new(match group.figure(row) {
        Some(_) if row.client_bound.is_some() => "client-bound".to_owned(),
        Some(_) if group.source.is_check() => wording::PASSES.to_owned(),
        Some(figure) => shortened(&format::figure(figure.value, &figure.unit)),
        None => wording::no_result(row).to_owned(),
    })
}

/// A text of limited length.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The same with escaped Markdown.
fn short(text: &str) -> String {
    escaped(&shortened(text))
}

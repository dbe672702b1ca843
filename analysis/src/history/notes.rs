//! What a reader of change points must know: how they were found, and what could not be.

use super::Machine;
use super::baseline::{Against, Series};
use super::cells::Cell;
use super::steps::FALSE_SHARE;
use crate::stats::{FEWEST_BESIDE, FEWEST_SAMPLES, fewest_beside};

/// How change points are found.
pub(super) fn method() -> Vec<String> {
    vec![
        "a ratio is the cost after the change ÷ the cost before it, against what the other runners did in \
         the same runs; what slows every runner alike is taken for the machine's doing and not seen"
            .to_owned(),
        format!(
            "E-divisive (Matteson & James 2014) with a permutation test: of the series said to have \
             changed, at most {} % have not, on average; the interval is that of the ratio alone, at 95 %",
            100.0 * FALSE_SHARE
        ),
    ]
}

/// What is to be known of one machine.
pub(super) fn of(
    machine: &Machine<'_>,
    cells: &[Cell<'_>],
    series: &[Series<'_, '_>],
) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    notes.extend(distrusted(machine));
    notes.extend(alone(cells, series));
    let kept = cells.iter().filter(|cell| cell.kept);
    let runs = kept.map(|cell| cell.costs.len()).max().unwrap_or(0);
    if series.is_empty() && runs > 0 {
        return notes;
    }
    let (long, short): (Vec<_>, Vec<_>) =
        series.iter().partition(|own| own.points.len() >= FEWEST_SAMPLES);
    if long.is_empty() {
        notes.push(format!(
            "{}; a change point needs at least {FEWEST_BESIDE} runs on either side of it, so \
             {FEWEST_SAMPLES} in all: nothing can be said yet",
            count(runs, "run with figures to be believed", "runs with figures to be believed")
        ));
        return notes;
    }
    if !short.is_empty() {
        notes.push(format!(
            "{} fewer than {FEWEST_SAMPLES} runs with a figure to be believed: not looked at",
            count(short.len(), "series has", "series have")
        ));
    }
    notes.push(match fewest_beside(runs, long.len(), FALSE_SHARE) {
        Some(FEWEST_BESIDE) => {
            format!("a change can be found once {FEWEST_BESIDE} of {runs} runs lie on either side of it")
        }
        Some(beside) => format!(
            "a change of one cell alone can be found once {beside} of {runs} runs lie on either side of it; \
             of many cells at once, {FEWEST_BESIDE}"
        ),
        None => format!(
            "with {runs} runs, a change of one cell alone among {} cannot be told from chance: only one of \
             several cells at once is found, or one of fewer cells with --filter",
            long.len()
        ),
    });
    if series.iter().any(|own| own.against != Against::Others) {
        notes.push(
            "rows against one runner: most others cannot be told from one, because three runners that \
             share no package are needed for that; either of the two may have changed"
                .to_owned(),
        );
    }
    notes
}

/// The runs that are left out because of their controls.
fn distrusted(machine: &Machine<'_>) -> Option<String> {
    let untrusted = machine.runs.iter().filter(|(_, analysis)| !analysis.noise.trusted());
    let ids: Vec<&str> = untrusted.map(|(run, _)| run.header.id.as_str()).collect();
    (!ids.is_empty()).then(|| {
        format!(
            "{} left out, because identical code was told apart in several comparisons: {}",
            count(ids.len(), "run is", "runs are"),
            ids.join(", ")
        )
    })
}

/// The cells that have figures and no series.
fn alone(cells: &[Cell<'_>], series: &[Series<'_, '_>]) -> Option<String> {
    let kept = cells.iter().filter(|cell| cell.kept).count();
    // The one that others are measured against changes with them.
    let references = cells.iter().filter(|cell| {
        let beside = |own: &Series<'_, '_>| {
            own.against == Against::Runner(&cell.key.runner)
                && own.cell.comparison() == cell.comparison()
        };
        cell.kept && series.iter().any(beside)
    });
    let alone = kept.saturating_sub(series.len() + references.count());
    (alone > 0).then(|| {
        format!(
            "{} measured beside no other runner that it could be compared with: times of different \
             days are not",
            count(alone, "cell was", "cells were")
        )
    })
}

fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

//! Notes on change points: how they are found, and which series could not be analyzed.

use super::Machine;
use super::baseline::{Against, Series};
use super::cells::Cell;
use super::steps::FALSE_SHARE;
use crate::stats::{FEWEST_BESIDE, FEWEST_SAMPLES, fewest_beside};

/// Explains how change points are found.
pub(super) fn method() -> Vec<String> {
    vec![
        "a ratio is the cost after the change ÷ the cost before it, relative to the other runners \
         of the same runs; a change that slows every runner equally is attributed to the machine \
         and not reported"
            .to_owned(),
        format!(
            "E-divisive (Matteson & James 2014) with a permutation test: on average, at most {}% \
             of the reported changes are false; intervals are 95% intervals of the ratio",
            100.0 * FALSE_SHARE
        ),
    ]
}

/// Notes on one machine.
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
            "{}; a change point needs at least {FEWEST_BESIDE} runs on either side of it, \
             {FEWEST_SAMPLES} in total",
            count(runs, "usable run", "usable runs")
        ));
        return notes;
    }
    if !short.is_empty() {
        notes.push(format!(
            "{} fewer than {FEWEST_SAMPLES} usable runs: not analyzed",
            count(short.len(), "series has", "series have")
        ));
    }
    notes.push(match fewest_beside(runs, long.len(), FALSE_SHARE) {
        Some(FEWEST_BESIDE) => {
            format!(
                "a change can be found if at least {FEWEST_BESIDE} of {runs} runs lie on \
                either side of it"
            )
        }
        Some(beside) => format!(
            "a change in a single cell can be found if at least {beside} of {runs} runs lie on \
             either side of it; a change in many cells needs {FEWEST_BESIDE}"
        ),
        None => format!(
            "with {runs} runs, a change in a single cell among {} is indistinguishable from \
             chance: select fewer cells with --filter, or look for changes in several cells at \
             once",
            long.len()
        ),
    });
    if series.iter().any(|own| own.against != Against::Others) {
        notes.push(
            "some rows are relative to one runner, because a common baseline needs three runners \
             that share no package; either of the two may have changed"
                .to_owned(),
        );
    }
    notes
}

/// The runs that are excluded because of their controls.
fn distrusted(machine: &Machine<'_>) -> Option<String> {
    let untrusted = machine.runs.iter().filter(|(_, analysis)| !analysis.noise.trusted());
    let ids: Vec<&str> = untrusted.map(|(run, _)| run.header.id.as_str()).collect();
    (!ids.is_empty()).then(|| {
        format!(
            "{} excluded, because the A/A control failed in several comparisons: {}",
            count(ids.len(), "run is", "runs are"),
            ids.join(", ")
        )
    })
}

/// The cells that have figures and no series.
fn alone(cells: &[Cell<'_>], series: &[Series<'_, '_>]) -> Option<String> {
    let kept = cells.iter().filter(|cell| cell.kept).count();
    // The reference of the others changes with them.
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
            "{} measured without another runner to compare with: times from different days are not \
             compared",
            count(alone, "cell was", "cells were")
        )
    })
}

fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

//! The runs at which cells changed permanently.

use std::ops::Range;

use super::baseline::{Against, Series};
use super::cells::{Cell, Wanted, cells};
use super::steps::{Step, found};
use super::{ChangePoint, Document, HistoryRun, Machine, MachineChanges, SCHEMA, Side, notes};
use crate::analysis::Analysis;
use crate::comparison::{Word, with_phase};
use crate::stats::{FEWEST_SAMPLES, dependent, median};
use runtime_bench_results::differences;

/// Note on a series that drifts slowly.
const DRIFT: &str = "neighboring runs resemble each other: more likely a drift than a step";

/// The change points of each machine, for the selected cells, introduced at or after `since` (the beginning
/// of an RFC 3339 time, UTC).
///
/// A series is a cell's cost relative to the other runners in the same runs. A change is reported only if the
/// whole 95% interval of its ratio lies beyond 1%.
pub fn changes(machines: &[Machine<'_>], wanted: &Wanted<'_>, since: Option<&str>) -> Document {
    let settings = machines.iter().flat_map(Machine::by_setting);
    Document {
        schema: SCHEMA.to_owned(),
        metric: wanted.metric.map(str::to_owned),
        since: since.map(str::to_owned),
        method: notes::method(),
        machines: settings.map(|machine| of_machine(&machine, wanted, since)).collect(),
    }
}

fn of_machine(machine: &Machine<'_>, wanted: &Wanted<'_>, since: Option<&str>) -> MachineChanges {
    let cells = cells(machine, wanted);
    let newest = machine.runs.last().map(|(run, _)| &run.header.plan);
    let reference = newest.map_or("", |plan| plan.reference.as_str());
    let (series, steps) = found(&cells, machine.runs.len(), reference);
    let mut changes: Vec<(usize, ChangePoint)> = series
        .iter()
        .zip(&steps)
        .flat_map(|(series, steps)| of_series(machine, series, steps))
        .filter(|(_, change)| since.is_none_or(|since| change.started.as_str() >= since))
        .collect();
    // The order of cells stays within a run.
    changes.sort_by_key(|(run, _)| std::cmp::Reverse(*run));
    let short = series.iter().filter(|own| own.points.len() < FEWEST_SAMPLES).count();
    MachineChanges {
        label: machine.label.clone(),
        workers: newest.map_or(0, |plan| plan.workers),
        pool_threads: newest.map_or(0, |plan| plan.pool_threads),
        runs: machine
            .runs
            .iter()
            .map(|(run, analysis)| HistoryRun {
                id: run.header.id.clone(),
                started: run.header.started.clone(),
                commit: run.header.environment.commit.clone(),
                trusted: analysis.noise.trusted(),
            })
            .collect(),
        series: series.len() - short,
        short,
        changes: changes.into_iter().map(|(_, change)| change).collect(),
        notes: notes::of(machine, &cells, &series),
    }
}

/// The change points of a series, each with the index of its run.
fn of_series(
    machine: &Machine<'_>,
    series: &Series<'_, '_>,
    steps: &[Step],
) -> Vec<(usize, ChangePoint)> {
    let places = steps.iter().map(|step| step.change.at);
    let bounds: Vec<usize> = [0].into_iter().chain(places).chain([series.points.len()]).collect();
    let drifts = drifts(series, &bounds);
    let each = steps.iter().zip(bounds.windows(3)).enumerate();
    each.map(|(number, (step, part))| {
        let (run, change) = change_point(machine, series, step, part, drifts);
        (run, ChangePoint { latest: number + 1 == steps.len(), ..change })
    })
    .collect()
}

/// Whether runs between two changes still resemble their neighbors, which suggests a drift instead of a step.
fn drifts(series: &Series<'_, '_>, bounds: &[usize]) -> bool {
    let logs: Vec<f64> = series.points.iter().map(|(_, log)| *log).collect();
    let level = |segment: &[f64]| median(segment).unwrap_or(0.0);
    let segments = bounds.windows(2).map(|part| &logs[part[0]..part[1]]);
    let left: Vec<f64> =
        segments.flat_map(|own| own.iter().map(move |log| log - level(own))).collect();
    dependent(&left)
}

fn change_point(
    machine: &Machine<'_>,
    series: &Series<'_, '_>,
    step: &Step,
    part: &[usize],
    drifts: bool,
) -> (usize, ChangePoint) {
    let Series { cell, against, points, .. } = series;
    let (before, after) = (part[0]..part[1], part[1]..part[2]);
    let cost = |point: usize| cell.costs[points[point].0];
    let (introduced, previous) = (cost(after.start).run, cost(before.end - 1).run);
    let (run, last) = (machine.runs[introduced].0, machine.runs[previous].0);
    let side = |points: Range<usize>| {
        let figures: Vec<f64> = points.map(|point| cost(point).figure).collect();
        Side { runs: figures.len(), figure: median(&figures).unwrap_or(0.0) }
    };
    let crowded = |points: Range<usize>| {
        let of = points.len();
        2 * points.filter(|&point| crowded(machine.runs[cost(point).run].1, cell)).count() > of
    };
    let cores = match (crowded(before.clone()), crowded(after.clone())) {
        (false, true) => Some("most runs after it had fewer cores free than those before"),
        (true, false) => Some("most runs before it had fewer cores free than those after"),
        _ => None,
    };
    let notes: Vec<&str> = drifts.then_some(DRIFT).into_iter().chain(cores).collect();
    let found = ChangePoint {
        cell: with_phase(&cell.key.to_string(), cell.phase),
        workload: cell.key.workload.clone(),
        runner: cell.key.runner.clone(),
        metric: cell.metric.to_owned(),
        unit: cell.unit.to_owned(),
        against: match against {
            Against::Others => None,
            Against::Runner(name) => Some((*name).to_owned()),
        },
        run: run.header.id.clone(),
        started: run.header.started.clone(),
        previous: last.header.id.clone(),
        changed: differences::facts(last, run),
        word: if step.ratio > 1.0 { Word::Slower } else { Word::Faster },
        ratio: step.ratio,
        interval: step.interval,
        p_value: step.change.p_value,
        before: side(before),
        after: side(after),
        latest: true,
        note: notes.join("; "),
    };
    (introduced, found)
}

/// Whether other programs took cores away from a cell's comparison.
fn crowded(analysis: &Analysis, cell: &Cell<'_>) -> bool {
    let own = |name: &str, phase| (name, phase) == (cell.group, cell.phase);
    analysis.groups.iter().any(|group| own(&group.name, group.phase) && group.noise.crowded())
}

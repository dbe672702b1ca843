//! The cost of each cell in each run, if it is trustworthy.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Machine;
use crate::analysis::{Analysis, Group, Row};
use crate::comparison::distrusted;
use crate::stats::{FEWEST_SAMPLES, fewest_pairs};
use runtime_bench_results::catalog::Class;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::{Better, Phase};

/// The selected cells and their metric.
pub struct Wanted<'w> {
    /// Name of the metric; `None`: each workload's headline.
    pub metric: Option<&'w str>,
    /// Whether a cell is selected.
    pub keep: &'w dyn Fn(&CellKey) -> bool,
}

/// The cost of a cell in a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cost {
    /// Index of the run.
    pub(super) run: usize,
    /// Logarithm of the cost.
    pub(super) log: f64,
    /// The measured median.
    pub(super) figure: f64,
}

/// A cell over the runs.
#[derive(Clone, Debug)]
pub(super) struct Cell<'a> {
    /// `workload[/variant]/params`.
    pub(super) group: &'a str,
    pub(super) key: &'a CellKey,
    pub(super) phase: Phase,
    pub(super) metric: &'a str,
    pub(super) unit: &'a str,
    /// The family of its runner; `None` for an external runner, which is not a baseline for others.
    pub(super) family: Option<usize>,
    /// Whether `Wanted::keep` selects it. Other cells are only part of the baseline.
    pub(super) kept: bool,
    /// In the order of time.
    pub(super) costs: Vec<Cost>,
}

impl Cell<'_> {
    /// The identity of a comparison across runs.
    pub(super) fn comparison(&self) -> (&str, Phase, &str, &str) {
        (self.group, self.phase, self.metric, self.unit)
    }

    /// Its family, if it can be part of a baseline: the usual cost of a cell with few runs is unknown.
    pub(super) fn measure(&self) -> Option<usize> {
        self.family.filter(|_| self.costs.len() >= FEWEST_SAMPLES)
    }
}

/// The cells that any run measured, those of the newest run first.
///
/// A figure counts under the conditions of a verdict: the cell did not fail and is not client-bound, it has
/// at least 13 rounds, the control of its workload did not fail, and fewer than two controls of its run
/// failed. Cells with calibrated rates do not count, because their rates differ between runs.
pub(super) fn cells<'a>(machine: &Machine<'a>, wanted: &Wanted<'a>) -> Vec<Cell<'a>> {
    let families = families(machine.runs.iter().map(|(run, _)| *run));
    let mut cells: Vec<Cell<'a>> = Vec::new();
    let mut places = HashMap::new();
    for (number, &(run, analysis)) in machine.runs.iter().enumerate().rev() {
        for group in believed(analysis) {
            let metric = wanted.metric.unwrap_or(&group.headline);
            for (row, unit, log, figure) in costs(group, metric) {
                let runner = row.key.runner.as_str();
                let name = (&group.name, group.phase, metric, unit, runner);
                let place = *places.entry(name).or_insert_with(|| {
                    let class = run.runner(runner).map(|info| info.class);
                    cells.push(Cell {
                        group: &group.name,
                        key: &row.key,
                        phase: group.phase,
                        metric,
                        unit,
                        family: families
                            .get(runner)
                            .copied()
                            .filter(|_| class != Some(Class::Reference)),
                        kept: (wanted.keep)(&row.key),
                        costs: Vec::new(),
                    });
                    cells.len() - 1
                });
                cells[place].costs.push(Cost { run: number, log, figure });
            }
        }
    }
    for cell in &mut cells {
        cell.costs.reverse();
    }
    cells
}

/// The comparisons of a run that its controls allow trusting.
fn believed(analysis: &Analysis) -> impl Iterator<Item = &Group> {
    let (trusted, distrusted) = (analysis.noise.trusted(), distrusted(analysis));
    let groups = analysis.groups.iter().filter(move |_| trusted);
    groups.filter(move |group| {
        !group.point.calibrated() && !distrusted.contains(group.workload.as_str())
    })
}

/// The rows of a comparison with a figure, each with its unit, the logarithm of its cost, and the figure.
///
/// For the headline, the cost is that of the reference times the paired ratio, so that changes of the machine
/// during the run affect both equally.
fn costs<'a>(group: &'a Group, metric: &str) -> Vec<(&'a Row, &'a str, f64, f64)> {
    let of = |row: &'a Row| {
        let figure = row.metric(metric)?;
        let log = match figure.better {
            Better::Lower => figure.value.ln(),
            Better::Higher => -figure.value.ln(),
            // Neither direction is a regression.
            Better::Neither => return None,
        };
        // A metric of the pilot has one sample; the others have one per round.
        let fewest = fewest_pairs(1.0);
        let enough = row.samples >= fewest && (figure.samples == 1 || figure.samples >= fewest);
        (row.is_ranked() && enough && log.is_finite()).then_some((row, figure, log))
    };
    let rows: Vec<_> = group.rows.iter().filter_map(of).collect();
    let paired = |row: &Row| {
        let found = row.comparison.as_ref().filter(|_| metric == group.headline)?;
        let (_, _, base) = rows.iter().find(|(row, _, _)| row.key.runner == found.reference)?;
        found.interval?;
        Some(base + found.ratio?.ln()).filter(|log| log.is_finite())
    };
    let each = rows.iter();
    each.map(|&(row, figure, log)| {
        (row, figure.unit.as_str(), paired(row).unwrap_or(log), figure.value)
    })
    .collect()
}

/// Runners that share a package, directly or through others, form a family: one release can move them all.
fn families<'a>(runs: impl Iterator<Item = &'a Run>) -> HashMap<&'a str, usize> {
    let mut packages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for run in runs {
        for info in &run.header.runners {
            let own = info.packages.keys().map(String::as_str);
            packages.entry(&info.name).or_default().extend(own);
        }
        for cell in &run.header.plan.cells {
            packages.entry(&cell.key.runner).or_default();
        }
    }
    let mut families: Vec<(BTreeSet<&str>, Vec<&str>)> = Vec::new();
    for (runner, own) in packages {
        let (mut members, mut all) = (vec![runner], own);
        let (alike, others): (Vec<_>, Vec<_>) =
            families.into_iter().partition(|(packages, _)| !packages.is_disjoint(&all));
        for (packages, runners) in alike {
            all.extend(packages);
            members.extend(runners);
        }
        families = others;
        families.push((all, members));
    }
    let numbered = families.into_iter().enumerate();
    numbered
        .flat_map(|(family, (_, members))| members.into_iter().map(move |one| (one, family)))
        .collect()
}

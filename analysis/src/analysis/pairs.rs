//! Compares the runners of one run with a chosen reference, or all pairs.

use std::collections::BTreeMap;

use super::gathered::{Gathered, paired};
use super::parallel::on_all_cores;
use super::{Analysis, Group, Levels, Row, Status};
use crate::stats::{Comparison, compare, compare_medians, lean};
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::trial::Phase;

/// One runner against another at one point of a workload.
#[derive(Clone, Debug, PartialEq)]
pub struct PairComparison {
    /// `workload[/variant]/params`.
    pub group: String,
    /// Phase of the instances.
    pub phase: Phase,
    /// Name of the metric that is compared.
    pub metric: String,
    /// Its unit; empty if neither was measured.
    pub unit: String,
    /// The cell that the ratio refers to.
    pub reference: CellKey,
    /// The cell whose cost is divided by it.
    pub candidate: CellKey,
    /// The paired comparison, or why there is none.
    pub comparison: Result<Comparison, String>,
}

/// Compares the runners of each comparison in pairs of rounds: all with `reference`, or, without one, all
/// pairs. The level is that of [`Levels`], as in every table of the run.
///
/// Pairs in which one side is not applicable or neither was measured are left out, as are workloads that pass
/// or fail. `analysis` is that of the same run.
pub fn pairwise(run: &Run, analysis: &Analysis, reference: Option<&str>) -> Vec<PairComparison> {
    let levels = Levels::of(&run.header.plan, &run.header.runners);
    let gathered = Gathered::new(run);
    let ranked: Vec<&Group> = analysis.groups.iter().filter(|group| !group.is_check()).collect();
    let pairs = on_all_cores(&ranked, |group| of_group(&gathered, group, &levels, reference));
    let mut pairs: Vec<PairComparison> = pairs.into_iter().flatten().collect();
    lean(pairs.iter_mut().filter_map(|pair| pair.comparison.as_mut().ok()));
    pairs
}

/// Compares each row of some comparisons with each row before it where both have a figure: the places of candidate
/// and reference, by comparison. Nothing [leans](lean) yet, and means that no verdict depends on have no interval.
pub fn each_with_each(
    run: &Run,
    gathered: &Gathered<'_>,
    groups: &[&Group],
) -> Vec<Vec<([usize; 2], Comparison)>> {
    let levels = Levels::of(&run.header.plan, &run.header.runners);
    on_all_cores(groups, |group| {
        let (costs, level) = (costs(gathered, group), levels.level(&group.workload));
        let able = |row: &usize| no_figure(&group.rows[*row]).is_none();
        let able: Vec<usize> = (0..group.rows.len()).filter(able).collect();
        let pairs = able
            .iter()
            .enumerate()
            .flat_map(|(place, b)| able[place + 1..].iter().map(move |a| [*a, *b]));
        let compared = |[a, b]: [usize; 2]| {
            let name = &group.rows[b].key.runner;
            ([a, b], compare_medians(name, &paired(&costs[a], &costs[b]), level))
        };
        pairs.map(compared).collect()
    })
}

/// What the headline costs in each row, by round.
fn costs(gathered: &Gathered<'_>, group: &Group) -> Vec<BTreeMap<u32, f64>> {
    let costs = |row: &Row| gathered.costs(&row.key, group.phase, Role::Subject, &group.headline);
    group.rows.iter().map(costs).collect()
}

fn of_group(
    gathered: &Gathered<'_>,
    group: &Group,
    levels: &Levels<'_>,
    reference: Option<&str>,
) -> Vec<PairComparison> {
    let costs = costs(gathered, group);
    let pair = |candidate: usize, reference: usize| {
        let (a, b) = (&group.rows[candidate], &group.rows[reference]);
        let comparison = no_figure(a).or_else(|| no_figure(b)).map_or_else(
            || {
                let pairs = paired(&costs[candidate], &costs[reference]);
                Ok(compare(&b.key.runner, &pairs, levels.level(&group.workload)))
            },
            Err,
        );
        PairComparison {
            group: group.name.clone(),
            phase: group.phase,
            metric: group.headline.clone(),
            unit: unit(&[a, b], &group.headline),
            reference: b.key.clone(),
            candidate: a.key.clone(),
            comparison,
        }
    };
    let rows = 0..group.rows.len();
    let chosen: Vec<(usize, usize)> = match reference {
        Some(name) => {
            let place = group.rows.iter().position(|row| row.key.runner == name);
            place.map_or_else(Vec::new, |at| {
                rows.filter(|row| *row != at).map(|row| (row, at)).collect()
            })
        }
        None => rows.flat_map(|b| (b + 1..group.rows.len()).map(move |a| (a, b))).collect(),
    };
    chosen
        .into_iter()
        .filter(|(a, b)| comparable(&group.rows[*a], &group.rows[*b]))
        .map(|(a, b)| pair(a, b))
        .collect()
}

/// Whether a pair has a row: both apply, and at least one has something to report.
fn comparable(a: &Row, b: &Row) -> bool {
    let applies = |row: &Row| !matches!(row.status, Status::NotApplicable(_));
    let tried = |row: &Row| !matches!(row.status, Status::NotMeasured(_));
    applies(a) && applies(b) && (tried(a) || tried(b))
}

fn no_figure(row: &Row) -> Option<String> {
    let (word, reason) = (row.status.word(), row.status.reason());
    let bound =
        row.client_bound.as_ref().map(|why| format!("{}: client-bound: {why}", row.key.runner));
    bound.or_else(|| {
        (row.status != Status::Measured).then(|| format!("{}: {word}: {reason}", row.key.runner))
    })
}

fn unit(rows: &[&Row], metric: &str) -> String {
    let mut summaries = rows.iter().filter_map(|row| row.metric(metric));
    summaries.next().map(|summary| summary.unit.clone()).unwrap_or_default()
}

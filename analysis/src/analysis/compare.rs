//! Compares the cells of a comparison with the reference, its A/A control, and each other.

use std::collections::{BTreeMap, HashMap};

use super::claims::of_catalog;
use super::costs::costed;
use super::gathered::{Gathered, paired};
use super::load::load_change;
use super::noise::Beside;
use super::overall::overall;
use super::parallel::on_all_cores;
use super::samples::Samples;
use super::scaling::scalings;
use super::tail::{Tail, client_bound};
use super::{AaControl, Analysis, Group, GroupNoise, Noise, Row, Status, is_check};
use crate::stats::{Comparison, ControlCheck, Interval, Verdict, compare, compare_medians, lean};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::run::{Plan, PlannedCell, Role, Run};
use runtime_bench_results::trial::{Phase, metric};

/// Error level of all settled verdicts of a run, divided among its workloads, their points, their pairs of
/// runners and the looks (Bonferroni): below 0.1, because rounds that resemble each other too little for
/// detection cause up to three times as many false verdicts (`docs/validation.md`).
const TABLE_LEVEL: f64 = 0.02;
/// Error level of all A/A controls of a run, divided among its groups and the looks.
const CONTROL_LEVEL: f64 = 0.01;

/// Analyzes a run.
pub fn analyze(run: &Run) -> Analysis {
    let cells = &run.header.plan.cells;
    let gathered = Gathered::new(run);
    let measured = &gathered.samples;
    let mut members = comparisons(cells);
    let levels = Levels::of(&run.header.plan, &run.header.runners);
    let context = Context { run, groups: members.len(), levels };
    // A shard has the error levels of its whole plan, and the comparisons of its part.
    members.retain(|ids| run.header.plan.measures(&cells[ids[0]].key.workload));
    let beside = Beside::each(run);
    let group = |ids: &Vec<usize>| {
        let members: Vec<Member<'_>> = ids.iter().map(|&id| (&cells[id], &measured[id])).collect();
        let group = context.group(&members);
        let own = beside.iter().find(|beside| beside.is_of(&group.workload));
        let noise = own.map_or_else(GroupNoise::default, |own| own.group(ids, measured));
        Group { noise, ..group }
    };
    let mut groups: Vec<Group> = on_all_cores(&members, group);
    lean(
        groups
            .iter_mut()
            .flat_map(|group| &mut group.rows)
            .filter_map(|row| row.comparison.as_mut()),
    );
    let noise = control(&groups);
    let rows = costed(&gathered, &groups);
    let (scalings, overall) = (scalings(&rows), overall(run, &groups, &rows));
    let claims = of_catalog(run, &gathered, &groups);
    let load_change = load_change(run);
    Analysis { groups, noise, scalings, load_change, overall, claims }
}

/// The results of the A/A controls, for comparisons with figures.
fn control(groups: &[Group]) -> Noise {
    let mut noise = Noise::default();
    let has_figures = |group: &&Group| group.rows.iter().any(|row| row.status == Status::Measured);
    for group in groups.iter().filter(has_figures).filter(|group| !group.is_check()) {
        match group.control.as_ref().map(|control| control.check) {
            Some(ControlCheck::Passed) => noise.passed += 1,
            Some(ControlCheck::Failed) => noise.failed += 1,
            Some(ControlCheck::Inconclusive) | None => noise.unproven += 1,
        }
    }
    noise
}

struct Context<'a> {
    run: &'a Run,
    groups: usize,
    levels: Levels<'a>,
}

type Member<'a> = (&'a PlannedCell, &'a Samples<'a>);

impl Context<'_> {
    fn group(&self, members: &[Member<'_>]) -> Group {
        let first = members[0].0;
        let headline = self.headline(first);
        let (controls, subjects): (Vec<Member<'_>>, Vec<Member<'_>>) =
            members.iter().partition(|(cell, _)| cell.role == Role::AaControl);
        let mut rows: Vec<Row> = subjects.iter().map(|member| self.row(*member)).collect();
        let check = is_check(&rows, headline);
        let costs: Vec<BTreeMap<u32, f64>> =
            subjects.iter().map(|(_, samples)| samples.costs(headline)).collect();
        let ranked = |row: &usize| !check && rows[*row].is_ranked();
        let able: Vec<usize> = (0..rows.len()).filter(ranked).collect();
        let control = self.reference(&rows, &able).and_then(|reference| {
            self.compare_rows(&mut rows, &costs, &able, reference);
            let name = &rows[reference].key.runner;
            // If a reference failed and was replaced, its A/A control does not apply.
            let (_, samples) = controls.iter().find(|(cell, samples)| {
                cell.key.runner == *name && samples.status(cell, self.run) == Status::Measured
            })?;
            Some(self.control(name, &samples.costs(headline), &costs[reference]))
        });
        self.rank(&mut rows, &costs, &able);
        Group {
            name: first.key.group(),
            workload: first.key.workload.clone(),
            point: first.key.point.clone(),
            phase: first.phase,
            headline: headline.to_owned(),
            rows,
            control,
            noise: GroupNoise::default(),
        }
    }

    /// The workload's headline, or the startup time in a startup phase that the workload does not headline.
    fn headline(&self, cell: &PlannedCell) -> &str {
        match self.run.workload(&cell.key.workload) {
            Some(info) if cell.phase == Phase::Startup && info.headline_phase != Phase::Startup => {
                metric::STARTUP.id
            }
            Some(info) => &info.headline,
            None => metric::WALL.id,
        }
    }

    fn row(&self, (cell, samples): Member<'_>) -> Row {
        let status = samples.status(cell, self.run);
        let measured = status == Status::Measured;
        Row {
            key: cell.key.clone(),
            status,
            samples: if measured { samples.blocks.len() } else { 0 },
            dropped: samples.dropped,
            metrics: if measured { samples.summaries() } else { Vec::new() },
            tail: measured.then(|| Tail::of(samples)).flatten(),
            client_bound: measured.then(|| client_bound(samples)).flatten(),
            comparison: None,
            beaten_by: Vec::new(),
            tied_with: Vec::new(),
            best: false,
            lead: None,
        }
    }

    /// The plan's reference, or else the first measured runner that is still maintained.
    fn reference(&self, rows: &[Row], able: &[usize]) -> Option<usize> {
        let wanted = &self.run.header.plan.reference;
        let named = able.iter().find(|&&row| rows[row].key.runner == *wanted);
        let recommended = |row: &&usize| {
            let info = self.run.runner(&rows[**row].key.runner);
            info.is_none_or(|info| info.discontinued().is_none())
        };
        named.or_else(|| able.iter().find(recommended)).or(able.first()).copied()
    }

    fn compare_rows(
        &self,
        rows: &mut [Row],
        costs: &[BTreeMap<u32, f64>],
        able: &[usize],
        reference: usize,
    ) {
        let name = rows[reference].key.runner.clone();
        let level = self.levels.level(&rows[reference].key.workload);
        for &row in able.iter().filter(|&&row| row != reference) {
            let pairs = paired(&costs[row], &costs[reference]);
            rows[row].comparison = Some(compare(&name, &pairs, level));
        }
    }

    fn control(
        &self,
        name: &str,
        control: &BTreeMap<u32, f64>,
        reference: &BTreeMap<u32, f64>,
    ) -> AaControl {
        let level = CONTROL_LEVEL / (self.groups * self.levels.looks) as f64;
        let comparison = compare(name, &paired(control, reference), level);
        AaControl { check: comparison.verdict.into(), comparison }
    }

    /// Which runner beats which, within one class.
    fn rank(&self, rows: &mut [Row], costs: &[BTreeMap<u32, f64>], able: &[usize]) {
        let class: Vec<Option<Class>> = rows
            .iter()
            .map(|row| self.run.runner(&row.key.runner).map(|info| info.class))
            .collect();
        // The rivals of each row, compared with it.
        let mut rivals: Vec<Vec<(usize, Rival)>> = vec![Vec::new(); rows.len()];
        for (place, &row) in able.iter().enumerate() {
            let level = self.levels.level(&rows[row].key.workload);
            for &other in able[place + 1..].iter().filter(|&&other| class[other] == class[row]) {
                // The comparisons with the reference are known.
                let rival = match (&rows[other].comparison, &rows[row].comparison) {
                    (Some(known), None) => Rival::of(known),
                    (None, Some(known)) => Rival::of(known).turned(),
                    _ => {
                        Rival::of(&compare_medians("", &paired(&costs[other], &costs[row]), level))
                    }
                };
                rivals[row].push((other, rival));
                rivals[other].push((row, rival.turned()));
            }
        }
        for &row in able {
            let rivals = &rivals[row];
            let all = |verdict| {
                !rivals.is_empty() && rivals.iter().all(|(_, rival)| rival.verdict == verdict)
            };
            let named = |verdict| -> Vec<String> {
                let such = rivals.iter().filter(|(_, rival)| rival.verdict == verdict);
                such.map(|(other, _)| rows[*other].key.runner.clone()).collect()
            };
            let (beaten_by, tied_with) = (named(Verdict::Faster), named(Verdict::Tie));
            let least = rivals.iter().filter_map(|(_, rival)| Some(rival.cost?.low));
            let best = all(Verdict::Slower);
            rows[row].lead = least.min_by(f64::total_cmp).filter(|_| best);
            rows[row].best = best;
            rows[row].beaten_by = beaten_by;
            rows[row].tied_with = tied_with;
        }
    }
}

/// A rival of a row, compared with it.
#[derive(Clone, Copy)]
struct Rival {
    verdict: Verdict,
    /// The rival's cost ÷ the row's.
    cost: Option<Interval>,
}

impl Rival {
    fn of(comparison: &Comparison) -> Self {
        Self { verdict: comparison.verdict, cost: comparison.strict_interval }
    }

    /// The row, compared with its rival.
    fn turned(self) -> Self {
        Self { verdict: self.verdict.turned(), cost: self.cost.map(Interval::inverse) }
    }
}

/// Cells that are compared with each other, by their ids, in the order of the plan.
fn comparisons(cells: &[PlannedCell]) -> Vec<Vec<usize>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut members: BTreeMap<(usize, Phase), Vec<usize>> = BTreeMap::new();
    for (id, cell) in cells.iter().enumerate() {
        let next = places.len();
        let place = *places.entry(cell.key.group()).or_insert(next);
        members.entry((place, cell.phase)).or_default().push(id);
    }
    members.into_values().collect()
}

/// The error levels of the comparisons of a plan.
pub struct Levels<'a> {
    /// Comparisons of each workload, in all its points and phases.
    comparisons: BTreeMap<&'a str, usize>,
    looks: usize,
}

impl<'a> Levels<'a> {
    /// For a whole plan and its runners, even if a shard measures only a part. Every cell that the plan
    /// expects to run counts, so no outcome of the run affects the level.
    pub fn of(plan: &'a Plan, runners: &[RunnerInfo]) -> Self {
        let is_reference = |name: &str| {
            runners.iter().any(|info| info.name == name && info.class == Class::Reference)
        };
        let mut of_workloads: BTreeMap<&str, usize> = BTreeMap::new();
        for ids in comparisons(&plan.cells) {
            let cells = ids.iter().map(|&id| &plan.cells[id]);
            let (references, ranked): (Vec<_>, Vec<_>) = cells
                .filter(|cell| cell.role == Role::Subject && cell.not_applicable.is_none())
                .partition(|cell| is_reference(&cell.key.runner));
            *of_workloads.entry(&plan.cells[ids[0]].key.workload).or_default() +=
                comparisons_of(ranked.len(), references.len());
        }
        Self { comparisons: of_workloads, looks: plan.looks.max(1) }
    }

    /// The level of one comparison of a workload.
    pub fn level(&self, workload: &str) -> f64 {
        let comparisons = self.comparisons.get(workload).copied().unwrap_or(1);
        level(self.comparisons.len(), comparisons, self.looks)
    }
}

/// Comparisons at a point: each pair of ranked runners, and each reference row with one of them.
pub fn comparisons_of(ranked: usize, references: usize) -> usize {
    ranked * ranked.saturating_sub(1) / 2 + references
}

/// The level of one comparison: 0.02, divided by workloads × comparisons of the workload × looks.
///
/// Looks are numbers of rounds that are fixed before the first one. Each has the same share of the error
/// budget, so the level holds whichever of them ends a comparison: P(some look errs) ≤ Σ P(look errs),
/// regardless of how the looks depend on each other (Bonferroni). Equal shares are those of Pocock, "Group
/// sequential methods in the design and analysis of clinical trials", *Biometrika* 64 (1977), whose exact
/// boundaries are slightly less strict, but require normal samples.
pub fn level(workloads: usize, comparisons: usize, looks: usize) -> f64 {
    TABLE_LEVEL
        / [workloads, comparisons, looks].map(|count| count.max(1) as f64).iter().product::<f64>()
}

/// Rounds until each of at most `looks` looks, from `first` to `most`: they grow by the same factor.
pub fn ladder(first: u32, most: u32, looks: usize) -> Vec<u32> {
    let growth = (f64::from(most) / f64::from(first)).powf(1.0 / looks.saturating_sub(1) as f64);
    let exponents = 1..i32::try_from(looks).unwrap_or(i32::MAX);
    let later = exponents.map(|exponent| (f64::from(first) * growth.powi(exponent)).round() as u32);
    let mut ladder: Vec<u32> =
        [first].into_iter().chain(later.take_while(|&look| look > first)).collect();
    ladder.dedup();
    ladder
}

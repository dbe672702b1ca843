//! The runners that have a result in all workloads of a rule, compared in pairs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rules::Rule;
use crate::analysis::{Analysis, Gathered, Group, Levels, Row, paired};
use crate::stats::{Comparison, Verdict, compare_medians};
use runtime_bench_results::catalog::Class;
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::setting;

/// How much an answer may claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerState {
    /// It rests on settled comparisons.
    Decided,
    /// Some of the comparisons that it rests on are only leaning, or a rival is still open.
    Leaning,
    /// No difference is shown.
    Open,
    /// The run lacks a workload, or two runners to compare.
    NotMeasured,
}

/// The runners of a rule, compared in pairs in each of its workloads.
pub(super) struct Field<'a> {
    /// One per workload.
    pub(super) groups: Vec<&'a Group>,
    /// Runners that may be recommended, then the one-thread runners.
    pub(super) runners: Vec<&'a str>,
    /// How many may be recommended.
    pub(super) candidates: usize,
    bouts: BTreeMap<(usize, usize, usize), Bout>,
}

/// A comparison of the runner `a` with `b`, under `(workload, a, b)`.
struct Bout {
    comparison: Comparison,
    /// Whether the run's own table contains it.
    known: bool,
}

/// One runner against another in one workload.
#[derive(Clone, Copy)]
pub(super) struct Relation<'f> {
    /// The first runner's cost ÷ the second's.
    pub(super) ratio: f64,
    /// The result for the first runner.
    pub(super) verdict: Verdict,
    /// The comparison, possibly of the second with the first.
    pub(super) comparison: &'f Comparison,
}

impl Relation<'_> {
    /// Whether it costs less, settled or leaning, by more than is negligible.
    pub(super) fn is_better(self) -> bool {
        matches!(self.verdict, Verdict::Faster | Verdict::LeansFaster)
            && !self.comparison.negligible
    }

    /// Whether any difference is small.
    pub(super) fn is_same(self) -> bool {
        matches!(self.verdict, Verdict::Tie | Verdict::Same) || self.comparison.negligible
    }

    /// Whether the result is open.
    pub(super) fn is_open(self) -> bool {
        !self.is_same()
            && matches!(self.verdict, Verdict::Open | Verdict::DependsOnMode | Verdict::NotCompared)
    }
}

/// The conclusion from a field; runners are given by their index.
#[derive(Debug)]
pub(super) enum Pick {
    /// No other runner beats these, and they beat another or tie with one that does; the other unbeaten
    /// runners are too noisy to place.
    Best(Vec<usize>, Vec<usize>),
    /// Each is beaten in some workload: the best runners of each workload that has any.
    Split(Vec<(usize, Vec<usize>)>),
    /// All are the same within 10%.
    Same,
    /// No difference is shown.
    Open,
}

impl<'a> Field<'a> {
    /// The field of a rule, or why there is none.
    pub(super) fn of(
        rule: &Rule,
        run: &'a Run,
        analysis: &'a Analysis,
        gathered: &Gathered<'_>,
    ) -> Result<Self, String> {
        let main = |name: &&str| analysis.groups.iter().find(|group| group.workload == **name);
        let missing: Vec<&str> =
            rule.workloads.iter().filter(|name| main(name).is_none()).copied().collect();
        if !missing.is_empty() {
            return Err(format!("the run has no {}", missing.join(", ")));
        }
        let groups: Vec<&Group> = rule.workloads.iter().filter_map(main).collect();
        let of_class = |class: Class| -> Vec<&'a str> {
            let rows = groups[0].rows.iter().map(|row| row.key.runner.as_str());
            let fit = rows.filter(|name| {
                let info = run.runner(name);
                let ranked = |group: &&Group| row(group, name).is_some_and(Row::is_ranked);
                info.map_or(Class::MultiThread, |info| info.class) == class
                    // Recommendations refer to runners with default settings.
                    && setting::base(name) == *name
                    && info.is_none_or(|info| info.discontinued().is_none())
                    && groups.iter().all(ranked)
            });
            fit.collect()
        };
        let mut runners = of_class(Class::MultiThread);
        let candidates = runners.len();
        if candidates < 2 {
            return Err("fewer than two runners have a result in all its workloads".to_owned());
        }
        runners.extend(of_class(Class::SingleThread));
        let of_all = |group: &&Group| {
            runners.iter().all(|name| row(group, name).is_some_and(Row::is_ranked))
        };
        let more: Vec<&Group> = rule.more.iter().filter_map(main).filter(of_all).collect();
        let groups = [groups, more].concat();
        let mut field = Self { groups, runners, candidates, bouts: BTreeMap::new() };
        field.compare(run, gathered);
        Ok(field)
    }

    fn compare(&mut self, run: &Run, gathered: &Gathered<'_>) {
        let levels = Levels::of(&run.header.plan, &run.header.runners);
        for (place, group) in self.groups.iter().enumerate() {
            let level = levels.level(&group.workload);
            let rows: Vec<&Row> = self.runners.iter().filter_map(|name| row(group, name)).collect();
            let costs: Vec<BTreeMap<u32, f64>> = rows
                .iter()
                .map(|row| gathered.costs(&row.key, group.phase, Role::Subject, &group.headline))
                .collect();
            for b in 0..self.candidates {
                for a in b + 1..rows.len() {
                    let of = |own: usize, other: usize| {
                        let own = rows[own].comparison.as_ref();
                        own.filter(|known| known.reference == rows[other].key.runner).cloned()
                    };
                    let (bout, known) = match (of(a, b), of(b, a)) {
                        (Some(known), _) => ((place, a, b), Some(known)),
                        (None, Some(known)) => ((place, b, a), Some(known)),
                        (None, None) => ((place, a, b), None),
                    };
                    let is_known = known.is_some();
                    let comparison = known.unwrap_or_else(|| {
                        compare_medians(self.runners[b], &paired(&costs[a], &costs[b]), level)
                    });
                    self.bouts.insert(bout, Bout { comparison, known: is_known });
                }
            }
        }
    }

    /// The comparisons that the run's table does not have.
    pub(super) fn new_comparisons(&mut self) -> impl Iterator<Item = &mut Comparison> {
        self.bouts.values_mut().filter(|bout| !bout.known).map(|bout| &mut bout.comparison)
    }

    /// A runner against another in a workload.
    pub(super) fn relation(&self, workload: usize, a: usize, b: usize) -> Option<Relation<'_>> {
        if let Some(Bout { comparison, .. }) = self.bouts.get(&(workload, a, b)) {
            let (ratio, verdict) = (comparison.ratio?, comparison.verdict);
            return Some(Relation { ratio, verdict, comparison });
        }
        let Bout { comparison, .. } = self.bouts.get(&(workload, b, a))?;
        let (ratio, verdict) = (1.0 / comparison.ratio?, comparison.verdict.turned());
        Some(Relation { ratio, verdict, comparison })
    }

    /// A runner against another in every workload.
    pub(super) fn relations(&self, a: usize, b: usize) -> impl Iterator<Item = Relation<'_>> {
        (0..self.groups.len()).filter_map(move |workload| self.relation(workload, a, b))
    }

    fn others(&self, runner: usize) -> impl Iterator<Item = usize> + use<> {
        (0..self.candidates).filter(move |other| *other != runner)
    }

    /// Whether a candidate beats another in a workload.
    fn beats_any(&self, workload: usize, a: usize) -> bool {
        self.others(a).any(|b| self.relation(workload, a, b).is_some_and(Relation::is_better))
    }

    fn is_beaten(&self, workload: usize, a: usize) -> bool {
        self.others(a).any(|b| self.relation(workload, b, a).is_some_and(Relation::is_better))
    }

    fn is_same(&self, a: usize, b: usize) -> bool {
        self.relations(a, b).all(Relation::is_same)
    }

    /// The conclusion from the field.
    pub(super) fn pick(&self) -> Pick {
        let workloads = 0..self.groups.len();
        let unbeaten: Vec<usize> = (0..self.candidates)
            .filter(|runner| !workloads.clone().any(|place| self.is_beaten(place, *runner)))
            .collect();
        let placed: Vec<usize> = unbeaten
            .iter()
            .copied()
            .filter(|runner| workloads.clone().any(|place| self.beats_any(place, *runner)))
            .collect();
        if !placed.is_empty() {
            // A runner that is unbeaten only because its interval is wide is not recommended; one that is the
            // same as the best is.
            let (best, noisy) = unbeaten.into_iter().partition(|runner| {
                placed.contains(runner) || placed.iter().all(|best| self.is_same(*runner, *best))
            });
            return Pick::Best(best, noisy);
        }
        let winners = |place: usize| -> Vec<usize> {
            let all = 0..self.candidates;
            all.filter(|a| self.beats_any(place, *a) && !self.is_beaten(place, *a)).collect()
        };
        let split: Vec<(usize, Vec<usize>)> = workloads
            .map(|place| (place, winners(place)))
            .filter(|(_, winners)| !winners.is_empty())
            .collect();
        let mut all = 0..self.candidates;
        match split.as_slice() {
            [] if all.all(|a| self.others(a).all(|b| self.is_same(a, b))) => Pick::Same,
            [] => Pick::Open,
            _ => Pick::Split(split),
        }
    }

    /// How much a pick may claim.
    pub(super) fn state(&self, pick: &Pick) -> AnswerState {
        let settled = |relation: Relation<'_>| relation.verdict == Verdict::Faster;
        let decided = match pick {
            Pick::Open => return AnswerState::Open,
            Pick::Same => true,
            Pick::Best(best, noisy) => {
                let mut rivals = (0..self.candidates).filter(|rival| !best.contains(rival));
                let beaten = |rival| best.iter().any(|a| self.relations(*a, rival).any(settled));
                let alike = |a: usize| best.iter().all(|b| a == *b || self.is_same(a, *b));
                noisy.is_empty() && rivals.all(beaten) && best.iter().copied().all(alike)
            }
            Pick::Split(parts) => parts.iter().all(|(place, winners)| {
                let mut settles = winners
                    .iter()
                    .flat_map(|a| self.others(*a).filter_map(|b| self.relation(*place, *a, b)));
                settles.any(settled)
            }),
        };
        if decided { AnswerState::Decided } else { AnswerState::Leaning }
    }
}

fn row<'g>(group: &'g Group, runner: &str) -> Option<&'g Row> {
    group.rows.iter().find(|row| row.key.runner == runner)
}

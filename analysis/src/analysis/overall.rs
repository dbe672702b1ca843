//! Runners over all workloads of a kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Group;
use super::costs::Costed;
use crate::stats::{GeometricMean, geometric_mean};
use runtime_bench_results::catalog::{Class, Kind};
use runtime_bench_results::run::Run;

/// Minimum number of workloads.
const FEWEST_WORKLOADS: usize = 2;

/// The runners of one class over the workloads of one kind that all of them support.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Overall {
    /// Kind of the workloads.
    pub kind: Kind,
    /// Class of the runners.
    pub class: Class,
    /// Name of the runner that the ratios refer to. It may be of the other class.
    pub reference: String,
    /// The averaged comparisons, one per workload: `workload[/variant]/params`.
    pub groups: Vec<String>,
    /// One per runner of the class, except the reference.
    pub runners: Vec<RunnerMean>,
}

/// A runner over the workloads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunnerMean {
    /// Name of the runner.
    pub runner: String,
    /// Its cost ÷ the reference's. A description, not a verdict.
    pub ratio: GeometricMean,
}

/// The rows of one comparison, by runner.
struct Table<'a, 'r> {
    group: &'a Group,
    rows: BTreeMap<&'a str, &'r Costed<'a>>,
}

impl<'a> Table<'a, '_> {
    /// The runner that the others are compared with.
    fn reference(&self) -> Option<&'a str> {
        let rows = self.group.rows.iter();
        rows.filter_map(|row| row.comparison.as_ref()).map(|found| found.reference.as_str()).next()
    }

    /// Whether a runner has a ratio to a reference, or is it.
    fn has(&self, runner: &str, reference: &str) -> bool {
        let ratio = |row: &&Costed<'_>| row.row.comparison.as_ref().and_then(|found| found.ratio);
        let row = self.rows.get(runner);
        row.is_some() && (runner == reference || row.and_then(ratio).is_some())
    }
}

/// Every mean of a run: by kind of workload, and within it by class of runners.
///
/// A workload counts once, with its first group, so that one with many points does not outweigh the others.
/// Excluded are workloads that measure the harness itself, comparisons whose control failed, and workloads
/// and runners that the run does not describe.
pub(super) fn overall(run: &Run, groups: &[Group], rows: &[Costed<'_>]) -> Vec<Overall> {
    let mut kinds: BTreeMap<Kind, Vec<Table<'_, '_>>> = BTreeMap::new();
    let mut known: Vec<&str> = Vec::new();
    for group in groups.iter().filter(|group| !group.control_failed()) {
        let kind = run.workload(&group.workload).map(|info| info.kind);
        if let Some(kind) = kind.filter(|kind| *kind != Kind::Calibration)
            && !known.contains(&group.workload.as_str())
        {
            known.push(&group.workload);
            let own = rows.iter().filter(|row| std::ptr::eq(row.group, group));
            let rows = own.map(|row| (row.row.key.runner.as_str(), row)).collect();
            kinds.entry(kind).or_default().push(Table { group, rows });
        }
    }
    let classes = [Class::MultiThread, Class::SingleThread, Class::Reference];
    let pairs = kinds.iter().flat_map(|kind| classes.map(|class| (kind, class)));
    pairs.filter_map(|((kind, tables), class)| of_class(run, *kind, class, tables)).collect()
}

fn of_class(run: &Run, kind: Kind, class: Class, tables: &[Table<'_, '_>]) -> Option<Overall> {
    let is_of_class = |name: &str| run.runner(name).is_some_and(|info| info.class == class);
    let described = run.header.runners.iter().map(|info| info.name.as_str());
    let members: Vec<&str> = described
        .filter(|name| is_of_class(name))
        // A runner that supports fewer workloads has no mean, and must not remove the means of the others.
        .filter(|name| {
            let able = tables.iter().filter(|table| table.rows.contains_key(name));
            able.count() >= FEWEST_WORKLOADS
        })
        .collect();
    let reference = reference(run, tables)?;
    let shared: Vec<&Table<'_, '_>> = tables
        .iter()
        .filter(|table| table.reference() == Some(reference))
        .filter(|table| members.iter().all(|name| table.has(name, reference)))
        .collect();
    if shared.len() < FEWEST_WORKLOADS {
        return None;
    }
    let mean = |name: &str| {
        let pairs =
            |table: &&Table<'_, '_>| Some(table.rows.get(name)?.paired(table.rows.get(reference)?));
        let workloads: Vec<Vec<(f64, f64)>> = shared.iter().map(pairs).collect::<Option<_>>()?;
        Some(RunnerMean { runner: name.to_owned(), ratio: geometric_mean(&workloads)? })
    };
    let others = members.iter().filter(|name| **name != reference);
    let runners: Vec<RunnerMean> = others.filter_map(|name| mean(name)).collect();
    (!runners.is_empty()).then(|| Overall {
        kind,
        class,
        reference: reference.to_owned(),
        groups: shared.iter().map(|table| table.group.name.clone()).collect(),
        runners,
    })
}

/// The plan's reference if any comparison has it, or else that of the first comparison. A reference that
/// failed was replaced, and ratios to different runners have no mean.
fn reference<'a>(run: &Run, tables: &[Table<'a, '_>]) -> Option<&'a str> {
    let mut found = tables.iter().filter_map(Table::reference);
    let wanted = &run.header.plan.reference;
    found.clone().find(|name| name == wanted).or_else(|| found.next())
}

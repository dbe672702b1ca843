//! The same cells over many runs, machine by machine.
//!
//! Nothing is averaged across runs or machines. On a shared machine, a median varies between runs
//! without any change in the code; the paired ratio to the reference, which ran in the same rounds,
//! varies much less. A [`Trend`] therefore has both.
//!
//! - [`machines`], [`trends`]: the runs of each machine, and each cell over them.
//! - [`changes`]: the runs at which a cell changed permanently.
//! - `cells`, `baseline`, `steps`: the costs of cells, their baselines, and where they changed.
//! - [`Judged`]: the change points and the outcome of a gate.

mod baseline;
mod cells;
mod document;
mod find;
#[cfg(test)]
mod fixtures;
mod gate;
mod notes;
mod steps;

pub use cells::Wanted;
pub use document::{ChangePoint, Document, HistoryRun, MachineChanges, SCHEMA, Side};
pub use find::changes;
pub use gate::Judged;

use std::collections::HashMap;

use crate::analysis::{Analysis, Group, Row, Status};
use crate::comparison::distrusted;
use crate::stats::Interval;
use runtime_bench_results::catalog::Class;
use runtime_bench_results::differences;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Phase;

/// The runs of one machine.
#[derive(Clone, Debug)]
pub struct Machine<'a> {
    /// Processor, logical processors, memory and kernel, as far as known.
    pub label: String,
    /// At least one; the oldest first.
    pub runs: Vec<(&'a Run, &'a Analysis)>,
}

impl Machine<'_> {
    /// Differences between a run and the one before it, apart from figures, a sentence each: settings of the
    /// machine, plan, compiler, versions. Empty for the first run.
    pub fn changes(&self, run: usize) -> Vec<String> {
        let before = run.checked_sub(1).and_then(|before| self.runs.get(before));
        let (Some((before, _)), Some((run, _))) = (before, self.runs.get(run)) else {
            return Vec::new();
        };
        let version = differences::version(&before.header.environment, &run.header.environment);
        version.into_iter().chain(differences::warnings(before, run)).collect()
    }

    /// The runs with each number of workers and pool threads, which are different cells; those of the newest
    /// run first.
    fn by_setting(&self) -> Vec<Self> {
        let mut settings: Vec<Self> = Vec::new();
        let of = |run: &Run| (run.header.plan.workers, run.header.plan.pool_threads);
        for &run in self.runs.iter().rev() {
            let same = |other: &&mut Self| of(other.runs[0].0) == of(run.0);
            match settings.iter_mut().find(same) {
                Some(setting) => setting.runs.push(run),
                None => settings.push(Self { label: self.label.clone(), runs: vec![run] }),
            }
        }
        for setting in &mut settings {
            setting.runs.reverse();
        }
        settings
    }
}

/// One runner in one comparison, over the runs of a machine.
#[derive(Clone, Debug)]
pub struct Trend<'a> {
    /// `workload[/variant]/params`.
    pub group: &'a str,
    /// Name of the workload.
    pub workload: &'a str,
    /// Phase of the instances.
    pub phase: Phase,
    /// Name of the metric.
    pub headline: &'a str,
    /// Its unit; empty for a pure number, and where no run has a figure.
    pub unit: &'a str,
    /// Name of the runner.
    pub runner: &'a str,
    /// One thread or several, if a run says so.
    pub class: Option<Class>,
    /// The runner that ratios refer to: the reference of the newest run, which may be this one.
    pub reference: Option<&'a str>,
    /// One per run that planned the cell; the oldest first.
    pub points: Vec<TrendPoint<'a>>,
}

/// A cell in one run.
#[derive(Clone, Debug)]
pub struct TrendPoint<'a> {
    /// Index into [`Machine::runs`].
    pub run: usize,
    /// Whether it has a result, and if not, why.
    pub status: &'a Status,
    /// Median of the headline.
    pub value: Option<f64>,
    /// Interval of that median.
    pub interval: Option<Interval>,
    /// Median over rounds of its cost ÷ that of [`Trend::reference`]; `None` for the reference itself, and if
    /// this run has another reference.
    pub ratio: Option<f64>,
    /// Interval of that ratio.
    pub ratio_interval: Option<Interval>,
    /// Whether the A/A control failed, in this workload or in several of the run.
    pub distrusted: bool,
}

/// Runs grouped by machine; the machine of the newest run first.
///
/// Two runs belong to one machine if a comparison of their files would find no difference between the
/// machines.
pub fn machines<'a>(runs: impl IntoIterator<Item = (&'a Run, &'a Analysis)>) -> Vec<Machine<'a>> {
    let mut newest_first: Vec<(&Run, &Analysis)> = runs.into_iter().collect();
    newest_first.sort_by_key(|(run, _)| (&run.header.started, &run.header.id));
    newest_first.reverse();
    let mut machines: Vec<Machine<'_>> = Vec::new();
    for run in newest_first {
        let environment = &run.0.header.environment;
        // The newest run represents all, so that the memory size cannot drift from run to run.
        let same = |machine: &&mut Machine<'_>| {
            differences::machine(environment, &machine.runs[0].0.header.environment).is_none()
        };
        match machines.iter_mut().find(same) {
            Some(machine) => machine.runs.push(run),
            None => machines.push(Machine { label: environment.label(), runs: vec![run] }),
        }
    }
    for machine in &mut machines {
        machine.runs.reverse();
    }
    machines
}

/// Every runner in every comparison of a machine's runs, in the order of the newest run; comparisons of older
/// runs only come last. A changed metric or unit starts another trend; calibrated rates have none.
pub fn trends<'a>(machine: &Machine<'a>) -> Vec<Trend<'a>> {
    let mut trends: Vec<Trend<'a>> = Vec::new();
    let mut places = HashMap::new();
    let known = units(machine);
    for (number, &(run, analysis)) in machine.runs.iter().enumerate().rev() {
        let distrusted = distrusted(analysis);
        // A calibrated rate is a different point in each run.
        for group in analysis.groups.iter().filter(|group| !group.point.calibrated()) {
            let doubt = !analysis.noise.trusted() || distrusted.contains(group.workload.as_str());
            // If all runners failed, the unit of the metric is unknown.
            let unit = unit(group).or(known.get(&series(group)).copied()).unwrap_or("");
            let reference = reference(group);
            for row in &group.rows {
                let runner = row.key.runner.as_str();
                let place = *places.entry((series(group), unit, runner)).or_insert_with(|| {
                    trends.push(trend(group, row, unit));
                    trends.len() - 1
                });
                let trend = &mut trends[place];
                trend.class = trend.class.or_else(|| run.runner(runner).map(|info| info.class));
                trend.reference = trend.reference.or(reference);
                trend.points.push(point(number, group, row, trend.reference, doubt));
            }
        }
    }
    for trend in &mut trends {
        trend.points.reverse();
    }
    trends
}

fn trend<'a>(group: &'a Group, row: &'a Row, unit: &'a str) -> Trend<'a> {
    Trend {
        group: &group.name,
        workload: &group.workload,
        phase: group.phase,
        headline: &group.headline,
        unit,
        runner: &row.key.runner,
        class: None,
        reference: None,
        points: Vec::new(),
    }
}

fn point<'a>(
    run: usize,
    group: &Group,
    row: &'a Row,
    reference: Option<&str>,
    distrusted: bool,
) -> TrendPoint<'a> {
    let figure = row.metric(&group.headline);
    let comparison = row.comparison.as_ref();
    let comparison = comparison.filter(|found| Some(found.reference.as_str()) == reference);
    TrendPoint {
        run,
        status: &row.status,
        value: figure.map(|figure| figure.value),
        interval: figure.and_then(|figure| figure.interval),
        ratio: comparison.and_then(|found| found.ratio),
        ratio_interval: comparison.and_then(|found| found.interval),
        distrusted,
    }
}

/// The identity of a comparison across runs.
fn series(group: &Group) -> (&str, Phase, &str) {
    (&group.name, group.phase, &group.headline)
}

/// The newest known unit of each comparison.
fn units<'a>(machine: &Machine<'a>) -> HashMap<(&'a str, Phase, &'a str), &'a str> {
    let groups = machine.runs.iter().flat_map(|(_, analysis)| &analysis.groups);
    groups.filter_map(|group| Some((series(group), unit(group)?))).collect()
}

/// The unit of a comparison's headline; `None` if no runner has a figure.
fn unit(group: &Group) -> Option<&str> {
    let figure = group.rows.iter().find_map(|row| row.metric(&group.headline));
    figure.map(|figure| figure.unit.as_str())
}

/// The runner that the others of a comparison were compared with.
fn reference(group: &Group) -> Option<&str> {
    group.rows.iter().find_map(|row| Some(row.comparison.as_ref()?.reference.as_str()))
}

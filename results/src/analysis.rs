//! A run → one row per cell with its figures and verdicts.
//!
//! A [`Group`] is what may be compared: one workload at one point and one age. Reports and the
//! terminal read this, never the raw trials.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalogue::Class;
use crate::key::{CellKey, Point};
use crate::run::{PlannedCell, Role, Run, TrialRecord};
use crate::stats::{
    Comparison, Interval, TwinCheck, Verdict, check_twin, compare, median, median_interval,
};
use crate::trial::{Age, Better, Block, Metric, Outcome, metric};

/// Error level of a whole table of verdicts, divided among its comparisons (Bonferroni).
const FAMILY_LEVEL: f64 = 0.01;
/// Error level of the interval shown beside a single figure.
const FIGURE_LEVEL: f64 = 0.05;

/// Every comparison of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// In the order of the plan.
    pub groups: Vec<Group>,
    /// What the reference against itself says, over all groups.
    pub noise: Noise,
}

/// One workload at one point and one age: the cells that may be compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// `workload[/variant]/params`.
    pub name: String,
    /// Name of the workload.
    pub workload: String,
    /// Variant and parameters.
    pub point: Point,
    /// Age of the instances.
    pub age: Age,
    /// Name of the metric that is compared.
    pub headline: String,
    /// One per runner.
    pub rows: Vec<Row>,
    /// The reference's twin, when both were measured.
    pub twin: Option<Twin>,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What it is called.
    pub key: CellKey,
    /// Whether there is a figure, and why not.
    pub status: Status,
    /// Processes measured.
    pub samples: usize,
    /// Every metric, the workload's headline among them.
    pub metrics: Vec<Summary>,
    /// The headline against the reference; `None` for the reference itself and without figures.
    pub comparison: Option<Comparison>,
    /// Nobody of its class is proven faster, and its class has others.
    pub unbeaten: bool,
}

impl Row {
    /// The summary of a metric, if there is one.
    pub fn metric(&self, name: &str) -> Option<&Summary> {
        self.metrics.iter().find(|metric| metric.name == name)
    }
}

/// Whether a cell has a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", content = "reason", rename_all = "kebab-case")]
pub enum Status {
    /// Every trial was verified.
    Measured,
    /// The runner or the machine cannot do it, for this reason.
    NotApplicable(String),
    /// It costs more than this profile has, or the run was stopped before it.
    NotMeasured(String),
    /// At least one trial failed; no figure of the cell is shown.
    Failed(String),
}

impl Status {
    /// The status in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::NotApplicable(_) => "n/a",
            Self::NotMeasured(_) => "not measured",
            Self::Failed(_) => "failed",
        }
    }

    /// Why there is no figure; empty when there is one.
    pub fn reason(&self) -> &str {
        match self {
            Self::Measured => "",
            Self::NotApplicable(reason) | Self::NotMeasured(reason) | Self::Failed(reason) => {
                reason
            }
        }
    }
}

/// A metric over the processes of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Which direction is good.
    pub better: Better,
    /// Median over processes.
    pub value: f64,
    /// 95 % interval of that median; `None` below 6 processes.
    pub interval: Option<Interval>,
    /// Processes that reported it.
    pub samples: usize,
}

/// The reference against itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Twin {
    /// Twin over reference.
    pub comparison: Comparison,
    /// What it says.
    pub check: TwinCheck,
}

/// What the twins of a run say together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noise {
    /// Twins proven alike within 3 %.
    pub passed: usize,
    /// Twins too noisy to say.
    pub unproven: usize,
    /// Identical code told apart.
    pub failed: usize,
}

impl Noise {
    /// One failing twin distrusts its workload; two distrust the run.
    pub fn trusted(self) -> bool {
        self.failed < 2
    }
}

/// Analyses a run.
pub fn analyse(run: &Run) -> Analysis {
    let cells = &run.header.plan.cells;
    let mut measured: Vec<Samples<'_>> = cells.iter().map(|_| Samples::default()).collect();
    for trial in &run.trials {
        measured[trial.cell].take(trial);
    }
    let mut members: BTreeMap<(usize, Age), Vec<usize>> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for (id, cell) in cells.iter().enumerate() {
        let name = cell.key.group();
        let place = order.iter().position(|known| *known == name);
        let place = place.unwrap_or_else(|| {
            order.push(name);
            order.len() - 1
        });
        members.entry((place, cell.age)).or_default().push(id);
    }
    let context = Context { run, groups: members.len() };
    let groups: Vec<Group> = members
        .values()
        .map(|ids| {
            let members: Vec<Member<'_>> =
                ids.iter().map(|&id| (&cells[id], &measured[id])).collect();
            context.group(&members)
        })
        .collect();
    let mut noise = Noise::default();
    for twin in groups.iter().filter_map(|group| group.twin.as_ref()) {
        match twin.check {
            TwinCheck::Passed => noise.passed += 1,
            TwinCheck::Unproven => noise.unproven += 1,
            TwinCheck::Failed => noise.failed += 1,
        }
    }
    Analysis { groups, noise }
}

/// The trials of one cell.
#[derive(Default)]
struct Samples<'a> {
    /// Verified blocks by round; the pilot is not among them.
    blocks: BTreeMap<u32, &'a Block>,
    /// Trials that failed, pilots included.
    failures: Vec<String>,
    trials: usize,
}

impl<'a> Samples<'a> {
    fn take(&mut self, trial: &'a TrialRecord) {
        self.trials += 1;
        match &trial.outcome {
            Outcome::Ok { block } if trial.round > 0 => {
                self.blocks.insert(trial.round, block);
            }
            Outcome::Ok { .. } => {}
            Outcome::Error { kind, message } => self.failures.push(format!("{kind}: {message}")),
        }
    }

    /// What the headline costs, by round: itself where less is better, its inverse otherwise.
    fn costs(&self, headline: &str) -> BTreeMap<u32, f64> {
        let cost = |metric: &Metric| match metric.better {
            Better::Higher => 1.0 / metric.value,
            Better::Lower | Better::Neither => metric.value,
        };
        self.blocks
            .iter()
            .filter_map(|(round, block)| {
                let metric = block.metrics.iter().find(|metric| metric.name == headline)?;
                Some((*round, cost(metric)))
            })
            .collect()
    }

    fn status(&self, cell: &PlannedCell, run: &Run) -> Status {
        if let Some(reason) = &cell.not_applicable {
            return Status::NotApplicable(reason.clone());
        }
        if let Some(first) = self.failures.first() {
            let (failed, of) = (self.failures.len(), self.trials);
            return Status::Failed(format!("{failed} of {of} trials failed; {first}"));
        }
        if !self.blocks.is_empty() {
            return Status::Measured;
        }
        let group = cell.key.group();
        let schedule = run.schedules.iter().find(|schedule| schedule.group == group);
        let left_out = schedule.and_then(|schedule| schedule.left_out.clone());
        Status::NotMeasured(left_out.unwrap_or_else(|| "the run was stopped before it".to_owned()))
    }

    fn summaries(&self) -> Vec<Summary> {
        let Some(first) = self.blocks.values().next() else {
            return Vec::new();
        };
        first.metrics.iter().filter_map(|metric| self.summary(metric)).collect()
    }

    fn summary(&self, metric: &Metric) -> Option<Summary> {
        let values: Vec<f64> =
            self.blocks.values().filter_map(|block| block.metric(&metric.name)).collect();
        Some(Summary {
            name: metric.name.clone(),
            unit: metric.unit.clone(),
            better: metric.better,
            value: median(&values)?,
            interval: median_interval(&values, FIGURE_LEVEL),
            samples: values.len(),
        })
    }
}

struct Context<'a> {
    run: &'a Run,
    groups: usize,
}

type Member<'a> = (&'a PlannedCell, &'a Samples<'a>);

impl Context<'_> {
    fn group(&self, members: &[Member<'_>]) -> Group {
        let first = members[0].0;
        let headline = self.headline(first);
        let (twins, subjects): (Vec<Member<'_>>, Vec<Member<'_>>) =
            members.iter().partition(|(cell, _)| cell.role == Role::Twin);
        let mut rows: Vec<Row> = subjects.iter().map(|member| self.row(*member)).collect();
        let costs: Vec<BTreeMap<u32, f64>> =
            subjects.iter().map(|(_, samples)| samples.costs(headline)).collect();
        let able: Vec<usize> =
            (0..rows.len()).filter(|&row| rows[row].status == Status::Measured).collect();
        let twin = self.reference(&rows, &able).and_then(|reference| {
            self.compare_rows(&mut rows, &costs, &able, reference);
            let (_, samples) = twins.first()?;
            let name = &rows[reference].key.runner;
            Some(self.twin(name, &samples.costs(headline), &costs[reference]))
        });
        self.mark_unbeaten(&mut rows, &costs, &able);
        Group {
            name: first.key.group(),
            workload: first.key.workload.clone(),
            point: first.key.point.clone(),
            age: first.age,
            headline: headline.to_owned(),
            rows,
            twin,
        }
    }

    /// The workload's headline; of a startup that the workload does not headline, its time.
    fn headline(&self, cell: &PlannedCell) -> &str {
        match self.run.workload(&cell.key.workload) {
            Some(info) if cell.age == Age::Startup && info.headline_age != Age::Startup => {
                metric::STARTUP
            }
            Some(info) => &info.headline,
            None => metric::WALL,
        }
    }

    fn row(&self, (cell, samples): Member<'_>) -> Row {
        let status = samples.status(cell, self.run);
        let measured = status == Status::Measured;
        Row {
            key: cell.key.clone(),
            status,
            samples: if measured { samples.blocks.len() } else { 0 },
            metrics: if measured { samples.summaries() } else { Vec::new() },
            comparison: None,
            unbeaten: false,
        }
    }

    /// The plan's reference, else the first runner that was measured.
    fn reference(&self, rows: &[Row], able: &[usize]) -> Option<usize> {
        let wanted = &self.run.header.plan.reference;
        let named = able.iter().find(|&&row| rows[row].key.runner == *wanted);
        named.or(able.first()).copied()
    }

    fn compare_rows(
        &self,
        rows: &mut [Row],
        costs: &[BTreeMap<u32, f64>],
        able: &[usize],
        reference: usize,
    ) {
        let name = rows[reference].key.runner.clone();
        let level = self.level(&rows[reference].key.workload, able.len());
        for &row in able.iter().filter(|&&row| row != reference) {
            let pairs = paired(&costs[row], &costs[reference]);
            rows[row].comparison = Some(compare(&name, &pairs, level));
        }
    }

    /// The level of one comparison: the family's, divided by pairs of runners × points.
    fn level(&self, workload: &str, runners: usize) -> f64 {
        let mut points: Vec<String> = self
            .run
            .header
            .plan
            .cells
            .iter()
            .filter(|cell| cell.key.workload == workload)
            .map(|cell| cell.key.group())
            .collect();
        points.sort();
        points.dedup();
        let pairs = runners * runners.saturating_sub(1) / 2;
        FAMILY_LEVEL / (pairs.max(1) * points.len().max(1)) as f64
    }

    fn twin(&self, name: &str, twin: &BTreeMap<u32, f64>, reference: &BTreeMap<u32, f64>) -> Twin {
        let level = FAMILY_LEVEL / self.groups as f64;
        let comparison = compare(name, &paired(twin, reference), level);
        Twin { check: check_twin(&comparison), comparison }
    }

    fn mark_unbeaten(&self, rows: &mut [Row], costs: &[BTreeMap<u32, f64>], able: &[usize]) {
        let class = |row: usize, rows: &[Row]| -> Option<Class> {
            self.run.runner(&rows[row].key.runner).map(|runner| runner.class)
        };
        for &row in able {
            let level = self.level(&rows[row].key.workload, able.len());
            let mut rivals = able
                .iter()
                .copied()
                .filter(|&other| other != row && class(other, rows) == class(row, rows))
                .peekable();
            rows[row].unbeaten = rivals.peek().is_some()
                && rivals.all(|other| {
                    let pairs = paired(&costs[other], &costs[row]);
                    compare("", &pairs, level).verdict != Verdict::Faster
                });
        }
    }
}

/// Costs of the rounds in which both sides were measured.
fn paired(candidate: &BTreeMap<u32, f64>, reference: &BTreeMap<u32, f64>) -> Vec<(f64, f64)> {
    candidate.iter().filter_map(|(round, cost)| Some((*cost, *reference.get(round)?))).collect()
}

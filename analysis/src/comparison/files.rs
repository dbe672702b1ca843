//! Two runs of one machine: base and candidate.

use std::collections::BTreeSet;

use super::{Document, Row, TOLD_APART, Word, distrust, distrusted, unfinished, with_phase};
use crate::analysis::{self, Analysis, Gathered, Group, Status, analyse};
use crate::stats::{Spread, Unpaired, Verdict, between_runs, fewest_unpaired, unpaired};
use runtime_bench_results::differences;
use runtime_bench_results::key::{CellKey, RATE};
use runtime_bench_results::run::{Role, Run};

/// Most rows that changed alike by more than this make a reader look at the machine.
const SHIFT: f64 = 0.03;

/// Error level of all rows of two files, divided among them (Bonferroni).
const FILES_LEVEL: f64 = 0.01;

/// A cell of one run.
#[derive(Clone, Copy)]
struct Cell<'a> {
    group: &'a Group,
    row: &'a analysis::Row,
}

impl Cell<'_> {
    fn is(&self, other: &Self) -> bool {
        self.row.key.is_counterpart(&other.row.key) && self.group.phase == other.group.phase
    }

    fn name(&self) -> String {
        with_phase(&self.row.key.to_string(), self.group.phase)
    }

    fn measured(&self) -> bool {
        self.row.status == Status::Measured
    }

    /// The rate that its run found out for it, where it did.
    fn calibrated_rate(&self) -> Option<usize> {
        let point = &self.row.key.point;
        point.count(RATE).ok().filter(|_| point.calibrated())
    }

    /// How a cell without a counterpart is listed; one that cannot run is not missed.
    fn listed(&self) -> Option<String> {
        match &self.row.status {
            Status::NotApplicable(_) => None,
            Status::Measured => Some(self.name()),
            status => Some(format!("{} ({})", self.name(), status.word())),
        }
    }

    fn unit(&self) -> Option<&str> {
        Some(self.row.metric(&self.group.headline)?.unit.as_str())
    }

    /// Costs in the order of rounds.
    fn costs(&self, gathered: &Gathered<'_>) -> Vec<f64> {
        let Self { group, row } = self;
        gathered
            .costs(&row.key, group.phase, Role::Subject, &group.headline)
            .into_values()
            .collect()
    }
}

/// A cell that both runs have.
struct Common<'a> {
    base: Cell<'a>,
    head: Cell<'a>,
    /// `None` unless both have figures of one metric in one unit.
    result: Option<Unpaired>,
}

impl<'a> Common<'a> {
    fn new(runs: [&Gathered<'_>; 2], base: Cell<'a>, head: Cell<'a>, level: f64) -> Self {
        // A cell of which no figure is usable has no unit.
        let one_unit = base.unit().zip(head.unit()).is_none_or(|(from, to)| from == to);
        let one_metric = base.group.headline == head.group.headline && one_unit;
        let figures = have_figures(&base, &head);
        let result = (figures && one_metric)
            .then(|| unpaired(&base.costs(runs[0]), &head.costs(runs[1]), level));
        Self { base, head, result }
    }

    /// Why the figures of both are not compared.
    fn not_alike(&self) -> String {
        match (self.base.calibrated_rate(), self.head.calibrated_rate()) {
            (Some(base), Some(head)) => format!(
                "the rate was calibrated in each run anew, to {base} and {head}: such rows are compared \
                 within a run only"
            ),
            _ => "base and candidate report different metrics or units".to_owned(),
        }
    }

    /// A word and its reason where there is nothing to compare; `None` where neither run has
    /// anything to say.
    fn without_figures(&self) -> Option<(Word, String)> {
        let [from, to] = [&self.base.row.status, &self.head.row.status];
        let told = |side: &str, status: &Status| match status.reason() {
            "" => format!("{side}: {}", status.word()),
            reason => format!("{side}: {}: {reason}", status.word()),
        };
        match (from, to) {
            (Status::Measured, Status::Measured) => Some((Word::Inconclusive, self.not_alike())),
            (Status::Failed(_), Status::Failed(_)) => {
                Some((Word::Inconclusive, format!("failed in both; {}", told("candidate", to))))
            }
            (_, Status::Failed(_)) => Some((Word::Failed, told("candidate", to))),
            (Status::Measured, _) => Some((Word::Inconclusive, told("candidate", to))),
            (Status::Failed(_), _) | (_, Status::Measured) => {
                Some((Word::Inconclusive, told("base", from)))
            }
            _ => None,
        }
    }
}

/// Whether two cells have figures that may be compared at all.
fn have_figures(base: &Cell<'_>, head: &Cell<'_>) -> bool {
    let calibrated = base.calibrated_rate().is_some();
    base.measured() && head.measured() && !calibrated
}

/// What rows are judged by.
struct Judge<'a> {
    margin: f64,
    /// Workloads whose control failed.
    distrusted: BTreeSet<&'a str>,
    one_machine: bool,
}

impl Judge<'_> {
    fn row(&self, common: &Common<'_>) -> Option<Row> {
        let (mut word, mut note) = match &common.result {
            Some(result) => self.word(result),
            None => common.without_figures()?,
        };
        let workload = &common.base.row.key.workload;
        let mut withdraw = |why: &str| {
            note = if note.is_empty() { why.to_owned() } else { format!("{why}; {note}") };
            word = Word::Inconclusive;
        };
        if common.result.is_some() && self.distrusted.contains(workload.as_str()) {
            withdraw(TOLD_APART);
        }
        if !self.one_machine {
            withdraw("different machines");
        }
        let result = common.result.as_ref();
        let unit = common.base.unit().or(common.head.unit()).unwrap_or_default();
        Some(Row {
            name: common.base.name(),
            workload: workload.clone(),
            metric: common.base.group.headline.clone(),
            unit: unit.to_owned(),
            word,
            ratio: result.and_then(|result| result.ratio),
            interval: result.and_then(|result| result.interval),
            samples: result.map_or_else(
                || [common.base.row.samples, common.head.row.samples],
                |result| result.samples,
            ),
            margin: self.margin,
            note,
        })
    }

    /// What two series of costs say, and why where they say nothing.
    fn word(&self, result: &Unpaired) -> (Word, String) {
        let why = match result.verdict(self.margin) {
            Verdict::Faster => return (Word::Faster, String::new()),
            Verdict::Slower => return (Word::Slower, String::new()),
            Verdict::Tie => return (Word::Tie, String::new()),
            // Without the margin it would be a verdict.
            _ if matches!(result.verdict(0.0), Verdict::Faster | Verdict::Slower) => {
                "runs differ by as much without a change".to_owned()
            }
            Verdict::NotCompared => {
                let ([base, head], fewest) = (result.independent, fewest_unpaired(result.level));
                format!(
                    "{base} independent samples of the base and {head} of the candidate; each \
                     needs {fewest}"
                )
            }
            _ => "the interval is too wide, or the means do not confirm it".to_owned(),
        };
        (Word::Inconclusive, why)
    }
}

/// Compares two runs, each with what it is called, cell by cell: the cells that `keep` wants.
///
/// A cell's counterpart has the same workload, variant, parameters, runner, phase, worker and pool
/// threads. The level of a row is 0.01 ÷ rows that `keep` left; how much two runs differ anyway
/// ([`between_runs`]) is read from all that they have in common. The worst row comes first.
pub fn files(base: (&str, &Run), head: (&str, &Run), keep: &dyn Fn(&CellKey) -> bool) -> Document {
    let analyses = [analyse(base.1), analyse(head.1)];
    let [from, to] = [cells(&analyses[0]), cells(&analyses[1])];
    let mut document = Document::new("Two runs: base and candidate", base.0, head.0);
    let one_machine = context(&mut document, [base, head], &analyses);
    let (plan, other) = (&base.1.header.plan, &head.1.header.plan);
    let one_setting = (plan.workers, plan.pool_threads) == (other.workers, other.pool_threads);
    let counterpart = |cell: &Cell<'_>, others: &[Cell<'_>]| {
        others.iter().position(|other| one_setting && other.is(cell))
    };
    let lone = |cells: &[Cell<'_>], others: &[Cell<'_>]| -> Vec<String> {
        let alone = |cell: &&Cell<'_>| keep(&cell.row.key) && counterpart(cell, others).is_none();
        cells.iter().filter(alone).filter_map(Cell::listed).collect()
    };
    document.only_base = lone(&from, &to);
    document.only_head = lone(&to, &from);
    let pairs: Vec<(Cell<'_>, Cell<'_>)> =
        from.iter().filter_map(|cell| Some((*cell, to[counterpart(cell, &to)?]))).collect();
    let figures = |(from, to): &&(Cell<'_>, Cell<'_>)| have_figures(from, to);
    let rows = pairs.iter().filter(figures).filter(|(cell, _)| keep(&cell.row.key)).count();
    let gathered = [Gathered::new(base.1), Gathered::new(head.1)];
    let level = FILES_LEVEL / rows.max(1) as f64;
    let common: Vec<Common<'_>> = pairs
        .into_iter()
        .map(|(from, to)| Common::new([&gathered[0], &gathered[1]], from, to, level))
        .collect();
    let ratios = common.iter().filter_map(|common| common.result.as_ref()?.ratio);
    let spread = between_runs(&ratios.map(f64::ln).collect::<Vec<f64>>());
    if !common.is_empty() {
        describe(&mut document, spread);
    }
    let distrusted: BTreeSet<&str> = analyses.iter().flat_map(distrusted).collect();
    let judge = Judge { margin: spread.margin(), distrusted, one_machine };
    let kept = common.iter().filter(|common| keep(&common.base.row.key));
    document.rows = kept.filter_map(|common| judge.row(common)).collect();
    document.worst_first();
    document
}

/// Warnings and notes of the two runs as a whole; whether they are of one machine.
fn context(document: &mut Document, runs: [(&str, &Run); 2], analyses: &[Analysis; 2]) -> bool {
    let [base, head] = runs.map(|(_, run)| run);
    let (from, to) = (&base.header.environment, &head.header.environment);
    let machines = differences::machine(from, to);
    document.warnings.extend(machines.iter().cloned());
    document.warnings.extend(differences::warnings(base, head));
    document.notes.extend(differences::version(from, to));
    for ((label, run), analysis) in runs.into_iter().zip(analyses) {
        document.warnings.extend(unfinished(label, run));
        match distrust(label, analysis) {
            Some(why) if !analysis.noise.trusted() && document.untrusted.is_none() => {
                document.untrusted = Some(why);
            }
            why => document.warnings.extend(why),
        }
    }
    machines.is_none()
}

/// What the spread between the runs means for the rows.
fn describe(document: &mut Document, spread: Spread) {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let (sigma, margin) = (percent(spread.sigma.exp_m1()), percent(spread.margin()));
    document.notes.push(if spread.assumed {
        format!(
            "spread between the runs: unknown, because they have {} rows in common and 8 tell it; \
             {sigma} is assumed, and a verdict lies beyond {margin}; compare more cells",
            spread.rows
        )
    } else {
        format!(
            "spread between the runs: {sigma}, read from {} rows in common; a verdict lies beyond \
             {margin}",
            spread.rows
        )
    });
    if !spread.assumed && spread.shift.abs() > SHIFT.ln_1p() {
        document.warnings.push(format!(
            "most rows changed alike, by {:+.1} %: that cannot be told from a change of the \
             machine; `runtime-bench ab` interleaves two builds",
            100.0 * spread.shift.exp_m1()
        ));
    }
}

fn cells(analysis: &Analysis) -> Vec<Cell<'_>> {
    let of_group = |group| {
        let group: &Group = group;
        group.rows.iter().map(move |row| Cell { group, row })
    };
    analysis.groups.iter().flat_map(of_group).collect()
}

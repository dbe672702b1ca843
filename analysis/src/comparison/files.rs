//! Two runs of one machine: base and candidate.

use std::collections::BTreeSet;

use super::{Document, Row, TOLD_APART, Word, distrust, distrusted, unfinished, with_phase};
use crate::analysis::{self, Analysis, Gathered, Group, Status, analyse};
use crate::stats::{
    RowChange, Spread, Unpaired, Verdict, between_runs, deviation, fewest_unpaired, median,
    unpaired,
};
use runtime_bench_results::differences;
use runtime_bench_results::key::{CellKey, RATE};
use runtime_bench_results::run::{Role, Run};

/// Rows that changed alike by more than this make a reader look at the machine.
const SHIFT: f64 = 0.03;

/// Other runners that tell what a run did to all of them: the median of three does not follow one.
const FEWEST_OTHERS: usize = 3;

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

    /// Logarithms of the costs, in the order of rounds; those that are not positive and finite have none.
    fn logs(&self, gathered: &Gathered<'_>) -> Vec<f64> {
        let Self { group, row } = self;
        let costs = gathered.costs(&row.key, group.phase, Role::Subject, &group.headline);
        costs.into_values().map(f64::ln).filter(|log| log.is_finite()).collect()
    }
}

/// A cell that both runs have.
struct Common<'a> {
    base: Cell<'a>,
    head: Cell<'a>,
    /// `None` unless both have figures of one metric in one unit.
    figures: Option<Figures>,
}

/// What a cell cost in both runs, on a log scale.
struct Figures {
    logs: [Vec<f64>; 2],
    /// From the median of the base to that of the candidate.
    change: f64,
    /// The same of the other runners at its point, where there are enough.
    others: Option<f64>,
}

impl Figures {
    fn new(logs: [Vec<f64>; 2]) -> Self {
        let middle = logs.each_ref().map(|logs| median(logs).unwrap_or(f64::NAN));
        Self { change: middle[1] - middle[0], logs, others: None }
    }

    /// What the change is beyond that of the other runners, and how noisy the rounds are.
    fn own(&self) -> RowChange {
        let [base, head] = self.logs.each_ref().map(|logs| deviation(logs).powi(2));
        RowChange {
            log_ratio: self.change - self.others.unwrap_or(0.0),
            noise: f64::midpoint(base, head).sqrt(),
        }
    }

    fn result(&self, level: f64) -> Unpaired {
        let others = self.others.unwrap_or(0.0);
        let costs =
            |logs: &[f64], by: f64| logs.iter().map(|log| (log - by).exp()).collect::<Vec<_>>();
        unpaired(&costs(&self.logs[0], 0.0), &costs(&self.logs[1], others), level)
    }
}

/// Tells each cell what the other runners at its point did between the runs: as a change of the machine, or
/// of the workload, that is no change of the runner.
fn measure_others(cells: &mut [Common<'_>]) {
    let one_point = |a: &Common<'_>, b: &Common<'_>| std::ptr::eq(a.base.group, b.base.group);
    for beside in cells.chunk_by_mut(one_point) {
        let change = |cell: &Common<'_>| {
            let change = cell.figures.as_ref()?.change;
            (cell.base.row.is_ranked() && change.is_finite()).then_some(change)
        };
        let changes: Vec<Option<f64>> = beside.iter().map(change).collect();
        for (own, cell) in beside.iter_mut().enumerate() {
            let others = changes.iter().enumerate().filter(|(other, _)| *other != own);
            let others: Vec<f64> = others.filter_map(|(_, change)| *change).collect();
            if let Some(figures) = cell.figures.as_mut().filter(|_| others.len() >= FEWEST_OTHERS) {
                figures.others = median(&others);
            }
        }
    }
}

impl<'a> Common<'a> {
    fn new(runs: [&Gathered<'_>; 2], base: Cell<'a>, head: Cell<'a>) -> Self {
        // A cell of which no figure is usable has no unit.
        let one_unit = base.unit().zip(head.unit()).is_none_or(|(from, to)| from == to);
        let one_metric = base.group.headline == head.group.headline && one_unit;
        let figures = (have_figures(&base, &head) && one_metric && !head.group.is_check())
            .then(|| Figures::new([base.logs(runs[0]), head.logs(runs[1])]));
        Self { base, head, figures }
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
            // It passes in both.
            (Status::Measured, Status::Measured) if self.head.group.is_check() => None,
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
    /// Error level of a row.
    level: f64,
    /// Workloads whose control failed.
    distrusted: BTreeSet<&'a str>,
    one_machine: bool,
}

impl Judge<'_> {
    fn row(&self, common: &Common<'_>, spread: Spread) -> Option<Row> {
        let result = common.figures.as_ref().map(|figures| figures.result(self.level));
        let (mut word, mut note) = match &result {
            Some(result) => said(result, spread.margin),
            None => common.without_figures()?,
        };
        let workload = &common.base.row.key.workload;
        let tie = word == Word::Tie;
        let mut withdraw = |why: &str| {
            note = if note.is_empty() { why.to_owned() } else { format!("{why}; {note}") };
            word = Word::Inconclusive;
        };
        let others = common.figures.as_ref().and_then(|figures| figures.others);
        if let Some(others) = others.filter(|by| tie && by.abs() > SHIFT.ln_1p()) {
            withdraw(&format!(
                "all runners of it changed alike, by {:+.1}%",
                100.0 * others.exp_m1()
            ));
        }
        if result.is_some() && self.distrusted.contains(workload.as_str()) {
            withdraw(TOLD_APART);
        }
        if !self.one_machine {
            withdraw("different machines");
        }
        let result = result.as_ref();
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
            margin: spread.margin,
            note,
        })
    }
}

/// What two series of costs say, and why where they say nothing.
fn said(result: &Unpaired, margin: f64) -> (Word, String) {
    let why = match result.verdict(margin) {
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

/// Compares two runs, each with what it is called, cell by cell: the cells that `keep` wants.
///
/// A cell's counterpart has the same workload, variant, parameters, runner, phase, worker and pool
/// threads. Its ratio is relative to what the other runners at its point did between the runs, where there
/// are three, so that neither a change of the machine nor one of the reference is told of it. The level of a
/// row is 0.01 ÷ rows that `keep` left; how much two runs differ anyway ([`between_runs`]) is read from all
/// that they have in common. The worst row comes first.
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
    let mut common: Vec<Common<'_>> = pairs
        .into_iter()
        .map(|(from, to)| Common::new([&gathered[0], &gathered[1]], from, to))
        .collect();
    measure_others(&mut common);
    let spreads = spreads(&common);
    describe(&mut document, &common, &spreads);
    let distrusted: BTreeSet<&str> = analyses.iter().flat_map(distrusted).collect();
    let judge = Judge { level, distrusted, one_machine };
    let kept = common.iter().zip(spreads).filter(|(common, _)| keep(&common.base.row.key));
    document.rows = kept.filter_map(|(common, spread)| judge.row(common, spread)).collect();
    document.worst_first();
    document
}

/// The spread of each cell: those that are relative to other runners and those that are not have nothing in
/// common.
fn spreads(common: &[Common<'_>]) -> Vec<Spread> {
    let changes = |relative: bool| -> Vec<RowChange> {
        let change = |cell: &Common<'_>| {
            let figures =
                cell.figures.as_ref().filter(|figures| figures.others.is_some() == relative);
            figures.map_or(RowChange { log_ratio: f64::NAN, noise: 0.0 }, Figures::own)
        };
        common.iter().map(change).collect()
    };
    let [relative, alone] = [true, false].map(|relative| between_runs(&changes(relative)));
    let relates = |cell: &Common<'_>| cell.figures.as_ref().is_some_and(|own| own.others.is_some());
    let each = common.iter().zip(relative.into_iter().zip(alone));
    each.map(|(cell, (relative, alone))| if relates(cell) { relative } else { alone }).collect()
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
fn describe(document: &mut Document, common: &[Common<'_>], spreads: &[Spread]) {
    let compared =
        || common.iter().zip(spreads).filter_map(|(c, s)| Some((c.figures.as_ref()?, s)));
    if common.is_empty() {
        return;
    }
    let rows = compared().count();
    let range = |of: fn(&Spread) -> f64| {
        let all = || compared().filter(|(_, spread)| !spread.assumed).map(|(_, spread)| of(spread));
        let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
        format!("{:.1}% to {:.1}%", 100.0 * low, 100.0 * high)
    };
    let known = compared().any(|(_, spread)| !spread.assumed);
    document.notes.push(match compared().find(|(_, spread)| spread.assumed) {
        _ if known => format!(
            "spread between the runs: {}, read from {rows} rows in common, each from those that are \
             as noisy; a verdict lies beyond {}",
            range(|spread| spread.sigma.exp_m1()),
            range(|spread| spread.margin)
        ),
        Some((_, spread)) => format!(
            "spread between the runs: unknown, because fewer than 8 of {rows} rows in common tell it; \
             {:.1}% is assumed, and a verdict lies beyond {:.1}%; compare more cells",
            100.0 * spread.sigma.exp_m1(),
            100.0 * spread.margin
        ),
        None => "no row has figures in both runs".to_owned(),
    });
    if compared().any(|(figures, _)| figures.others.is_some()) {
        document.notes.push(
            "ratios are relative to what the other runners at the same point did between the runs"
                .to_owned(),
        );
    }
    let shift = median(&compared().map(|(figures, _)| figures.change).collect::<Vec<f64>>());
    if let Some(shift) = shift.filter(|shift| known && shift.abs() > SHIFT.ln_1p()) {
        document.warnings.push(format!(
            "most rows changed alike, by {:+.1}%: that cannot be told from a change of the \
             machine; `runtime-bench ab` interleaves two builds",
            100.0 * shift.exp_m1()
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

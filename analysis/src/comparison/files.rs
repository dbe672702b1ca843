//! Two runs of one machine: base and candidate.

use std::collections::BTreeSet;

use super::cells::{Cell, Common, Figures, cells, have_figures, measure_others};
use super::{Document, Row, TOLD_APART, Word, distrust, distrusted, unfinished};
use crate::analysis::{Analysis, Gathered, analyze};
use crate::stats::{RowChange, Spread, Unpaired, Verdict, between_runs, fewest_unpaired, median};
use runtime_bench_results::differences;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::Run;

/// Common change of rows above which a note points to the machine.
const SHIFT: f64 = 0.03;

/// Error level of all rows of two files, divided among them (Bonferroni).
const FILES_LEVEL: f64 = 0.01;

/// The criteria for rows.
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
                "all runners at this point changed together, by {:+.1}%",
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

/// The result of two series of costs, with a reason if it is open.
fn said(result: &Unpaired, margin: f64) -> (Word, String) {
    let why = match result.verdict(margin) {
        Verdict::Faster => return (Word::Faster, String::new()),
        Verdict::Slower => return (Word::Slower, String::new()),
        Verdict::Tie => return (Word::Tie, String::new()),
        // Without the margin, this would be a verdict.
        _ if result.verdict(0.0).differs() => {
            "runs differ this much even without a change".to_owned()
        }
        Verdict::NotCompared => {
            let ([base, head], fewest) = (result.independent, fewest_unpaired(result.level));
            format!(
                "too few independent samples: {base} of the base and {head} of the candidate, but \
                 each needs {fewest}"
            )
        }
        _ => "the interval is too wide, or the means do not confirm it".to_owned(),
    };
    (Word::Inconclusive, why)
}

/// Compares two runs, given with their names, cell by cell: the cells that `keep` selects.
///
/// A cell's counterpart has the same workload, variant, parameters, runner, phase, worker and pool
/// threads. Its ratio is relative to the change of the other runners at its point, if there are at
/// least three, so that a change of the machine or the reference is not attributed to it. The level of
/// a row is 0.01 ÷ rows that `keep` selects; the spread between the runs ([`between_runs`]) is
/// estimated from all common rows. The worst row comes first.
pub fn files(base: (&str, &Run), head: (&str, &Run), keep: &dyn Fn(&CellKey) -> bool) -> Document {
    let analyses = [analyze(base.1), analyze(head.1)];
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

/// The spread of each cell: cells that are relative to other runners are separate from cells that are not.
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

/// Notes on the spread between the runs.
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
            "spread between the runs: {}, estimated from {rows} common rows, separately for each \
             noise class; a difference must exceed {}",
            range(|spread| spread.sigma.exp_m1()),
            range(|spread| spread.margin)
        ),
        Some((_, spread)) => format!(
            "spread between the runs: unknown, because fewer than 8 of {rows} common rows are \
             usable; {:.1}% is assumed, so a difference must exceed {:.1}%; compare more cells",
            100.0 * spread.sigma.exp_m1(),
            100.0 * spread.margin
        ),
        None => "no row has results in both runs".to_owned(),
    });
    if compared().any(|(figures, _)| figures.others.is_some()) {
        document.notes.push(
            "ratios are relative to the change of the other runners at the same point".to_owned(),
        );
    }
    let shift = median(&compared().map(|(figures, _)| figures.change).collect::<Vec<f64>>());
    if let Some(shift) = shift.filter(|shift| known && shift.abs() > SHIFT.ln_1p()) {
        document.warnings.push(format!(
            "most rows changed together, by {:+.1}%, which may be due to the machine; \
             `runtime-bench ab` interleaves two builds",
            100.0 * shift.exp_m1()
        ));
    }
}

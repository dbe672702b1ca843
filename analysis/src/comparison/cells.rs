//! Cells of two runs, and their costs in both.

use super::{Word, with_phase};
use crate::analysis::{Analysis, Gathered, Group, Row, Status};
use crate::stats::{RowChange, Unpaired, deviation, median, unpaired};
use runtime_bench_results::key::RATE;
use runtime_bench_results::run::Role;

/// Minimum number of other runners for a baseline: the median of three does not follow a single one.
const FEWEST_OTHERS: usize = 3;

/// A cell of one run.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) group: &'a Group,
    pub(super) row: &'a Row,
}

impl Cell<'_> {
    pub(super) fn is(&self, other: &Self) -> bool {
        self.row.key.is_counterpart(&other.row.key) && self.group.phase == other.group.phase
    }

    pub(super) fn name(&self) -> String {
        with_phase(&self.row.key.to_string(), self.group.phase)
    }

    fn measured(&self) -> bool {
        self.row.status == Status::Measured
    }

    /// The rate that its run calibrated, if any.
    fn calibrated_rate(&self) -> Option<usize> {
        let point = &self.row.key.point;
        point.count(RATE).ok().filter(|_| point.calibrated())
    }

    /// The name under which a cell without a counterpart is listed; cells that cannot run are not listed.
    pub(super) fn listed(&self) -> Option<String> {
        match &self.row.status {
            Status::NotApplicable(_) => None,
            Status::Measured => Some(self.name()),
            status => Some(format!("{} ({})", self.name(), status.word())),
        }
    }

    pub(super) fn unit(&self) -> Option<&str> {
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
pub(super) struct Common<'a> {
    pub(super) base: Cell<'a>,
    pub(super) head: Cell<'a>,
    /// `None` unless both have figures of one metric in one unit.
    pub(super) figures: Option<Figures>,
}

/// The costs of a cell in both runs, on a log scale.
pub(super) struct Figures {
    logs: [Vec<f64>; 2],
    /// From the median of the base to that of the candidate.
    pub(super) change: f64,
    /// The same for the other runners at its point, if there are enough.
    pub(super) others: Option<f64>,
}

impl Figures {
    fn new(logs: [Vec<f64>; 2]) -> Self {
        let middle = logs.each_ref().map(|logs| median(logs).unwrap_or(f64::NAN));
        Self { change: middle[1] - middle[0], logs, others: None }
    }

    /// The change beyond that of the other runners, and the noise of the rounds.
    pub(super) fn own(&self) -> RowChange {
        let [base, head] = self.logs.each_ref().map(|logs| deviation(logs).powi(2));
        RowChange {
            log_ratio: self.change - self.others.unwrap_or(0.0),
            noise: f64::midpoint(base, head).sqrt(),
        }
    }

    pub(super) fn result(&self, level: f64) -> Unpaired {
        let others = self.others.unwrap_or(0.0);
        let costs =
            |logs: &[f64], by: f64| logs.iter().map(|log| (log - by).exp()).collect::<Vec<_>>();
        unpaired(&costs(&self.logs[0], 0.0), &costs(&self.logs[1], others), level)
    }
}

/// Sets for each cell the change of the other runners at its point, which is due to the machine or the
/// workload, not to the runner.
pub(super) fn measure_others(cells: &mut [Common<'_>]) {
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
    pub(super) fn new(runs: [&Gathered<'_>; 2], base: Cell<'a>, head: Cell<'a>) -> Self {
        // A cell without a usable figure has no unit.
        let one_unit = base.unit().zip(head.unit()).is_none_or(|(from, to)| from == to);
        let one_metric = base.group.headline == head.group.headline && one_unit;
        let figures = (have_figures(&base, &head) && one_metric && !head.group.is_check())
            .then(|| Figures::new([base.logs(runs[0]), head.logs(runs[1])]));
        Self { base, head, figures }
    }

    /// Why the figures are not compared.
    fn not_alike(&self) -> String {
        match (self.base.calibrated_rate(), self.head.calibrated_rate()) {
            (Some(base), Some(head)) => format!(
                "each run calibrated its own rate, {base} and {head}: such rows are comparable \
                 within one run only"
            ),
            _ => "base and candidate report different metrics or units".to_owned(),
        }
    }

    /// A result and its reason if there is nothing to compare; `None` if neither run has a result.
    pub(super) fn without_figures(&self) -> Option<(Word, String)> {
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
pub(super) fn have_figures(base: &Cell<'_>, head: &Cell<'_>) -> bool {
    let calibrated = base.calibrated_rate().is_some();
    base.measured() && head.measured() && !calibrated
}

/// Every cell of a run.
pub(super) fn cells(analysis: &Analysis) -> Vec<Cell<'_>> {
    let of_group = |group| {
        let group: &Group = group;
        group.rows.iter().map(move |row| Cell { group, row })
    };
    analysis.groups.iter().flat_map(of_group).collect()
}

//! The measurements of each runner that a test covers.

use std::collections::BTreeMap;

use super::super::gathered::{Gathered, paired};
use super::super::{Group, Row, Status};
use super::judged::{Estimate, Said};
use crate::claims::{Ask, Baseline, Cell, Test};
use crate::stats::{Interval, median, series_interval, unpaired};

/// The source of evidence.
pub(super) struct Source<'a> {
    pub(super) gathered: &'a Gathered<'a>,
    pub(super) groups: &'a [Group],
}

/// A runner that the test covers.
pub(super) struct Asked<'a> {
    /// Its row in the test's cell.
    pub(super) row: &'a Row,
    /// Median of the metric.
    pub(super) figure: Option<f64>,
    /// Median of the metric of the baseline.
    pub(super) baseline: Option<f64>,
    /// The measurements, or why none counts.
    pub(super) evidence: Result<Evidence, (Said, String)>,
}

/// The measurements, in the order of time.
pub(super) enum Evidence {
    /// The metric.
    Series(Vec<f64>),
    /// Metric and baseline of the same rounds.
    Pairs(Vec<(f64, f64)>),
    /// Metric and baseline of comparisons without common rounds.
    Apart(Vec<f64>, Vec<f64>),
    /// The check passed in every process.
    Passed,
}

type Found<T> = Result<T, (Said, String)>;

impl<'a> Source<'a> {
    /// Every runner of the cell; runners that the test does not cover only if they have a figure.
    pub(super) fn ask(&self, test: &Test) -> Vec<Asked<'a>> {
        let Some(group) = self.group(&test.cell) else { return Vec::new() };
        let all = group.rows.iter().map(|row| self.asked(test, group, row));
        all.filter(|one| one.is_asked() || one.figure.is_some()).collect()
    }

    fn group(&self, cell: &Cell) -> Option<&'a Group> {
        let is_it =
            |group: &&Group| (&group.workload, &group.point) == (&cell.workload, &cell.point);
        self.groups.iter().find(is_it)
    }

    fn asked(&self, test: &Test, group: &'a Group, row: &'a Row) -> Asked<'a> {
        let median = |row: &Row| Some(row.metric(test.ask.metric()?)?.value);
        let (runner, figure) = (row.key.runner.as_str(), median(row));
        if !test.is_asked_of(runner) || test.baseline_runner() == Some(runner) {
            let evidence = Err((Said::NotAsked, String::new()));
            return Asked { row, figure, baseline: None, evidence };
        }
        let against = match &test.ask {
            Ask::Ratio { baseline, .. } => Some(self.baseline(baseline, group, row)),
            Ask::Figure { .. } | Ask::Check { .. } => None,
        };
        let other = against.as_ref().and_then(|found| found.as_ref().ok());
        let baseline = other.and_then(|(_, row)| median(row));
        Asked { row, figure, baseline, evidence: self.evidence(test, (group, row), against) }
    }

    /// The cell that a row is compared with.
    fn baseline(
        &self,
        baseline: &Baseline,
        group: &'a Group,
        row: &Row,
    ) -> Found<(&'a Group, &'a Row)> {
        let lacking = || (Said::NotMeasured, "its baseline is not in this run".to_owned());
        let (group, runner) = match baseline {
            Baseline::Runner(runner) => (group, runner),
            Baseline::Cell(cell) => (self.group(cell).ok_or_else(lacking)?, &row.key.runner),
        };
        let row = group.rows.iter().find(|row| row.key.runner == *runner);
        Ok((group, row.ok_or_else(lacking)?))
    }

    fn evidence(
        &self,
        test: &Test,
        (group, row): (&Group, &Row),
        against: Option<Found<(&Group, &Row)>>,
    ) -> Found<Evidence> {
        let Some(metric) = test.ask.metric() else {
            return measured(row).map(|()| Evidence::Passed);
        };
        trusted(group, row)?;
        let values = self.values(group, row, metric)?;
        let Some(against) = against else {
            return Ok(Evidence::Series(values.into_values().collect()));
        };
        let (other, baseline) = against?;
        let own = |(said, reason)| (said, format!("{}: {reason}", baseline.key.runner));
        let same_runner = baseline.key.runner == row.key.runner;
        let of_baseline =
            trusted(other, baseline).and_then(|()| self.values(other, baseline, metric));
        let compared = of_baseline.map_err(|why| if same_runner { why } else { own(why) })?;
        Ok(if std::ptr::eq(group, other) {
            Evidence::Pairs(paired(&values, &compared))
        } else {
            Evidence::Apart(values.into_values().collect(), compared.into_values().collect())
        })
    }

    fn values(&self, group: &Group, row: &Row, metric: &str) -> Found<BTreeMap<u32, f64>> {
        let values = self.gathered.values(&row.key, group.phase, metric);
        if values.is_empty() {
            return Err((Said::NotMeasured, format!("no {metric} was reported")));
        }
        Ok(values)
    }
}

fn measured(row: &Row) -> Found<()> {
    let said = match row.status {
        Status::Measured => return Ok(()),
        Status::NotApplicable(_) => Said::NotApplicable,
        Status::NotMeasured(_) => Said::NotMeasured,
        Status::Failed(_) => Said::NotCounted,
    };
    Err((said, row.status.reason().to_owned()))
}

/// Whether the figures of a row can be trusted: not client-bound, and the A/A control did not fail.
fn trusted(group: &Group, row: &Row) -> Found<()> {
    measured(row)?;
    if let Some(why) = &row.client_bound {
        return Err((Said::NotCounted, format!("client-bound: {why}")));
    }
    if group.control_failed() {
        let why = format!("the A/A control of {} failed", group.name);
        return Err((Said::NotCounted, why));
    }
    Ok(())
}

impl Asked<'_> {
    fn is_asked(&self) -> bool {
        !matches!(&self.evidence, Err((Said::NotAsked, _)))
    }

    /// Whether an interval decides the answer, which then takes its share of the claim's level.
    pub(super) fn is_estimated(&self) -> bool {
        self.evidence.as_ref().is_ok_and(|evidence| !matches!(evidence, Evidence::Passed))
    }
}

impl Evidence {
    /// The value compared with the bound, with its interval at a level; `None` if nothing is estimated.
    ///
    /// Pairs are ratios of the same round, on a log scale; cells without common rounds have the wider
    /// interval of [`unpaired`].
    pub(super) fn estimate(&self, level: f64) -> Option<Estimate> {
        match self {
            Self::Series(values) => {
                let interval = series_interval(values, level);
                Some(Estimate { value: median(values)?, interval })
            }
            Self::Pairs(pairs) => {
                let logs: Vec<f64> =
                    pairs.iter().map(|(a, b)| (a / b).ln()).filter(|log| log.is_finite()).collect();
                let interval = series_interval(&logs, level).map(Interval::exp);
                Some(Estimate { value: median(&logs)?.exp(), interval })
            }
            Self::Apart(values, baseline) => {
                let found = unpaired(baseline, values, level);
                Some(Estimate { value: found.ratio?, interval: found.interval })
            }
            Self::Passed => None,
        }
    }
}

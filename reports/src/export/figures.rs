//! The figures of a run as a list, for trackers.

use runtime_bench_analysis::analysis::{Analysis, Status};
use runtime_bench_analysis::stats::Interval;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::trial::{Better, Phase};

use crate::sanitize::sanitize;

/// A metric of a cell.
#[derive(Clone, Debug)]
pub(super) struct Figure<'a> {
    pub(super) key: &'a CellKey,
    pub(super) phase: Phase,
    pub(super) metric: String,
    pub(super) unit: String,
    pub(super) better: Better,
    /// Median over processes.
    pub(super) value: f64,
    /// At 95%; `None` below 6 processes.
    pub(super) interval: Option<Interval>,
    pub(super) samples: usize,
}

/// Every figure of every measured cell.
pub(super) fn figures(analysis: &Analysis) -> Vec<Figure<'_>> {
    let rows =
        analysis.groups.iter().flat_map(|group| group.rows.iter().map(move |row| (group, row)));
    let measured = rows.filter(|(_, row)| row.status == Status::Measured);
    let figures = measured.flat_map(|(group, row)| {
        row.metrics.iter().map(move |metric| Figure {
            key: &row.key,
            phase: group.phase,
            metric: sanitize(&metric.name),
            unit: sanitize(&metric.unit),
            better: metric.better,
            value: metric.value,
            interval: metric.interval,
            samples: metric.samples,
        })
    });
    figures.filter(|figure| figure.value.is_finite()).collect()
}

impl Figure<'_> {
    /// The cell, and its phase if it is not the usual one: `null/tokio/-`, `null/tokio/- (startup)`.
    pub(super) fn name(&self) -> String {
        let key = sanitize(&self.key.to_string());
        match self.phase {
            Phase::Warm => key,
            phase => format!("{key} ({phase})"),
        }
    }

    /// The metric and its unit: `wall (ns)`.
    pub(super) fn measure(&self) -> String {
        if self.unit.is_empty() {
            self.metric.clone()
        } else {
            format!("{} ({})", self.metric, self.unit)
        }
    }

    /// The same figure where lower is better: a rate becomes the time of one, `messages/s` becomes
    /// `ns/message`. `None` if neither direction is better.
    pub(super) fn cost(self) -> Option<Self> {
        match self.better {
            Better::Lower => Some(self),
            Better::Neither => None,
            Better::Higher => {
                let (unit, one) = match self.unit.strip_suffix("/s") {
                    Some(what) => (format!("ns/{}", what.strip_suffix('s').unwrap_or(what)), 1e9),
                    None => (format!("1/({})", self.unit), 1.0),
                };
                let interval = self.interval.filter(|interval| interval.low > 0.0);
                let turned = Self {
                    unit,
                    better: Better::Lower,
                    value: one / self.value,
                    interval: interval.map(|Interval { low, high }| Interval {
                        low: one / high,
                        high: one / low,
                    }),
                    ..self
                };
                Some(turned).filter(|turned| turned.value.is_finite())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use runtime_bench_results::key::Point;

    #[test]
    fn rate_becomes_the_time_of_one_with_its_interval() {
        let rate = runtime_bench_analysis::analysis::Summary {
            unit: "messages/s".into(),
            better: Better::Higher,
            interval: Some(Interval { low: 1e6, high: 4e6 }),
            ..fixtures::summary("rate", 2e6)
        };
        let groups =
            vec![fixtures::group(Point::new(), "rate", vec![fixtures::row("a", vec![rate])])];
        let analysis = Analysis { groups, ..Analysis::default() };
        let cost = figures(&analysis).remove(0).cost().unwrap();
        assert_eq!((cost.value, cost.measure().as_str()), (500.0, "rate (ns/message)"));
        assert_eq!(cost.interval, Some(Interval { low: 250.0, high: 1000.0 }));
    }
}

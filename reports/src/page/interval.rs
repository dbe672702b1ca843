//! Figures with their intervals, drawn in a cell of a table.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Summary;

use crate::chart::{marker, series_class};

/// Width of a plot, in its own units.
const WIDTH: f64 = 300.0;

/// The axis that all rows share.
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) log: bool,
}

impl Axis {
    /// An axis over every figure with its interval, and a guide; `None` if no figure can be drawn.
    pub(super) fn of<'a>(
        figures: impl Iterator<Item = &'a Summary>,
        guide: Option<f64>,
    ) -> Option<Self> {
        let mut ends: Vec<f64> = figures
            .flat_map(|figure| {
                let interval = figure.interval;
                [Some(figure.value), interval.map(|one| one.low), interval.map(|one| one.high)]
            })
            .flatten()
            .filter(|value| value.is_finite() && value.abs() < 1e200)
            .collect();
        if !ends.is_empty() {
            ends.extend(guide.filter(|guide| guide.is_finite()));
        }
        ends.sort_by(f64::total_cmp);
        let (low, high) = (*ends.first()?, *ends.last()?);
        let log = low > 1e-200;
        Some(Self { low, high, log })
    }

    /// From 8 to the width less 8; `None` for a figure that cannot be drawn.
    fn at(&self, value: f64) -> Option<f64> {
        let on = |value: f64| if self.log { value.ln() } else { value };
        let (from, to) = (on(self.low), on(self.high));
        let share = if to > from { (on(value) - from) / (to - from) } else { 0.5 };
        (share.is_finite() && (-0.01..=1.01).contains(&share))
            .then(|| (8.0 + share * (WIDTH - 16.0)).round())
    }
}

/// A figure of a runner, and an outlined one that it is compared with; `None` if neither can be drawn. A
/// dashed line marks the `guide`.
pub(super) fn plot(
    axis: &Axis,
    figures: [Option<&Summary>; 2],
    series: usize,
    guide: Option<f64>,
) -> Option<Markup> {
    let places = figures.map(|figure| {
        let figure = figure?;
        let middle = axis.at(figure.value)?;
        let ends = figure.interval.and_then(|one| Some([axis.at(one.low)?, axis.at(one.high)?]));
        Some((ends.unwrap_or([middle, middle]), middle))
    });
    let line = format!("line {}", series_class(series));
    let [own, other] = places;
    own.or(other)?;
    Some(html! {
        svg viewBox="0 0 300 20" aria-hidden="true" {
            @if let Some(at) = guide.and_then(|guide| axis.at(guide)) {
                path class="line thin guide d2" d={ "M" (at) " 0V20" } {}
            }
            @for ([low, high], _) in places.iter().flatten() {
                path class=(line) d={ "M" (low) " 10H" (high) } {}
            }
            @if let Some((_, at)) = other { circle class=(line) cx=(at) cy="10" r="5" {} }
            @if let Some((_, at)) = own { g transform={ "translate(" (at) " 10)" } { (marker(series)) } }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::summary;

    #[test]
    fn an_axis_holds_finite_figures_only() {
        let figures = [1.0, f64::NAN, 100.0, f64::INFINITY].map(|value| summary("wall", value));
        let axis = Axis::of(figures.iter(), None).unwrap();
        let places = figures.iter().map(|figure| axis.at(figure.value)).collect::<Vec<_>>();
        assert_eq!(places, [Some(8.0), None, Some(292.0), None]);
        assert_eq!(axis.at(10.0), Some(150.0), "it is logarithmic");
        let zero = [0.0, 10.0].map(|value| summary("wall", value));
        assert_eq!(
            Axis::of(zero.iter(), None).unwrap().at(5.0),
            Some(150.0),
            "not where it has a zero"
        );
        assert!(Axis::of([summary("wall", f64::NAN)].iter(), Some(1.0)).is_none());
    }
}

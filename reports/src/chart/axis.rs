//! A range of figures with readable ticks.
//!
//! plotters' own ranges hang on an infinite end and label no log range under one decade.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use crate::format;

/// Above this ratio of largest to smallest, equal lengths hide the small figures.
const LINEAR_UP_TO: f64 = 8.0;
/// Room beyond the outermost figures of a log axis.
const LOG_MARGIN: f64 = 1.15;
/// Most ticks that fit without crowding.
const TICKS: usize = 6;
/// Beyond these sizes ticks lose their precision, and no measurement is this large or small.
const SIZES: Range<f64> = 1e-200..1e200;

/// Whether a figure can stand on an axis at all.
pub(super) fn is_drawable(value: f64) -> bool {
    value == 0.0 || SIZES.contains(&value.abs())
}

/// A linear axis from zero, or a logarithmic one.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    log: bool,
    unit: String,
}

impl Axis {
    /// The axis that suits some drawable figures; `None` for none.
    pub(super) fn of(figures: &[f64], unit: &str) -> Option<Self> {
        let drawable = || figures.iter().copied().filter(|figure| is_drawable(*figure));
        let low = drawable().min_by(f64::total_cmp)?;
        let high = drawable().max_by(f64::total_cmp)?;
        let log = low > 0.0 && high / low > LINEAR_UP_TO;
        let (low, high) = match (log, high > 0.0) {
            (true, _) => (low / LOG_MARGIN, high * LOG_MARGIN),
            (false, true) => (low.min(0.0), high),
            // All are zero or below.
            (false, false) if low < 0.0 => (low, 0.0),
            (false, false) => (0.0, 1.0),
        };
        let mut axis = Self { low, high, log, unit: unit.to_owned() };
        if !log {
            // The last tick stands at the end, so that no figure lies beyond every label.
            let step = axis.step();
            axis.high = (high / step).ceil() * step;
            axis.low = (low / step).floor() * step;
        }
        Some(axis)
    }

    fn ticks(&self) -> Vec<f64> {
        if self.log { self.log_ticks() } else { self.linear_ticks() }
    }

    /// The distance of the ticks of a linear axis.
    fn step(&self) -> f64 {
        let wanted = (self.high - self.low) / (TICKS as f64 - 1.0);
        let decade = 10_f64.powf(wanted.log10().floor());
        let fits = |step: &f64| *step >= wanted;
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|nice| nice * decade).into_iter().find(fits);
        step.unwrap_or(wanted)
    }

    fn linear_ticks(&self) -> Vec<f64> {
        let step = self.step();
        let first = (self.low / step).ceil();
        let last = (self.high / step).floor();
        let ticks = (0..=TICKS).map(|n| first + n as f64).take_while(|tick| *tick <= last);
        ticks.map(|tick| tick * step).collect()
    }

    fn log_ticks(&self) -> Vec<f64> {
        let (from, to) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        // One in so many decades, or several figures in each.
        let every = usize::try_from(to - from).unwrap_or(0).div_ceil(TICKS).max(1);
        let inside = |nice: &'static [f64]| -> Vec<f64> {
            let decades = (from..=to).step_by(every).map(|decade| 10_f64.powi(decade));
            let ticks = decades.flat_map(|decade| nice.iter().map(move |nice| nice * decade));
            ticks.filter(|tick| (self.low..=self.high).contains(tick)).collect()
        };
        let choices: [&'static [f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
        let fitting = choices.map(inside).into_iter().find(|ticks| ticks.len() <= TICKS);
        fitting.unwrap_or_default()
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let place = |value: f64| if self.log { value.ln() } else { value };
        let (low, high) = (place(self.low), place(self.high));
        let share = (place(*value) - low) / (high - low);
        from + (share * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        format::tick(*value, &self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(figures: &[f64]) -> Vec<f64> {
        Axis::of(figures, "").unwrap().ticks()
    }

    #[test]
    fn a_linear_axis_begins_at_zero() {
        assert_eq!(ticks(&[40.0, 100.0]), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(&[-3.0, 2.0]), [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0]);
        assert_eq!(ticks(&[5.2]), [0.0, 2.0, 4.0, 6.0]);
        assert!(ticks(&[0.0]).contains(&0.0));
        assert!(ticks(&[-4.0]).contains(&-4.0));
    }

    #[test]
    fn a_log_axis_has_ticks_however_short_or_long() {
        assert_eq!(ticks(&[1.0, 9.0]), [1.0, 2.0, 5.0, 10.0]);
        assert_eq!(ticks(&[1.0, 90.0]), [1.0, 3.0, 10.0, 30.0, 100.0]);
        for high in [1e3, 1e5, 1e9, 1e50, 1e199] {
            let ticks = ticks(&[1e-3, high]);
            assert!((2..=TICKS).contains(&ticks.len()), "{high}: {ticks:?}");
        }
    }

    #[test]
    fn what_no_axis_can_hold_is_left_out() {
        assert!(Axis::of(&[f64::NAN, f64::INFINITY, 1e300, 1e-300], "").is_none());
        assert!(Axis::of(&[], "").is_none());
        let axis = Axis::of(&[f64::NAN, 2.0], "").unwrap();
        assert_eq!(axis.range(), 0.0..2.0);
    }

    #[test]
    fn figures_stand_where_they_belong() {
        let linear = Axis::of(&[50.0, 100.0], "").unwrap();
        assert_eq!(linear.map(&50.0, (0, 1000)), 500);
        let log = Axis::of(&[1.0, 100.0], "").unwrap();
        assert_eq!(log.map(&10.0, (0, 1000)), 500);
    }
}

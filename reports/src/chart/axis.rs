//! A range of figures with readable ticks.
//!
//! plotters' own ranges hang on an infinite end and do not label log ranges below one decade.

use std::ops::{Range, RangeInclusive};

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use super::axis_spec::{AxisKind, AxisSpec, is_drawable};
use super::text::{tenths, width};
use super::ticks;
use crate::format;

/// Ratio of the largest to the smallest figure above which a linear axis hides small figures.
const LINEAR_UP_TO: f64 = 8.0;
/// Margin beyond the outermost figures of a log axis.
const LOG_MARGIN: f64 = 1.15;
/// Minimum ratio of the ends of a log axis, so that noise does not look large.
const LEAST_LOG: f64 = 1.5;
/// Maximum number of figures that are ticks themselves.
const OWN_TICKS: usize = 8;
/// Minimum distance of two labels, pixels.
const GAP: u32 = 6;

/// A linear axis, or a logarithmic one.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    log: bool,
    ticks: Vec<(f64, String)>,
    scaled: AxisSpec,
}

impl Axis {
    /// The axis for some figures; `None` if it can show none of them.
    pub(super) fn new(scaled: &AxisSpec, figures: &[f64]) -> Option<Self> {
        let at_least = match &scaled.kind {
            AxisKind::Auto => f64::NEG_INFINITY,
            AxisKind::Log => f64::MIN_POSITIVE,
            AxisKind::Percentile => 1.0,
            AxisKind::Labels(names) => return Self::labeled(names, scaled, figures),
        };
        let drawable = || figures.iter().copied().filter(|at| is_drawable(*at) && *at >= at_least);
        let low = drawable().min_by(f64::total_cmp)?;
        let high = drawable().max_by(f64::total_cmp)?;
        Some(match scaled.kind {
            AxisKind::Percentile => Self::percentiles(low, high, scaled),
            AxisKind::Log => Self::log(low, high, scaled),
            _ if low > 0.0 && high / low > LINEAR_UP_TO => Self::log(low, high, scaled),
            _ => Self::linear(low, high, scaled),
        })
    }

    /// From zero; the last tick is at the end, so that no figure lies beyond all labels.
    fn linear(low: f64, high: f64, scaled: &AxisSpec) -> Self {
        let (low, high) = match (low, high) {
            (_, 0.0..) if high > 0.0 => (low.min(0.0), high),
            // All are zero or below.
            (..0.0, _) => (low, 0.0),
            _ => (0.0, 1.0),
        };
        let round = scaled.round();
        let step = ticks::step(low, high, round);
        // Rounding down would leave the figure outside the axis.
        let (first, last) = ((low / step).floor() * step, (high / step).ceil() * step);
        let (low, high) = (first.min(low), last.max(high));
        let ticks = numbered(ticks::linear(low, high, round), scaled);
        Self { low, high, log: false, ticks, scaled: scaled.clone() }
    }

    fn log(low: f64, high: f64, scaled: &AxisSpec) -> Self {
        let missing = (LEAST_LOG / (high / low)).max(1.0).sqrt();
        let (low, high) = (low / missing / LOG_MARGIN, high * missing * LOG_MARGIN);
        let ticks = numbered(ticks::log(low, high, scaled.round(), ticks::TICKS), scaled);
        Self { low, high, log: true, ticks, scaled: scaled.clone() }
    }

    fn percentiles(low: f64, high: f64, scaled: &AxisSpec) -> Self {
        let high = if high > low { high } else { low * 10.0 };
        Self {
            low,
            high,
            log: true,
            ticks: ticks::percentiles(&(low..=high)),
            scaled: scaled.clone(),
        }
    }

    fn labeled(names: &[String], scaled: &AxisSpec, figures: &[f64]) -> Option<Self> {
        let ticks = names.iter().enumerate().map(|(at, name)| (at as f64, name.clone())).collect();
        let axis = Self {
            low: -0.5,
            high: names.len() as f64 - 0.5,
            log: false,
            ticks,
            scaled: scaled.clone(),
        };
        figures.iter().any(|figure| axis.holds(*figure)).then_some(axis)
    }

    /// Whether this axis can show a figure.
    pub(super) fn holds(&self, value: f64) -> bool {
        is_drawable(value) && self.extent().contains(&value)
    }

    /// Ticks at the figures themselves, if they are few and fit into a length in pixels, or else as in
    /// [`Self::within`].
    pub(super) fn at_figures(mut self, figures: &[f64], room: u32) -> Self {
        if matches!(self.scaled.kind, AxisKind::Auto | AxisKind::Log) {
            let mut own: Vec<f64> = figures.iter().copied().filter(|at| self.holds(*at)).collect();
            own.sort_by(f64::total_cmp);
            own.dedup();
            let own = numbered(own, &self.scaled);
            let few = self.thinned(&own, room);
            if own.len() <= OWN_TICKS && (few.len() == own.len() || few.len() >= ticks::FEWEST) {
                self.ticks = few;
                return self;
            }
        }
        self.within(room)
    }

    /// As many ticks as fit into a length in pixels.
    pub(super) fn within(mut self, room: u32) -> Self {
        let is_log = self.log && self.scaled.kind != AxisKind::Percentile;
        let fewer = (ticks::FEWEST..=ticks::TICKS).rev().filter(|_| is_log);
        let round = |most| ticks::log(self.low, self.high, self.scaled.round(), most);
        let mut fewer = fewer.map(|most| numbered(round(most), &self.scaled));
        let fitting = fewer.find(|ticks| self.fits(ticks, room));
        self.ticks = fitting.unwrap_or_else(|| self.thinned(&self.ticks, room));
        self
    }

    /// Every tick, or every second, third and so on, so that no two labels touch.
    fn thinned(&self, ticks: &[(f64, String)], room: u32) -> Vec<(f64, String)> {
        let every = |step| -> Vec<(f64, String)> { ticks.iter().step_by(step).cloned().collect() };
        (1..=ticks.len()).map(every).find(|few| self.fits(few, room)).unwrap_or_default()
    }

    /// Whether no two labels touch, given the length in pixels.
    fn fits(&self, ticks: &[(f64, String)], room: u32) -> bool {
        let at = |tick: &(f64, String)| self.map(&tick.0, (0, tenths(room)));
        ticks.windows(2).all(|pair| {
            let half = |tick: &(f64, String)| tenths(width([tick.1.as_str()])) / 2;
            let (left, right) = (&pair[0], &pair[1]);
            at(right) - at(left) >= half(left) + half(right) + tenths(GAP)
        })
    }

    /// The labels of the ticks.
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.ticks.iter().map(|(_, label)| label.as_str())
    }

    fn extent(&self) -> RangeInclusive<f64> {
        self.low..=self.high
    }

    /// The position of a figure between the ends, 0 to 1.
    fn share(&self, value: f64) -> f64 {
        let place = |value: f64| if self.log { value.ln() } else { value };
        (place(value) - place(self.low)) / (place(self.high) - place(self.low))
    }

    /// The figure at a position; the inverse of [`Self::share`].
    pub(super) fn value(&self, share: f64) -> f64 {
        let value = if self.log {
            (self.low.ln() + share * (self.high.ln() - self.low.ln())).exp()
        } else {
            self.low + share * (self.high - self.low)
        };
        value.clamp(self.low, self.high)
    }

    /// The positions of figures, 0 to 1.
    pub(super) fn shares(&self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|value| self.share(*value)).collect()
    }
}

fn numbered(ticks: Vec<f64>, scaled: &AxisSpec) -> Vec<(f64, String)> {
    let unit = scaled.tick_unit();
    ticks.into_iter().map(|tick| (tick, format::tick(tick, unit))).collect()
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        // Positions far beyond an end do not fit into plotters' whole numbers.
        let share = self.share(*value).clamp(-1.0, 2.0);
        from + (share * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|(tick, _)| *tick).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.iter().find(|(tick, _)| tick.total_cmp(value).is_eq());
        tick.map(|(_, label)| label.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(kind: AxisKind, figures: &[f64]) -> Option<Axis> {
        Axis::new(&AxisSpec { name: String::new(), unit: String::new(), kind }, figures)
    }

    fn ticks(figures: &[f64]) -> Vec<f64> {
        let axis = axis(AxisKind::Auto, figures).unwrap();
        axis.ticks.iter().map(|(tick, _)| *tick).collect()
    }

    #[test]
    fn a_linear_axis_begins_at_zero() {
        assert_eq!(ticks(&[40.0, 100.0]), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(&[-3.0, 2.0]), [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0]);
        assert_eq!(ticks(&[5.2]), [0.0, 2.0, 4.0, 6.0]);
        assert!(ticks(&[0.0]).contains(&0.0));
        assert!(ticks(&[-4.0]).contains(&-4.0));
        assert_eq!(ticks(&[1.0, 9.0]), [1.0, 2.0, 5.0, 10.0]);
    }

    #[test]
    fn values_outside_the_axis_are_skipped() {
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE];
        for kind in [AxisKind::Auto, AxisKind::Log, AxisKind::Percentile] {
            assert!(axis(kind.clone(), &odd).is_none());
            assert!(axis(kind, &[]).is_none());
        }
        assert!(axis(AxisKind::Log, &[0.0, -1.0]).is_none());
        assert!(axis(AxisKind::Percentile, &[0.5]).is_none());
        assert!(axis(AxisKind::Labels(vec!["a".into()]), &[1.0]).is_none());
        assert_eq!(axis(AxisKind::Auto, &[f64::NAN, 2.0]).unwrap().range(), 0.0..2.0);
        let log = axis(AxisKind::Log, &[0.0, 2.0]).unwrap();
        assert!(log.holds(2.0) && !log.holds(0.0) && !log.holds(f64::NAN));
    }

    #[test]
    fn values_map_to_their_positions() {
        let linear = axis(AxisKind::Auto, &[50.0, 100.0]).unwrap();
        assert_eq!(linear.map(&50.0, (0, 1000)), 500);
        let log = axis(AxisKind::Auto, &[1.0, 100.0]).unwrap();
        assert_eq!(log.map(&10.0, (0, 1000)), 500);
        assert!((log.value(0.5) - 10.0).abs() < 1e-9);
        // Each further nine is as far as the one before.
        let tail = axis(AxisKind::Percentile, &[1.0, 1000.0]).unwrap();
        let at = [10.0, 100.0, 1000.0].map(|x| tail.map(&x, (0, 3000)));
        assert_eq!(at, [1000, 2000, 3000]);
        let labels = axis(AxisKind::Labels(vec!["a".into(), "b".into()]), &[0.0]).unwrap();
        assert_eq!([0.0, 1.0].map(|x| labels.map(&x, (0, 1000))), [250, 750]);
    }

    #[test]
    fn an_axis_holds_every_figure_that_it_was_made_for() {
        for tenth in 1..500 {
            let figures = [f64::from(tenth) * 0.1, f64::from(tenth) / 7.0];
            for kind in [AxisKind::Auto, AxisKind::Log] {
                let axis = axis(kind, &figures).unwrap();
                assert!(figures.iter().all(|figure| axis.holds(*figure)), "{figures:?}");
            }
        }
    }

    #[test]
    fn labels_are_thinned_until_none_touch_another() {
        let names: Vec<String> = (0..40).map(|n| format!("2026-01-{n:02}")).collect();
        let scaled =
            AxisSpec { name: String::new(), unit: String::new(), kind: AxisKind::Labels(names) };
        let axis = Axis::new(&scaled, &[0.0]).unwrap().at_figures(&[], 400);
        assert!((2..6).contains(&axis.ticks.len()), "{:?}", axis.ticks);
        assert!(axis.fits(&axis.ticks, 400));
    }

    #[test]
    fn a_parameter_has_ticks_at_its_own_values() {
        let scaled = AxisSpec { name: String::new(), unit: String::new(), kind: AxisKind::Log };
        let figures = [8.0, 1.0, 2.0, 4.0, 2.0];
        let own = Axis::new(&scaled, &figures).unwrap().at_figures(&figures, 400);
        assert_eq!(own.labels().collect::<Vec<_>>(), ["1", "2", "4", "8"]);
        let crowded = [1.0, 1.01, 100.0];
        let round = Axis::new(&scaled, &crowded).unwrap().at_figures(&crowded, 400);
        assert_eq!(round.labels().collect::<Vec<_>>(), ["1", "3", "10", "30", "100"]);
    }
}

//! Figures at the scale of their unit.

use super::digits::{NO_FIGURE, number, rounded, significant};
use crate::stats::Interval;

/// Steps of a unit, from large to small: suffix and size.
type Steps = &'static [(&'static str, f64)];

const TIME: Steps = &[("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0)];
const BYTES: Steps = &[("GiB", 1_073_741_824.0), ("MiB", 1_048_576.0), ("KiB", 1024.0), ("B", 1.0)];
/// Counts of something named, such as messages/s.
const THOUSANDS: Steps = &[("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1.0)];
const RATE: Steps = &[("G/s", 1e9), ("M/s", 1e6), ("k/s", 1e3), ("/s", 1.0)];

/// The scale for figures of one unit, so that a figure and its interval agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    size: f64,
    suffix: String,
}

impl Scale {
    /// The scale that suits a figure.
    pub fn of(unit: &str, value: f64) -> Self {
        let (base, per) = match unit.split_once('/') {
            Some((base, per)) if base != "1" => (base, format!("/{per}")),
            _ => (unit, String::new()),
        };
        let steps = match base {
            "1/s" => RATE,
            _ if TIME.iter().any(|(name, _)| *name == base) => TIME,
            _ if BYTES.iter().any(|(name, _)| *name == base) => BYTES,
            _ if per == "/s" => THOUSANDS,
            _ => return Self { size: 1.0, suffix: unit.to_owned() },
        };
        // A unit such as MiB/s is itself a step.
        let own = steps.iter().find(|(name, _)| *name == base).map_or(1.0, |(_, size)| *size);
        let size = rounded(value * own).abs().max((value * own).abs());
        let step = steps.iter().find(|(_, step)| size >= *step);
        let (name, size) = step.or(steps.last()).copied().unwrap_or((base, 1.0));
        let suffix = match (steps, name) {
            (THOUSANDS, "") => unit.to_owned(),
            (THOUSANDS, _) => format!("{name}\u{a0}{unit}"),
            _ => format!("{name}{per}"),
        };
        Self { size: size / own, suffix }
    }

    /// Without the name of the counted items: `25 k` for messages/s.
    #[must_use]
    fn without_what_is_counted(mut self, unit: &str) -> Self {
        if self.suffix.ends_with(unit) && unit.contains('/') && unit != "1/s" {
            self.suffix.truncate(self.suffix.len() - unit.len());
            self.suffix.truncate(self.suffix.trim_end().len());
        }
        self
    }

    /// The figure without its unit.
    pub fn number(&self, value: f64) -> String {
        number(value / self.size)
    }

    /// The figure with its unit.
    pub fn figure(&self, value: f64) -> String {
        if value.is_finite() { self.with_unit(&self.number(value)) } else { NO_FIGURE.to_owned() }
    }

    /// `low–high`, with enough digits to distinguish the two ends.
    pub fn interval(&self, interval: Interval) -> String {
        let (low, high) = (interval.low / self.size, interval.high / self.size);
        if !(low.is_finite() && high.is_finite()) {
            return NO_FIGURE.to_owned();
        }
        let (mut from, mut to) = (number(low), number(high));
        for digits in 4..=6 {
            if from != to || low.total_cmp(&high).is_eq() {
                break;
            }
            (from, to) = (significant(low, digits), significant(high, digits));
        }
        format!("{from}–{to}")
    }

    /// The unit after the figures.
    pub fn suffix(&self) -> &str {
        &self.suffix
    }

    fn with_unit(&self, number: &str) -> String {
        match self.suffix.as_str() {
            "" => number.to_owned(),
            "×" => format!("{number}×"),
            suffix if suffix.starts_with('/') => format!("{number}{suffix}"),
            suffix => format!("{number}\u{a0}{suffix}"),
        }
    }
}

/// A figure with its unit.
pub fn figure(value: f64, unit: &str) -> String {
    Scale::of(unit, value).figure(value)
}

/// A figure with its unit, without the name of the counted items: `152 k/s` for messages/s, `324 B` for
/// B/task.
pub fn brief(value: f64, unit: &str) -> String {
    let scale = Scale::of(unit, value);
    let figure = scale.figure(value);
    match unit.split_once('/') {
        Some((base, per)) if base != "1" => {
            let is_step =
                [TIME, BYTES].iter().any(|steps| steps.iter().any(|(name, _)| *name == base));
            if is_step && per == "s" {
                figure
            } else if per == "s" && scale.suffix().ends_with(unit) {
                let short = scale.without_what_is_counted(unit);
                format!("{}/s", short.figure(value))
            } else {
                figure.strip_suffix(&format!("/{per}")).unwrap_or(&figure).to_owned()
            }
        }
        _ => figure,
    }
}

/// A figure with its unit and no more digits than it needs, for an axis. It omits the name of the counted
/// items: `25 k` for messages/s.
pub fn tick(value: f64, unit: &str) -> String {
    let scale = Scale::of(unit, value).without_what_is_counted(unit);
    let number = scale.number(value);
    let short = match number.split_once('.') {
        Some((whole, rest)) if rest.bytes().all(|digit| digit == b'0') => whole,
        Some(_) if !number.contains('e') => number.trim_end_matches('0'),
        _ => &number,
    };
    scale.with_unit(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_has_its_steps() {
        let cases = [
            (0.0, "ns", "0\u{a0}ns"),
            (12.345, "ns", "12.3\u{a0}ns"),
            (999.6, "ns", "1.00\u{a0}µs"),
            (1_234_567.0, "ns", "1.23\u{a0}ms"),
            (2.5e9, "ns", "2.50\u{a0}s"),
            (-1_500.0, "ns", "−1.50\u{a0}µs"),
            (1500.0, "ns/hop", "1.50\u{a0}µs/hop"),
            (512.0, "B", "512\u{a0}B"),
            (1024.0, "B", "1.00\u{a0}KiB"),
            (1536.0, "B", "1.50\u{a0}KiB"),
            (3.0 * 1_048_576.0, "B/task", "3.00\u{a0}MiB/task"),
            (950.0, "1/s", "950/s"),
            (12_345.0, "1/s", "12.3\u{a0}k/s"),
            (2.0e6, "1/s", "2.00\u{a0}M/s"),
            (1.5, "×", "1.50×"),
            (0.123_4, "", "0.123"),
            (1234.5, "", "1234"),
            (3420.0, "MiB/s", "3.34\u{a0}GiB/s"),
            (0.5, "MiB/s", "512\u{a0}KiB/s"),
            (151_767.0, "messages/s", "152\u{a0}k\u{a0}messages/s"),
            (12.0, "messages/s", "12.0\u{a0}messages/s"),
            (1.5, "s", "1.50\u{a0}s"),
            (123_456.0, "widgets", "123\u{202f}456\u{a0}widgets"),
            (-123_456.0, "", "−123\u{202f}456"),
            (1e-9, "", "1.00e-9"),
            (1e300, "", "1.00e300"),
        ];
        for (value, unit, text) in cases {
            assert_eq!(figure(value, unit), text, "{value} {unit}");
        }
    }

    #[test]
    fn brief_figure_omits_the_counted_items() {
        let cases = [
            (151_767.0, "messages/s", "152\u{a0}k/s"),
            (3420.0, "MiB/s", "3.34\u{a0}GiB/s"),
            (5.0, "MiB/s", "5.00\u{a0}MiB/s"),
            (324.0, "B/task", "324\u{a0}B"),
            (12_345.0, "1/s", "12.3\u{a0}k/s"),
            (1500.0, "ns", "1.50\u{a0}µs"),
        ];
        for (value, unit, text) in cases {
            assert_eq!(brief(value, unit), text, "{value} {unit}");
        }
    }

    #[test]
    fn tick_has_no_needless_digits() {
        assert_eq!(tick(2e6, "ns"), "2\u{a0}ms");
        assert_eq!(tick(2.5e3, "1/s"), "2.5\u{a0}k/s");
        assert_eq!(tick(2.5e4, "messages/s"), "25\u{a0}k");
        assert_eq!(tick(100.0, "messages/s"), "100");
        assert_eq!(tick(100.0, ""), "100");
        assert_eq!(tick(1e12, ""), "1.00e12");
    }
}

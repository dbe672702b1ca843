//! Figures with their units, at three significant digits.

use crate::stats::Interval;

/// Shown in place of a figure that is no number.
const NO_FIGURE: &str = "no finite figure";

/// Steps of a unit, from large to small: suffix and size.
type Steps = &'static [(&'static str, f64)];

const TIME: Steps = &[("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0)];
const BYTES: Steps = &[("GiB", 1_073_741_824.0), ("MiB", 1_048_576.0), ("KiB", 1024.0), ("B", 1.0)];
/// Counts of something named, such as messages/s.
const THOUSANDS: Steps = &[("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1.0)];
const RATE: Steps = &[("G/s", 1e9), ("M/s", 1e6), ("k/s", 1e3), ("/s", 1.0)];

/// The scale at which figures of one unit are written, so that a figure and its interval agree.
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

    /// Without the name of what is counted: `25 k` of messages/s.
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

    /// `low–high`, with digits enough to tell the two ends apart.
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

    /// What stands behind the figures.
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

/// A figure with its unit and without what is counted: `152 k/s` of messages/s, `324 B` of B/task.
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

/// A figure with its unit and no more digits than it needs, for an axis. The name of what is counted is
/// too long for one: `25 k` messages/s.
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

/// A pure number at three significant digits.
pub fn number(value: f64) -> String {
    significant(value, 3)
}

fn significant(value: f64, digits: i32) -> String {
    if !value.is_finite() {
        return NO_FIGURE.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let (sign, size) = (if value < 0.0 { "−" } else { "" }, value.abs());
    let decimals = digits - 1 - magnitude(size);
    let text = match decimals {
        // From 10⁹ up and below 10⁻⁴ the zeros no longer read as a number.
        ..=-7 | 7.. => format!("{size:.*e}", digits.unsigned_abs() as usize - 1),
        ..=0 => grouped(size),
        _ => format!("{size:.*}", decimals.unsigned_abs() as usize),
    };
    format!("{sign}{text}")
}

/// The power of ten of a figure's first digit, after rounding.
fn magnitude(value: f64) -> i32 {
    rounded(value).abs().log10().floor() as i32
}

/// At three significant digits.
pub fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// A whole number with its thousands set apart.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        // Four digits read well without a gap.
        if place > 0 && digits.len() > 4 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A ratio of costs: `1.12×`.
pub fn ratio(ratio: f64) -> String {
    format!("{}×", hundredths(ratio))
}

/// The interval of a ratio of costs: `1.08–1.15`.
pub fn ratio_interval(interval: Interval) -> String {
    let (low, high) = (hundredths(interval.low), hundredths(interval.high));
    let short = format!("{low}–{high}");
    if !(interval.low.is_finite() && interval.high.is_finite()) {
        return NO_FIGURE.to_owned();
    }
    if low != high {
        return short;
    }
    let long = Scale { size: 1.0, suffix: String::new() }.interval(interval);
    // More digits help only where they tell the ends apart.
    if long.split_once('–').is_some_and(|(low, high)| low == high) { short } else { long }
}

/// A ratio near one reads best at two decimals, a small one at two digits.
fn hundredths(ratio: f64) -> String {
    match ratio {
        0.0995..9.995 => format!("{ratio:.2}"),
        0.0..0.0995 => significant(ratio, 2),
        _ => number(ratio),
    }
}

/// `43% slower`, `2.8× slower`, `6.4% faster`, or smaller and larger of bytes: a ratio of costs in one
/// convention. Faster is the inverse of the ratio; from 2× on a difference is a factor.
pub fn change(ratio: f64, unit: &str) -> String {
    let (size, word) = sized(ratio, unit);
    format!("{} {word}", amount(size))
}

/// `21–43% slower`, `2.8–12× slower`, `21% to 2.8× slower`, `5.0% faster to 43% slower`.
pub fn change_range(low: f64, high: f64, unit: &str) -> String {
    let ((a, word), (b, other)) = (sized(low, unit), sized(high, unit));
    let (least, most) = (amount(a.min(b)), amount(a.max(b)));
    if word != other {
        return format!("{} {word} to {} {other}", amount(a), amount(b));
    }
    let sign = |text: &str| text.chars().last();
    let joined = match (sign(&least), sign(&most)) {
        _ if least == most => most,
        (a, b) if a == b => format!("{}–{most}", least.trim_end_matches(['%', '×'])),
        _ => format!("{least} to {most}"),
    };
    format!("{joined} {word}")
}

/// Whether a unit counts bytes, of which less is smaller, not faster.
pub fn counts_bytes(unit: &str) -> bool {
    unit == "B" || unit.starts_with("B/")
}

/// How many times as fast or as slow, and the word.
fn sized(ratio: f64, unit: &str) -> (f64, &'static str) {
    match (ratio < 1.0, counts_bytes(unit)) {
        (true, false) => (1.0 / ratio, "faster"),
        (false, false) => (ratio, "slower"),
        (true, true) => (1.0 / ratio, "smaller"),
        (false, true) => (ratio, "larger"),
    }
}

fn amount(times: f64) -> String {
    if times < 1.995 { percent(times - 1.0) } else { format!("{}×", short(times)) }
}

/// A ratio in two digits where more would be noise: `0.047`, `0.87`, `1.43`, `2.8`, `12`.
pub fn short(ratio: f64) -> String {
    match ratio {
        0.995..1.995 => format!("{ratio:.2}"),
        0.0..9.95 => significant(ratio, 2),
        9.95..100.0 => format!("{ratio:.0}"),
        _ => number(ratio),
    }
}

/// A share as a percentage.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if !percent.is_finite() {
        return NO_FIGURE.to_owned();
    }
    let decimals = usize::from(percent.abs() < 9.95);
    format!("{percent:.decimals$}%")
}

/// `one`, `one and two`, `one, two and three`.
pub fn list<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// At most so many characters of a text.
pub fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// `1 round`, `2 rounds`.
pub fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
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
    fn non_finite_numbers_are_words() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(figure(value, "ns"), NO_FIGURE);
            assert_eq!(percent(value), NO_FIGURE);
        }
        assert_eq!(ratio_interval(Interval { low: 1.0, high: f64::INFINITY }), NO_FIGURE);
    }

    #[test]
    fn interval_bounds_stay_distinct_at_the_scale_of_the_value() {
        let interval = Interval { low: 999_000.0, high: 1_201_000.0 };
        assert_eq!(Scale::of("ns", 1e6).interval(interval), "0.999–1.20");
        assert_eq!(ratio_interval(Interval { low: 1.0011, high: 1.0021 }), "1.001–1.002");
        assert_eq!(ratio_interval(Interval { low: 1.0, high: 1.0 }), "1.00–1.00");
        assert_eq!(ratio_interval(Interval { low: 0.912, high: 12.34 }), "0.91–12.3");
        assert_eq!(ratio_interval(Interval { low: 0.0506, high: 0.114 }), "0.051–0.11");
    }

    #[test]
    fn a_change_reads_the_same_in_both_directions() {
        let cases = [
            (1.43, "ns", "43% slower"),
            (1.0 / 1.43, "ns", "43% faster"),
            (2.83, "ns", "2.8× slower"),
            (0.52, "1/s", "92% faster"),
            (0.0476, "ns", "21× faster"),
            (0.5, "B/task", "2.0× smaller"),
            (1.1, "B", "10% larger"),
        ];
        for (ratio, unit, words) in cases {
            assert_eq!(change(ratio, unit), words);
        }
        assert_eq!(change_range(1.21, 1.43, "ns"), "21–43% slower");
        assert_eq!(change_range(1.2, 3.6, "ns"), "20% to 3.6× slower");
        assert_eq!(change_range(2.6, 12.0, "ns"), "2.6–12× slower");
        assert_eq!(change_range(0.8, 1.3, "ns"), "25% faster to 30% slower");
    }

    #[test]
    fn a_brief_figure_leaves_out_what_is_counted() {
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
    fn a_tick_has_no_needless_digits() {
        assert_eq!(tick(2e6, "ns"), "2\u{a0}ms");
        assert_eq!(tick(2.5e3, "1/s"), "2.5\u{a0}k/s");
        assert_eq!(tick(2.5e4, "messages/s"), "25\u{a0}k");
        assert_eq!(tick(100.0, "messages/s"), "100");
        assert_eq!(tick(100.0, ""), "100");
        assert_eq!(tick(1e12, ""), "1.00e12");
    }

    #[test]
    fn shares_lists_and_counts() {
        assert_eq!(percent(0.123), "12%");
        assert_eq!(percent(0.0345), "3.5%");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!((count(1, "round"), count(0, "round")), ("1 round".into(), "0 rounds".into()));
    }
}

//! Figures with their units, at three significant digits.

mod digits;
mod scale;

pub use digits::{number, rounded};
pub use scale::{Scale, brief, figure, tick};

use crate::stats::Interval;
use digits::{NO_FIGURE, significant};

/// A cost ratio: `1.12×`.
pub fn ratio(ratio: f64) -> String {
    format!("{}×", hundredths(ratio))
}

/// The interval of a cost ratio: `1.08–1.15`.
pub fn ratio_interval(interval: Interval) -> String {
    let (low, high) = (hundredths(interval.low), hundredths(interval.high));
    let short = format!("{low}–{high}");
    if !(interval.low.is_finite() && interval.high.is_finite()) {
        return NO_FIGURE.to_owned();
    }
    if low != high {
        return short;
    }
    let long = Scale::of("", 1.0).interval(interval);
    // More digits only help if they distinguish the ends.
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

/// `43% slower`, `2.8× slower`, `6.4% faster`, or smaller and larger for bytes: a cost ratio in one
/// convention. Faster is the inverse of the ratio; a difference of 2× or more is a factor.
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

/// Whether a unit counts bytes, for which lower is smaller, not faster.
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

/// A ratio with two digits: `0.047`, `0.87`, `1.43`, `2.8`, `12`.
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

/// At most `most` characters of a text.
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
    fn shares_lists_and_counts() {
        assert_eq!(percent(0.123), "12%");
        assert_eq!(percent(0.0345), "3.5%");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!((count(1, "round"), count(0, "round")), ("1 round".into(), "0 rounds".into()));
    }
}

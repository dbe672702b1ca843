//! Where the ticks of an axis stand.

use std::ops::RangeInclusive;

/// Most ticks that fit without crowding.
pub(super) const TICKS: usize = 6;
/// Fewer do not tell how an axis is divided.
const FEWEST: usize = 3;

/// The distance of the ticks between two figures.
pub(super) fn step(low: f64, high: f64) -> f64 {
    let wanted = (high - low) / (TICKS as f64 - 1.0);
    let decade = 10_f64.powf(wanted.log10().floor());
    let fits = |step: &f64| *step >= wanted;
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|nice| nice * decade).into_iter().find(fits);
    step.unwrap_or(wanted)
}

/// At equal distances.
pub(super) fn linear(low: f64, high: f64) -> Vec<f64> {
    let step = step(low, high);
    let first = (low / step).ceil();
    let last = (high / step).floor();
    let ticks = (0..=TICKS).map(|n| first + n as f64).take_while(|tick| *tick <= last);
    ticks.map(|tick| tick * step).collect()
}

/// At round figures, for a logarithmic axis from above zero.
pub(super) fn log(low: f64, high: f64) -> Vec<f64> {
    let (from, to) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    // One in so many decades, or several figures in each.
    let every = usize::try_from(to - from).unwrap_or(0).div_ceil(TICKS).max(1);
    let inside = |nice: &'static [f64]| -> Vec<f64> {
        let decades = (from..=to).step_by(every).map(|decade| 10_f64.powi(decade));
        let ticks = decades.flat_map(|decade| nice.iter().map(move |nice| nice * decade));
        ticks.filter(|tick| (low..=high).contains(tick)).collect()
    };
    let choices: [&'static [f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
    let fitting = choices.map(inside).into_iter().find(|ticks| ticks.len() <= TICKS);
    let fitting = fitting.unwrap_or_default();
    if fitting.len() < FEWEST { linear(low, high) } else { fitting }
}

/// At p50, p90, p99, p99.9 and so on, with their names; a percentile `q` stands at `1 ÷ (1 − q)`.
pub(super) fn percentiles(range: &RangeInclusive<f64>) -> Vec<(f64, String)> {
    let median = (2.0, "p50".to_owned());
    let nines = (1..=12).map(|nines| {
        let name = match nines {
            1 => "p90".to_owned(),
            2 => "p99".to_owned(),
            _ => format!("p99.{}", "9".repeat(nines - 2)),
        };
        (10_f64.powi(nines as i32), name)
    });
    // A percentile computed from its share is off by the last bit.
    let near = |at: f64| range.start() * (1.0 - 1e-9) <= at && at <= range.end() * (1.0 + 1e-9);
    std::iter::once(median).chain(nines).filter(|(at, _)| near(*at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_axis_has_ticks_however_short_or_long() {
        assert_eq!(log(0.9, 10.0), [1.0, 2.0, 5.0, 10.0]);
        assert_eq!(log(1.0, 100.0), [1.0, 3.0, 10.0, 30.0, 100.0]);
        for (low, high) in [(1e-3, 1e3), (1e-3, 1e199), (1e-199, 1e199), (0.97, 1.05), (3.0, 4.0)] {
            let ticks = log(low, high);
            assert!((FEWEST..=TICKS + 1).contains(&ticks.len()), "{low}–{high}: {ticks:?}");
            assert!(ticks.iter().all(|tick| (low..=high).contains(tick)), "{ticks:?}");
        }
    }

    #[test]
    fn percentiles_stand_where_their_nines_are() {
        let names = |range| -> Vec<String> {
            percentiles(&range).into_iter().map(|(_, name)| name).collect()
        };
        assert_eq!(names(1.0..=10_000.0), ["p50", "p90", "p99", "p99.9", "p99.99"]);
        assert_eq!(names(2.0..=1.0 / (1.0 - 0.99)), ["p50", "p90", "p99"]);
        let thousandth = percentiles(&(900.0..=1100.0));
        assert_eq!(thousandth, [(1000.0, "p99.9".to_owned())]);
    }
}

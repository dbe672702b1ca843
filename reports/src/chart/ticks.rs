//! The positions of the ticks of an axis.

use std::ops::RangeInclusive;

use runtime_bench_results::trial::metric;

/// Maximum number of ticks.
pub(super) const TICKS: usize = 6;
/// Minimum number of ticks that show the scale of an axis.
pub(super) const FEWEST: usize = 3;

/// Round figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    /// 1, 2, 5, 10, 20…
    Decimal,
    /// 1, 2, 4, 8, 16…; 1024 is the next unit.
    Binary,
}

/// The distance of the ticks between two figures.
pub(super) fn step(low: f64, high: f64, round: Round) -> f64 {
    let wanted = (high - low) / (TICKS as f64 - 1.0);
    if round == Round::Binary {
        return wanted.log2().ceil().exp2();
    }
    let decade = 10_f64.powf(wanted.log10().floor());
    let fits = |step: &f64| *step >= wanted;
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|nice| nice * decade).into_iter().find(fits);
    step.unwrap_or(wanted)
}

/// At equal distances.
pub(super) fn linear(low: f64, high: f64, round: Round) -> Vec<f64> {
    let step = step(low, high, round);
    let first = (low / step).ceil();
    let last = (high / step).floor();
    let ticks = (0..=TICKS).map(|n| first + n as f64).take_while(|tick| *tick <= last);
    ticks.map(|tick| tick * step).collect()
}

/// Round figures, at most `most`, for a logarithmic axis from above zero.
pub(super) fn log(low: f64, high: f64, round: Round, most: usize) -> Vec<f64> {
    let (base, choices): (f64, &[&[f64]]) = match round {
        Round::Decimal => (10.0, &[&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]]),
        Round::Binary => (2.0, &[&[1.0]]),
    };
    let power = |value: f64| value.log10() / base.log10();
    let (from, to) = (power(low).floor() as i32, power(high).ceil() as i32);
    // One tick in several powers, or several figures in each.
    let every = usize::try_from(to.saturating_sub(from)).unwrap_or(0).div_ceil(most).max(1);
    let inside = |nice: &[f64]| -> Vec<f64> {
        let powers = (from..=to).step_by(every).map(|power| base.powi(power));
        let ticks = powers.flat_map(|power| nice.iter().map(move |nice| nice * power));
        ticks.filter(|tick| (low..=high).contains(tick)).collect()
    };
    let mut choices = choices.iter().map(|nice| inside(nice));
    let fitting = choices.find(|ticks| ticks.len() <= most).unwrap_or_default();
    if fitting.len() < FEWEST { linear(low, high, round) } else { fitting }
}

/// At p50, p90, p99, p99.9 and so on, with their names; a percentile `q` is at `1 ÷ (1 − q)`.
pub(super) fn percentiles(range: &RangeInclusive<f64>) -> Vec<(f64, String)> {
    let median = (2.0, metric::P50.id.to_owned());
    let nines = (1..=12_u8).map(|nines| {
        let name = match nines {
            1 => metric::P90.id.to_owned(),
            2 => metric::P99.id.to_owned(),
            _ => format!("p99.{}", "9".repeat(usize::from(nines) - 2)),
        };
        (10_f64.powi(nines.into()), name)
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
        let decimal = Round::Decimal;
        assert_eq!(log(0.9, 10.0, decimal, TICKS), [1.0, 2.0, 5.0, 10.0]);
        assert_eq!(log(0.9, 10.0, decimal, 3), [1.0, 3.0, 10.0]);
        assert_eq!(log(1.0, 100.0, decimal, TICKS), [1.0, 3.0, 10.0, 30.0, 100.0]);
        for (low, high) in [(1e-3, 1e3), (1e-3, 1e199), (1e-199, 1e199), (0.97, 1.05), (3.0, 4.0)] {
            for round in [decimal, Round::Binary] {
                let ticks = log(low, high, round, TICKS);
                assert!((2..=TICKS + 1).contains(&ticks.len()), "{low}–{high}: {ticks:?}");
                assert!(ticks.iter().all(|tick| (low..=high).contains(tick)), "{ticks:?}");
            }
        }
    }

    #[test]
    fn bytes_are_round_in_powers_of_two() {
        assert_eq!(linear(0.0, 1280.0, Round::Binary), [0.0, 256.0, 512.0, 768.0, 1024.0, 1280.0]);
        assert_eq!(log(900.0, 9000.0, Round::Binary, TICKS), [1024.0, 2048.0, 4096.0, 8192.0]);
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

//! Bounds on the probability of an event, from its count in a number of runs.
//!
//! Clopper & Pearson, "The use of confidence or fiducial limits illustrated in the case of the
//! binomial", Biometrika 26 (1934): exact, so the stated confidence is reached for any share.

use super::binomial::at_most;
use super::interval::Interval;

/// Halvings of [0, 1]; more than an `f64` can distinguish.
const HALVINGS: usize = 60;

/// The one-sided upper bound, at confidence 1 − `alpha`, of the share of runs that have an event.
///
/// At `alpha` = 0.05, 0 of 300 proves less than 1%, and 0 of 78 only less than 3.8%. `None` for no runs,
/// for more events than runs and for a level outside (0, 1). Takes time in proportion to the events.
pub fn upper_bound(events: u64, runs: u64, alpha: f64) -> Option<f64> {
    possible(events, runs, alpha).then(|| {
        // The largest share under which this few events have a probability of at least alpha.
        if events == runs { 1.0 } else { last(|share| at_most(events, runs, share) >= alpha) }
    })
}

/// The one-sided lower bound, at confidence 1 − `alpha`; `None` as for [`upper_bound`].
pub fn lower_bound(events: u64, runs: u64, alpha: f64) -> Option<f64> {
    // The tails are symmetric: runs with and without an event swap roles.
    possible(events, runs, alpha).then_some(())?;
    upper_bound(runs - events, runs, alpha).map(|bound| 1.0 - bound)
}

/// The two-sided interval of the share, at confidence 1 − `alpha`; `None` as for [`upper_bound`].
pub fn proportion_interval(events: u64, runs: u64, alpha: f64) -> Option<Interval> {
    let half = alpha / 2.0;
    Some(Interval { low: lower_bound(events, runs, half)?, high: upper_bound(events, runs, half)? })
}

fn possible(events: u64, runs: u64, alpha: f64) -> bool {
    runs > 0 && events <= runs && 0.0 < alpha && alpha < 1.0
}

/// The largest share in [0, 1] for which a monotonic condition holds.
fn last(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if holds(middle) { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use proptest::prelude::{prop_assert, proptest};

    #[test]
    fn zero_events_prove_the_bound_of_the_number_of_runs() {
        for (runs, expected) in [(300, 0.009_936), (78, 0.037_678), (59, 0.049_507)] {
            let bound = upper_bound(0, runs, 0.05).unwrap();
            // Closed form: 1 − α^(1/n).
            assert!((bound - (1.0 - 0.05_f64.powf(1.0 / runs as f64))).abs() < 1e-12);
            assert!((bound - expected).abs() < 1e-5, "{runs}: {bound}");
        }
    }

    #[test]
    fn intervals_agree_with_published_ones() {
        // Newcombe, Statistics in Medicine 17 (1998), table I, method 5 (Clopper-Pearson), 95%.
        for (events, runs, low, high) in
            [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684)]
        {
            let interval = proportion_interval(events, runs, 0.05).unwrap();
            assert!((interval.low - low).abs() < 5e-5, "{events} of {runs}: {interval:?}");
            assert!((interval.high - high).abs() < 5e-5, "{events} of {runs}: {interval:?}");
        }
    }

    #[test]
    fn invalid_proportions_have_no_bound() {
        assert_eq!(upper_bound(0, 0, 0.05), None);
        assert_eq!(upper_bound(3, 2, 0.05), None);
        assert_eq!(lower_bound(3, 2, 0.05), None);
        assert_eq!(proportion_interval(1, 2, 0.0), None);
        assert_eq!(upper_bound(1, 2, f64::NAN), None);
        assert_eq!(upper_bound(2, 2, 0.05), Some(1.0));
        assert_eq!(lower_bound(0, 2, 0.05), Some(0.0));
    }

    #[test]
    fn bound_holds_at_least_at_its_level() {
        let mut rng = Rng::with_seed(4);
        let share = 0.02;
        let held = (0..2_000)
            .filter(|_| {
                let events = (0..100).filter(|_| rng.f64() < share).count() as u64;
                upper_bound(events, 100, 0.05).unwrap() >= share
            })
            .count();
        assert!(held >= 1_880, "{held} of 2000");
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_observed_share(runs in 1_u64..400, part in 0.0..=1.0) {
            let events = (runs as f64 * part) as u64;
            let interval = proportion_interval(events, runs, 0.05).unwrap();
            let share = events as f64 / runs as f64;
            prop_assert!(0.0 <= interval.low && interval.high <= 1.0);
            prop_assert!(interval.low <= share && share <= interval.high);
            prop_assert!(upper_bound(events, runs, 0.05).unwrap() <= interval.high);
        }
    }
}

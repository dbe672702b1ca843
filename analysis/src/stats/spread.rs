//! How much two runs differ beyond what their rounds say.

use serde::{Deserialize, Serialize};

use super::interval::median;
use super::verdict::MARGIN;

/// Fewer rows do not tell how much two runs differ.
const FEWEST_ROWS: usize = 8;
/// Standard deviation between two runs where too few rows tell it.
const ASSUMED_SPREAD: f64 = 0.10;
/// A verdict lies this many standard deviations between runs from 1.
const SIGMAS: f64 = 3.0;
/// The median absolute deviation of a normal distribution times this is its standard deviation
/// (Rousseeuw & Croux, "Alternatives to the median absolute deviation", JASA 88, 1993, §1).
const MAD_TO_SIGMA: f64 = 1.4826;

/// How much two runs differ that measured the same.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Spread {
    /// Standard deviation of a row's log ratio between the runs, the common shift added to it.
    pub sigma: f64,
    /// Median log ratio over the rows: what most of them changed by.
    pub shift: f64,
    /// Rows that it comes from.
    pub rows: usize,
    /// There were too few rows, and `sigma` is assumed.
    pub assumed: bool,
}

/// The spread between two runs, from the log ratios of all rows that both have.
///
/// `1.4826 · median |x − median x| + |median x|`. A change of a few rows does not move it; a change
/// of most rows moves it by as much, because it cannot be told from a change of the machine. Below
/// 8 rows 10 % is assumed.
pub fn between_runs(log_ratios: &[f64]) -> Spread {
    let rows = log_ratios.iter().filter(|ratio| ratio.is_finite()).count();
    let shift = median(log_ratios).unwrap_or(0.0);
    if rows < FEWEST_ROWS {
        return Spread { sigma: ASSUMED_SPREAD.ln_1p(), shift, rows, assumed: true };
    }
    let deviations: Vec<f64> = log_ratios.iter().map(|ratio| (ratio - shift).abs()).collect();
    let deviation = median(&deviations).unwrap_or(0.0);
    Spread { sigma: MAD_TO_SIGMA * deviation + shift.abs(), shift, rows, assumed: false }
}

impl Spread {
    /// What a verdict's interval must lie beyond, as a share: three standard deviations, at least
    /// 1 %.
    pub fn margin(self) -> f64 {
        (SIGMAS * self.sigma).exp_m1().clamp(MARGIN, f64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Unpaired, Verdict, unpaired};
    use super::*;
    use fastrand::Rng;

    const LEVEL: f64 = 0.01 / 40.0;

    /// Standard normal, by Box and Muller.
    fn normal(rng: &mut Rng) -> f64 {
        let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
        radius * (std::f64::consts::TAU * rng.f64()).cos()
    }

    /// Costs of a cell in one run.
    fn series(rng: &mut Rng, rounds: usize, level: f64, noise: f64) -> Vec<f64> {
        (0..rounds).map(|_| level * (noise * normal(rng)).exp()).collect()
    }

    /// Log ratios of `rows` cells of the same code in two runs that differ by `between` a row.
    fn shifts(rng: &mut Rng, rows: usize, between: f64) -> Vec<f64> {
        (0..rows).map(|_| between * normal(rng)).collect()
    }

    #[test]
    fn the_spread_is_that_of_most_rows() {
        let mut rng = Rng::with_seed(3);
        let alike = shifts(&mut rng, 400, 0.02);
        let spread = between_runs(&alike);
        assert!((0.017..0.025).contains(&spread.sigma), "{spread:?}");
        let mut few = alike.clone();
        few.iter_mut().take(20).for_each(|ratio| *ratio += 0.5);
        assert!(between_runs(&few).sigma < 0.028, "a change of a few rows does not move it");
        let all: Vec<f64> = alike.iter().map(|ratio| ratio + 0.2).collect();
        assert!(between_runs(&all).margin() > 0.6, "a change of all does");
        let known = [0.0, 0.01, -0.01, 0.02, -0.02, 0.03, -0.03, 0.04, -0.04];
        assert!((between_runs(&known).sigma - 1.4826 * 0.02).abs() < 1e-12);
    }

    #[test]
    fn few_rows_do_not_tell_the_spread() {
        for rows in [0, 1, 7] {
            let spread = between_runs(&vec![0.0; rows]);
            assert!(spread.assumed && (spread.margin() - 0.331).abs() < 1e-9, "{spread:?}");
        }
        let spread = between_runs(&[0.0; 8]);
        assert!(!spread.assumed && spread.sigma < 1e-12 && spread.margin() <= MARGIN);
        assert!(between_runs(&[f64::NAN; 9]).assumed);
    }

    /// Verdicts of rows of two runs; row `i` of the second costs `change(i)` times as much.
    fn verdicts(rng: &mut Rng, between: f64, change: impl Fn(usize) -> f64) -> Vec<Verdict> {
        let results: Vec<Unpaired> = (0..40)
            .map(|row| {
                let level = change(row) * (between * normal(rng)).exp();
                let (base, head) = (series(rng, 60, 1.0, 0.02), series(rng, 60, level, 0.02));
                unpaired(&base, &head, LEVEL)
            })
            .collect();
        let logs: Vec<f64> = results.iter().filter_map(|row| Some(row.ratio?.ln())).collect();
        let margin = between_runs(&logs).margin();
        results.iter().map(|row| row.verdict(margin)).collect()
    }

    fn different(verdict: Verdict) -> bool {
        matches!(verdict, Verdict::Faster | Verdict::Slower)
    }

    #[test]
    fn the_same_code_in_two_runs_is_hardly_ever_told_apart() {
        let mut rng = Rng::with_seed(5);
        let mut told_apart = |between: f64| {
            let rows =
                (0..5).flat_map(|_| verdicts(&mut rng, between, |_| 1.0)).collect::<Vec<_>>();
            rows.into_iter().filter(|verdict| different(*verdict)).count()
        };
        assert_eq!((told_apart(0.0), told_apart(0.01)), (0, 0), "of 200 rows each");
        // Of a normal spread 0.27 % lie beyond three standard deviations.
        assert!(told_apart(0.05) <= 2, "of 200 rows");
    }

    #[test]
    fn a_fifth_more_in_two_of_forty_rows_is_found() {
        let mut rng = Rng::with_seed(6);
        let rows = verdicts(&mut rng, 0.01, |row| if row < 2 { 1.2 } else { 1.0 });
        assert_eq!(rows[..2], [Verdict::Slower; 2]);
        assert!(!rows[2..].iter().any(|verdict| different(*verdict)), "{rows:?}");
    }

    #[test]
    fn a_change_of_all_rows_is_none_of_the_code() {
        let mut rng = Rng::with_seed(8);
        let rows = verdicts(&mut rng, 0.01, |_| 1.2);
        assert_eq!(rows, vec![Verdict::Open; 40]);
    }
}

//! The spread between two runs, beyond that of their rounds.

use super::interval::median;
use super::shift::normal_quantile;
use super::verdict::MARGIN;

/// Minimum number of rows for an estimate of the spread.
const FEWEST_ROWS: usize = 8;
/// Maximum number of rows in a class: the time of the estimate is quadratic.
const MOST_ROWS: usize = 256;
/// Maximum ratio of the noise of the noisiest and the quietest row of a class, if there are enough rows.
const CLASS_WIDTH: f64 = 2.0;
/// Assumed standard deviation between two runs if there are too few rows.
const ASSUMED_SPREAD: f64 = 0.10;
/// Margin of a verdict in that case, in standard deviations.
const ASSUMED_SIGMAS: f64 = 3.0;
/// Probability that any row of two equal runs lies beyond its margin.
const TABLE_LEVEL: f64 = 0.05;
/// The median absolute deviation of a normal distribution times this is its standard deviation
/// (Rousseeuw & Croux, "Alternatives to the median absolute deviation", JASA 88, 1993, §1).
const MAD_TO_SIGMA: f64 = 1.4826;
/// The same of the first quartile of all distances (§3), and the efficiency of that (§3.2).
const QN_TO_SIGMA: f64 = 2.2219;
const QN_EFFICIENCY: f64 = 0.82;

/// The change of a row between two runs, on a log scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Logarithm of candidate ÷ base.
    pub log_ratio: f64,
    /// Standard deviation of the row's rounds within a run.
    pub noise: f64,
}

/// The spread of a row between two runs of the same code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Standard deviation of its log ratio.
    pub sigma: f64,
    /// The margin that the interval of a verdict must exceed, as a share, at least 1%.
    pub margin: f64,
    /// Whether `sigma` is assumed because there were too few rows.
    pub assumed: bool,
}

/// The standard deviation of most samples, from their median absolute deviation.
pub fn deviation(samples: &[f64]) -> f64 {
    let middle = median(samples).unwrap_or(0.0);
    let off: Vec<f64> = samples.iter().map(|sample| (sample - middle).abs()).collect();
    MAD_TO_SIGMA * median(&off).unwrap_or(0.0)
}

/// The spread of each row between two runs, from the changes of all.
///
/// Rows that are noisy within a run differ more between runs, so a row is judged by rows that are about as
/// noisy: at least 8, and as many as have up to twice the noise of the quietest. Their spread is Qn
/// (Rousseeuw & Croux) plus the common change: a change of a few rows does not move it; a change of most rows
/// does, because it is indistinguishable from a change of the machine. The margin is Student's quantile of
/// that spread at 0.05 ÷ rows (Bonferroni), so at most one comparison of equal runs in twenty has a row
/// beyond it. With fewer than 8 rows 10% is assumed.
pub fn between_runs(changes: &[Change]) -> Vec<Spread> {
    let sigma = ASSUMED_SPREAD.ln_1p();
    let margin = (ASSUMED_SIGMAS * sigma).exp_m1();
    let mut spreads = vec![Spread { sigma, margin, assumed: true }; changes.len()];
    let finite = |row: &usize| changes[*row].log_ratio.is_finite();
    let mut order: Vec<usize> = (0..changes.len()).filter(finite).collect();
    order.sort_by(|a, b| changes[*a].noise.total_cmp(&changes[*b].noise));
    for class in classes(&order, changes) {
        let noise = changes[class[class.len() / 2]].noise;
        // A row that is noisier than most of its class differs proportionally more.
        let scale = |row: usize| (changes[row].noise / noise).max(1.0);
        let logs: Vec<f64> = class.iter().map(|&row| changes[row].log_ratio / scale(row)).collect();
        let sigma = qn(&logs) + median(&logs).unwrap_or(0.0).abs();
        let sigmas = student(TABLE_LEVEL / order.len() as f64, QN_EFFICIENCY * logs.len() as f64);
        for &row in class {
            let sigma = sigma * scale(row);
            let margin = (sigmas * sigma).exp_m1().clamp(MARGIN, f64::MAX);
            spreads[row] = Spread { sigma, margin, assumed: false };
        }
    }
    spreads
}

/// Rows in the order of their noise, split where the noise has doubled; empty if there are too few rows.
fn classes<'o>(order: &'o [usize], changes: &[Change]) -> Vec<&'o [usize]> {
    let mut classes = Vec::new();
    let mut rest = order;
    while rest.len() >= FEWEST_ROWS {
        let limit = CLASS_WIDTH * changes[rest[0]].noise;
        let alike = rest.partition_point(|&row| changes[row].noise <= limit);
        let size = alike.clamp(FEWEST_ROWS, MOST_ROWS);
        let size = if rest.len() - size.min(rest.len()) < FEWEST_ROWS { rest.len() } else { size };
        let (class, others) = rest.split_at(size);
        classes.push(class);
        rest = others;
    }
    classes
}

/// The scale Qn: about the first quartile of all distances (Rousseeuw & Croux, §3; the factor for few
/// samples is that of Croux & Rousseeuw, *COMPSTAT* 1992, §4).
fn qn(samples: &[f64]) -> f64 {
    let n = samples.len();
    let each = samples.iter().enumerate();
    let mut distances: Vec<f64> =
        each.flat_map(|(at, x)| samples[at + 1..].iter().map(move |y| (x - y).abs())).collect();
    let half = n / 2 + 1;
    let few = n as f64 / (n as f64 + if n.is_multiple_of(2) { 3.8 } else { 1.4 });
    let (_, quartile, _) =
        distances.select_nth_unstable_by(half * (half - 1) / 2 - 1, f64::total_cmp);
    QN_TO_SIGMA * few * *quartile
}

/// The two-sided quantile of Student's t at a level, by its expansion about the normal one (Abramowitz &
/// Stegun, *Handbook of Mathematical Functions*, 26.7.5).
fn student(level: f64, freedom: f64) -> f64 {
    let z = normal_quantile(1.0 - level / 2.0);
    let first = (z.powi(3) + z) / 4.0;
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    let third = (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0;
    z + first / freedom + second / freedom.powi(2) + third / freedom.powi(3)
}

#[cfg(test)]
mod tests {
    use super::super::{Unpaired, Verdict, unpaired};
    use super::*;
    use fastrand::Rng;
    use runtime_bench_fixtures::normal;

    const ROWS: usize = 40;
    const LEVEL: f64 = 0.01 / ROWS as f64;

    /// Changes of rows of the same code in two runs that differ by `between` a row.
    fn changes(rng: &mut Rng, rows: usize, between: f64) -> Vec<Change> {
        (0..rows).map(|_| Change { log_ratio: between * normal(rng), noise: between }).collect()
    }

    #[test]
    fn the_spread_is_that_of_most_rows_of_a_class() {
        let mut rng = Rng::with_seed(3);
        let mut rows = changes(&mut rng, 200, 0.02);
        rows.extend(changes(&mut rng, 200, 0.1));
        rows.iter_mut().take(10).for_each(|row| row.log_ratio += 0.5);
        let spreads = between_runs(&rows);
        assert!((0.017..0.027).contains(&spreads[100].sigma), "{:?}", spreads[100]);
        assert!((0.085..0.13).contains(&spreads[300].sigma), "{:?}", spreads[300]);
        let shifted = |row: &Change| Change { log_ratio: row.log_ratio + 0.2, ..*row };
        let all: Vec<Change> = rows.iter().map(shifted).collect();
        assert!(between_runs(&all)[100].margin > 0.6, "a change of all rows moves it");
        // R's robustbase: Qn(1:10) = 3.2197.
        let known: Vec<f64> = (1..=10).map(f64::from).collect();
        assert!((qn(&known) - QN_TO_SIGMA * 2.0 * 10.0 / 13.8).abs() < 1e-12, "{}", qn(&known));
        // Student's table: t(0.0005 one-sided) with 10 and 30 degrees of freedom.
        assert!(
            (student(0.001, 10.0) - 4.587).abs() < 0.06
                && (student(0.001, 30.0) - 3.646).abs() < 0.01
        );
    }

    #[test]
    fn few_rows_use_the_assumed_spread() {
        let still = Change { log_ratio: 0.0, noise: 0.0 };
        for rows in [0, 1, 7] {
            let assumed = |spread: &Spread| spread.assumed && (spread.margin - 0.331).abs() < 1e-9;
            assert!(between_runs(&vec![still; rows]).iter().all(assumed));
        }
        let spread = between_runs(&[still; 8])[0];
        assert!(!spread.assumed && spread.sigma < 1e-12 && spread.margin <= MARGIN);
        assert!(between_runs(&[Change { log_ratio: f64::NAN, noise: 0.0 }; 9])[0].assumed);
    }

    #[test]
    fn classes_hold_enough_rows_and_every_row_once() {
        let mut rng = Rng::with_seed(9);
        for rows in [8, 15, 16, 40, 700] {
            let rows: Vec<Change> = (0..rows)
                .map(|_| Change { log_ratio: 0.0, noise: (4.0 * rng.f64()).exp() })
                .collect();
            let order: Vec<usize> = (0..rows.len()).collect();
            let classes = classes(&order, &rows);
            assert!(classes.iter().all(|class| class.len() >= FEWEST_ROWS));
            assert_eq!(classes.concat(), order);
        }
    }

    /// Verdicts of 40 rows of two runs; row `i` differs by `between(i)` and costs `change(i)` times as much.
    fn verdicts(
        rng: &mut Rng,
        between: impl Fn(usize) -> f64,
        change: impl Fn(usize) -> f64,
    ) -> Vec<Verdict> {
        let rows: Vec<(Unpaired, Change)> = (0..ROWS)
            .map(|row| {
                // Rounds vary less than runs do, so the spread alone keeps false words away.
                let noise = 0.5 * between(row);
                let level = change(row) * (between(row) * normal(rng)).exp();
                let mut series = |level: f64| -> Vec<f64> {
                    (0..30).map(|_| level * (noise * normal(rng)).exp()).collect()
                };
                let (base, head) = (series(1.0), series(level));
                let logs = base.iter().map(|cost| cost.ln()).collect::<Vec<f64>>();
                let result = unpaired(&base, &head, LEVEL);
                let log_ratio = result.ratio.map_or(f64::NAN, f64::ln);
                (result, Change { log_ratio, noise: deviation(&logs) })
            })
            .collect();
        let changes: Vec<Change> = rows.iter().map(|(_, change)| *change).collect();
        let spreads = between_runs(&changes);
        rows.iter().zip(spreads).map(|((row, _), spread)| row.verdict(spread.margin)).collect()
    }

    /// Comparisons of two equal runs that hold a false word.
    fn comparisons_with_a_false_word(runs: usize, between: impl Fn(usize) -> f64 + Copy) -> usize {
        let mut rng = Rng::with_seed(5);
        (0..runs)
            .filter(|_| verdicts(&mut rng, between, |_| 1.0).into_iter().any(Verdict::differs))
            .count()
    }

    #[test]
    fn equal_runs_with_mixed_noise_rarely_show_a_false_result() {
        let runs = 100;
        let mixed = |noisy: usize| move |row: usize| if row < noisy { 0.06 } else { 0.01 };
        for noisy in [0, 4, 13, 20, 30] {
            let wrong = comparisons_with_a_false_word(runs, mixed(noisy));
            println!("{noisy} of 40 rows noisy: {wrong} of {runs} comparisons");
            assert!(wrong * 10 <= runs, "{noisy} noisy rows: {wrong} of {runs}");
        }
        let wrong = comparisons_with_a_false_word(runs, |row| 0.005 * (0.08 * row as f64).exp());
        println!("noise from 0.5% to 11%: {wrong} of {runs} comparisons");
        assert!(wrong * 10 <= runs, "noise of every size: {wrong} of {runs}");
    }

    #[test]
    fn twenty_percent_in_two_of_forty_rows_is_found() {
        let mut rng = Rng::with_seed(6);
        let change = |row: usize| if row < 2 { 1.2 } else { 1.0 };
        let rows = verdicts(&mut rng, |row| if row < 20 { 0.01 } else { 0.06 }, change);
        assert_eq!(rows[..2], [Verdict::Slower; 2]);
        assert!(!rows[2..].iter().any(|verdict| verdict.differs()), "{rows:?}");
    }
}

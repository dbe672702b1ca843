//! The shift between two samples.

use super::interval::{Interval, sorted};

/// Number of pairs up to which the distribution of the count is exact; above, the normal approximation is
/// used.
const EXACT: usize = 1_600;

/// The shift from `before` to `after`: the median of all differences, and its interval at error level
/// `alpha`, two-sided (Hodges & Lehmann; Hollander & Wolfe, *Nonparametric Statistical Methods*, 2nd ed.,
/// §4.2 and §4.3).
///
/// The interval assumes no distribution, only that both have the same shape. `None` without samples; no
/// interval if there are too few for the level: four and four are enough for 0.05.
pub fn shift(before: &[f64], after: &[f64], alpha: f64) -> Option<(f64, Option<Interval>)> {
    let differences: Vec<f64> =
        after.iter().flat_map(|y| before.iter().map(move |x| y - x)).collect();
    let differences = sorted(&differences);
    let half = differences.len() / 2;
    let middle = match differences.len() {
        0 => return None,
        n if n % 2 == 1 => differences[half],
        _ => f64::midpoint(differences[half - 1], differences[half]),
    };
    let rank = lower_rank(before.len(), after.len(), alpha);
    let interval = rank.map(|rank| Interval {
        low: differences[rank - 1],
        high: differences[differences.len() - rank],
    });
    Some((middle, interval))
}

/// The largest k with `2·P(U ≤ k − 1) ≤ alpha`, U the count of Mann and Whitney; `None` without.
fn lower_rank(m: usize, n: usize, alpha: f64) -> Option<usize> {
    if m * n > EXACT {
        let (m, n) = (m as f64, n as f64);
        let spread = (m * n * (m + n + 1.0) / 12.0).sqrt();
        let rank = (m * n / 2.0 - normal_quantile(1.0 - alpha / 2.0) * spread).floor();
        return (rank >= 1.0).then_some(rank as usize);
    }
    let mut tail = 0.0;
    let mut within = |p: &f64| {
        tail += p;
        2.0 * tail <= alpha
    };
    let rank = mann_whitney(m, n).iter().take_while(|p| within(p)).count();
    (rank > 0).then_some(rank)
}

/// P(U = u) for each u, of `m` and `n` samples of one distribution: the greatest of all is one of the m
/// with probability m ÷ (m + n), and then above each of the n (Mann & Whitney, Annals of Mathematical
/// Statistics 18, 1947, §3).
fn mann_whitney(m: usize, n: usize) -> Vec<f64> {
    let mut rows: Vec<Vec<f64>> = vec![vec![1.0]; n + 1];
    for i in 1..=m {
        let mut next: Vec<Vec<f64>> = vec![vec![1.0]];
        for j in 1..=n {
            let share = i as f64 / (i + j) as f64;
            let mut counts = vec![0.0; i * j + 1];
            for (u, p) in rows[j].iter().enumerate() {
                counts[u + j] += share * p;
            }
            for (u, p) in next[j - 1].iter().enumerate() {
                counts[u] += (1.0 - share) * p;
            }
            next.push(counts);
        }
        rows = next;
    }
    rows.pop().unwrap_or_default()
}

/// The quantile of the standard normal distribution for shares above one half, to 4.5e-4 (Abramowitz &
/// Stegun, *Handbook of Mathematical Functions*, 26.2.23).
pub(super) fn normal_quantile(share: f64) -> f64 {
    let t = (-2.0 * (1.0 - share).ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    t - above / below
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;

    #[test]
    fn counts_agree_with_tables() {
        // Three and three: 20 orders, of which 1, 1, 2, 3, 3, 3, 3, 2, 1, 1 have U = 0 … 9.
        let orders = [1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 3.0, 2.0, 1.0, 1.0];
        for (p, orders) in mann_whitney(3, 3).iter().zip(orders) {
            assert!((p - orders / 20.0).abs() < 1e-12);
        }
        // Conover, table A7: at 0.025 one-sided, 4 and 4 bear U ≤ 0, 8 and 8 bear U ≤ 13.
        assert_eq!((lower_rank(4, 4, 0.05), lower_rank(8, 8, 0.05)), (Some(1), Some(14)));
        assert_eq!((lower_rank(3, 3, 0.05), lower_rank(0, 9, 0.05)), (None, None));
    }

    #[test]
    fn many_pairs_use_the_normal_approximation() {
        let exact = mann_whitney(41, 40);
        let rank = lower_rank(41, 40, 0.05).unwrap();
        let tail: f64 = exact.iter().take(rank).sum();
        assert!((0.015..0.025).contains(&tail), "{rank}: {tail}");
        assert!((normal_quantile(0.975) - 1.959_96).abs() < 1e-3);
    }

    #[test]
    fn shift_is_the_median_of_all_differences() {
        let (middle, interval) =
            shift(&[0.0, 1.0, 2.0, 3.0], &[10.0, 11.0, 12.0, 13.0], 0.05).unwrap();
        assert!((middle - 10.0).abs() < 1e-12);
        assert_eq!(interval, Some(Interval { low: 7.0, high: 13.0 }));
        assert_eq!(shift(&[1.0], &[2.0], 0.05), Some((1.0, None)));
        assert_eq!(shift(&[], &[2.0], 0.05), None);
    }

    #[test]
    fn the_interval_covers_the_true_shift_as_often_as_it_says() {
        let mut rng = Rng::with_seed(17);
        let covered = (0..2_000)
            .filter(|_| {
                // Exponential, moved by 3.
                let mut draw = |by: f64| (0..9).map(|_| by - (1.0 - rng.f64()).ln()).collect();
                let (before, after): (Vec<f64>, Vec<f64>) = (draw(0.0), draw(3.0));
                let (_, interval) = shift(&before, &after, 0.05).unwrap();
                interval.is_some_and(|i| (i.low..=i.high).contains(&3.0))
            })
            .count();
        assert!((1_880..=1_950).contains(&covered), "{covered} of 2000");
    }
}

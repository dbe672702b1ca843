//! The tail of the binomial distribution.

/// P(X ≤ `most`) for X ~ Binomial(`trials`, `share`), summed term by term.
///
/// Logarithms, so that many trials do not underflow before the sum matters.
pub(super) fn at_most(most: u64, trials: u64, share: f64) -> f64 {
    if most >= trials || share <= 0.0 {
        return 1.0;
    }
    if share >= 1.0 {
        return 0.0;
    }
    let odds = (share / (1.0 - share)).ln();
    let mut ln_term = trials as f64 * (-share).ln_1p();
    let mut tail = ln_term.exp();
    for event in 0..most {
        ln_term += ((trials - event) as f64 / (event + 1) as f64).ln() + odds;
        tail += ln_term.exp();
    }
    tail.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_agree_with_tables() {
        // Conover, Practical Nonparametric Statistics, table A3: n = 10, p = 0.3.
        for (most, expected) in [(0, 0.0282), (1, 0.1493), (3, 0.6496), (9, 1.0)] {
            assert!((at_most(most, 10, 0.3) - expected).abs() < 5e-5, "{most}");
        }
    }

    #[test]
    fn ends_are_exact_and_many_trials_do_not_underflow() {
        assert!((at_most(0, 5, 0.0) - 1.0).abs() < 1e-15);
        assert!(at_most(4, 5, 1.0) < 1e-15);
        assert!((at_most(5, 5, 1.0) - 1.0).abs() < 1e-15);
        // Symmetric about its middle: half of the mass, and half of the middle term.
        let tail = at_most(50_000, 100_000, 0.5);
        let middle = 1.0 / (std::f64::consts::PI * 50_000.0).sqrt();
        assert!((tail - 0.5 - middle / 2.0).abs() < 1e-6, "{tail}");
    }
}

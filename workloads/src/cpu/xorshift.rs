//! CPU-bound work that cannot be optimized away.

use std::hint::black_box;

/// The state of xorshift64 after `steps` steps (Marsaglia, "Xorshift RNGs", J. Stat. Software 8(14),
/// 2003, §3). A million steps take about a millisecond.
pub(crate) fn xorshift(seed: u64, steps: usize) -> u64 {
    // The state must not be zero.
    let mut x = black_box(seed | 1);
    for _ in 0..steps {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    black_box(x)
}

/// The seed of a job. The numbers themselves would not do as seeds: xorshift is linear, so the exclusive or
/// of the results of many jobs would be 0 whenever that of their numbers is.
pub(crate) fn scattered(number: usize) -> u64 {
    // 2⁶⁴ ÷ the golden ratio (Knuth, TAOCP vol. 3, §6.4).
    (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_do_not_cancel_each_other_out() {
        for jobs in [8, 40, 2_000, 10_000] {
            let combined = (0..jobs).fold(0, |all, job| all ^ xorshift(scattered(job), 30));
            assert_ne!(combined, 0, "{jobs} jobs");
        }
    }

    #[test]
    fn one_step_matches_the_paper() {
        let x: u64 = 1 | 1 << 13;
        let x = x ^ (x >> 7);
        assert_eq!(xorshift(1, 1), x ^ (x << 17));
        assert_eq!(xorshift(0, 5), xorshift(1, 5));
        assert_ne!(xorshift(3, 5), xorshift(5, 5));
    }
}

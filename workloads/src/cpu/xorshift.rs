//! Computing that nothing can shorten.

use std::hint::black_box;

/// The state of xorshift64 after so many steps (Marsaglia, "Xorshift RNGs", J. Stat. Software 8(14),
/// 2003, §3). A million steps take about a millisecond.
pub(crate) fn xorshift(seed: u64, steps: usize) -> u64 {
    // It must not start at zero.
    let mut x = black_box(seed | 1);
    for _ in 0..steps {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    black_box(x)
}

/// A seed for the job of a number. Seeds that are the numbers themselves would not do: xorshift is linear,
/// so the answers of many jobs combined by exclusive or would be 0 whenever their numbers are.
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
    fn one_step_is_what_the_paper_says() {
        let x: u64 = 1 | 1 << 13;
        let x = x ^ (x >> 7);
        assert_eq!(xorshift(1, 1), x ^ (x << 17));
        assert_eq!(xorshift(0, 5), xorshift(1, 5));
        assert_ne!(xorshift(3, 5), xorshift(5, 5));
    }
}

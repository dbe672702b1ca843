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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_step_is_what_the_paper_says() {
        let x: u64 = 1 | 1 << 13;
        let x = x ^ (x >> 7);
        assert_eq!(xorshift(1, 1), x ^ (x << 17));
        assert_eq!(xorshift(0, 5), xorshift(1, 5));
        assert_ne!(xorshift(3, 5), xorshift(5, 5));
    }
}

//! Latencies of many processes, and the order statistics of all of them together.

/// The latencies of one process, in any order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Latencies(Vec<(f64, u64)>);

impl From<&[f64]> for Latencies {
    fn from(values: &[f64]) -> Self {
        values.iter().map(|value| (*value, 1)).collect()
    }
}

/// From values and how often each occurred, as a histogram has them. A value that is not finite and
/// a count of none are left out.
impl FromIterator<(f64, u64)> for Latencies {
    fn from_iter<I: IntoIterator<Item = (f64, u64)>>(counts: I) -> Self {
        let usable = |(value, count): &(f64, u64)| value.is_finite() && *count > 0;
        Self(counts.into_iter().filter(usable).collect())
    }
}

/// The greatest latency; `None` without any. It grows with the number of samples: a plain figure,
/// without interval or verdict.
pub fn maximum(processes: &[Latencies]) -> Option<f64> {
    let values = processes.iter().flat_map(|process| &process.0).map(|(value, _)| *value);
    values.max_by(f64::total_cmp)
}

/// The sum of counts. One that no machine could count to must not end the program.
pub(super) fn total(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}

/// One value of one process, and how often it occurred there.
struct Entry {
    value: f64,
    process: usize,
    count: u64,
}

/// The latencies of all processes together.
pub(super) struct Pool {
    share: f64,
    /// The greatest first: from there it is not far to a high percentile.
    entries: Vec<Entry>,
    /// Latencies of each process that has any.
    pub(super) sizes: Vec<u64>,
}

impl Pool {
    pub(super) fn new(processes: &[Latencies], share: f64) -> Self {
        let with_any = processes.iter().filter(|process| !process.0.is_empty());
        let (mut entries, mut sizes) = (Vec::new(), Vec::new());
        for (process, Latencies(counts)) in with_any.enumerate() {
            entries.extend(counts.iter().map(|&(value, count)| Entry { value, process, count }));
            sizes.push(total(counts.iter().map(|(_, count)| *count)));
        }
        entries.sort_by(|a, b| b.value.total_cmp(&a.value));
        Self { share, entries, sizes }
    }

    /// The percentile, and how many latencies lie beyond it, when each process is taken so many
    /// times. At least one process must be taken.
    pub(super) fn percentile(&self, times: &[u64]) -> (f64, u64) {
        let taken = self.sizes.iter().zip(times).map(|(size, times)| size.saturating_mul(*times));
        let total = total(taken);
        // 0.29 × 100 is 28.999…96: a product that is whole but for rounding is that whole number.
        let rank = (self.share * total as f64 - 1e-6).ceil() as u64;
        let beyond = total - rank.clamp(1, total.max(1)).min(total);
        let mut seen = 0_u64;
        let reached = |entry: &&Entry| {
            seen = seen.saturating_add(entry.count.saturating_mul(times[entry.process]));
            seen > beyond
        };
        (self.entries.iter().find(reached).map_or(f64::NAN, |entry| entry.value), beyond)
    }

    /// How many processes have latencies beyond a percentile that has so many beyond it.
    pub(super) fn processes_beyond(&self, value: f64, exceedances: u64) -> u64 {
        let above = self.entries.iter().filter(|one| one.value > value).map(|one| one.count);
        // A histogram's values are coarse: some of those beyond may be equal to the percentile.
        let tied = total(above) < exceedances;
        let mut has = vec![false; self.sizes.len()];
        for entry in &self.entries {
            has[entry.process] |= entry.value > value || (tied && entry.value >= value);
        }
        has.iter().filter(|has| **has).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_is_a_plain_figure() {
        let processes =
            [Latencies::from([3.0, 7.0, f64::INFINITY].as_slice()), Latencies::default()];
        assert_eq!(maximum(&processes), Some(7.0));
        assert_eq!(maximum(&processes[1..]), None);
    }

    #[test]
    fn counts_that_are_too_large_to_be_added_are_no_panic() {
        let processes: Vec<Latencies> =
            (0..3).map(|_| [(1.0, u64::MAX), (2.0, u64::MAX)].into_iter().collect()).collect();
        let pool = Pool::new(&processes, 0.99);
        assert_eq!(pool.sizes, [u64::MAX; 3]);
        let (value, beyond) = pool.percentile(&[0, 1, 2]);
        assert!(value.is_finite());
        assert_eq!(pool.processes_beyond(1.0, beyond), 3);
    }

    #[test]
    fn a_process_that_is_taken_twice_counts_twice() {
        let processes = [
            Latencies::from([1.0, 2.0].as_slice()),
            Latencies::default(),
            Latencies::from([3.0, 4.0].as_slice()),
        ];
        let pool = Pool::new(&processes, 0.5);
        assert_eq!(pool.sizes, [2, 2], "an empty process is none");
        assert_eq!(pool.percentile(&[1, 1]), (2.0, 2));
        assert_eq!(pool.percentile(&[2, 0]), (1.0, 2));
        assert_eq!(pool.percentile(&[1, 2]), (3.0, 3));
    }

    #[test]
    fn a_share_that_is_whole_but_for_rounding_is_whole() {
        // 0.29 × 100 is 28.999…96, and 0.07 × 100 is 7.000…01.
        let hundred: Latencies = (1..=100).map(|value| (f64::from(value), 1)).collect();
        for (share, value) in [(0.29, 29.0), (0.07, 7.0)] {
            let (found, beyond) = Pool::new(std::slice::from_ref(&hundred), share).percentile(&[1]);
            assert!(
                (found - value).abs() < 1e-12 && beyond == 100 - value as u64,
                "{share}: {found}"
            );
        }
    }
}

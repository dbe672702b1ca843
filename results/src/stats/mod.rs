//! Intervals and verdicts: pure functions on samples.
//!
//! The unit of a pair is one process against one process of the same round; blocks or iterations
//! inside a process are never counted as pairs, because they are alike.

mod dependence;
mod interval;
mod spread;
mod unpaired;
mod verdict;

pub use interval::{Interval, mean_ratio_interval, median, median_interval};
pub use spread::{Spread, between_runs};
pub use unpaired::{Unpaired, fewest_samples, unpaired};
pub use verdict::{Comparison, TwinCheck, Verdict, check_twin, compare, fewest_pairs};

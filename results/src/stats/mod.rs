//! Intervals and verdicts: pure functions on samples.
//!
//! The unit of a pair is one process against one process of the same round; blocks or iterations
//! inside a process are never counted as pairs, because they are alike.

mod bootstrap;
mod dependence;
mod interval;
mod modes;
mod verdict;

pub use bootstrap::mean_ratio_interval;
pub use interval::{Interval, median, median_interval};
pub use modes::SlowShares;
pub use verdict::{Comparison, TwinCheck, Verdict, check_twin, compare, fewest_pairs};

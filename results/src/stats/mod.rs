//! Intervals and verdicts: pure functions on samples.
//!
//! The unit of a pair is one process against one process of the same round; blocks or iterations
//! inside a process are never counted as pairs, because they are alike.

mod dependence;
pub mod gate;
mod interval;
mod mean_ratio;
mod modes;
mod verdict;

pub use interval::{Interval, median, median_interval};
pub use mean_ratio::mean_ratio_interval;
pub use modes::SlowShares;
pub use verdict::{Comparison, TwinCheck, Verdict, check_twin, compare, fewest_pairs};

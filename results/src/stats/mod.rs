//! Intervals, verdicts, fits and bounds: pure functions on samples.
//!
//! The unit of a pair is one process against one process of the same round; blocks or iterations
//! inside a process are never counted as pairs, because they are alike.

mod binomial;
mod bootstrap;
mod bound;
mod dependence;
mod geometric;
mod history;
mod interval;
mod latencies;
mod percentile;
mod scaling;
mod speed_up;
mod verdict;

pub use bound::{lower_bound, proportion_interval, upper_bound};
pub use geometric::{GeometricMean, Range, geometric_mean};
pub use history::{discoveries, threshold};
pub use interval::{Interval, mean_ratio_interval, median, median_interval};
pub use latencies::{Latencies, maximum};
pub use percentile::{Percentile, Unsupported, fewest_samples, percentile};
pub use scaling::{PowerLaw, power_law};
pub use speed_up::{Amdahl, SpeedUp, Universal, speed_up};
pub use verdict::{Comparison, TwinCheck, Verdict, check_twin, compare, fewest_pairs};

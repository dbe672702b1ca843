//! Intervals, verdicts, fits and bounds: pure functions on samples.
//!
//! The unit of a pair is one process against one process of the same round; blocks or iterations inside a
//! process never count as pairs, because they are not independent.

mod batch_means;
mod binomial;
mod bootstrap;
mod bound;
mod change_points;
mod dependence;
mod discoveries;
mod energy;
pub mod gate;
mod geometric;
mod interval;
mod mean_ratio;
mod modes;
mod paired;
mod power;
mod quantile;
mod scaling;
mod series;
mod shift;
mod speed_up;
mod spread;
mod unpaired;
mod verdict;

pub use bound::{lower_bound, proportion_interval, upper_bound};
pub use change_points::{Change, FEWEST_BESIDE, FEWEST_SAMPLES, change_points, fewest_beside};
pub use dependence::dependent;
pub use discoveries::{discoveries, lean};
pub use geometric::{GeometricMean, Range, geometric_mean};
pub use interval::{Interval, median, median_interval};
pub use mean_ratio::mean_ratio_interval;
pub use modes::SlowShares;
pub use paired::{Comparison, SHOWN_LEVEL, compare, compare_medians, fewest_pairs};
pub use power::smallest_difference;
pub use quantile::{Quartiles, quartiles};
pub use scaling::{PowerLaw, power_law};
pub use series::{figure_interval, series_interval};
pub use shift::shift;
pub use speed_up::{Amdahl, SpeedUp, Universal, speed_up};
pub use spread::{Change as RowChange, Spread, between_runs, deviation};
pub use unpaired::{Unpaired, fewest_unpaired, unpaired};
pub use verdict::{ControlCheck, MARGIN, ResultClass, TIE, Verdict, side};

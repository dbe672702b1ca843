//! The effect of tracing on counts.
//!
//! A traced call takes longer, so more work may be ready when a runner waits next, and it waits less often.
//! The kernel counts calls in the `read` and `write` families without tracing; runtimes wake their threads
//! with such calls on an eventfd.

use runtime_bench_results::evidence::{Event, Evidence};
use serde::{Deserialize, Serialize};

use super::counted::calls;
use super::difference::Difference;

/// Counts that differ by less than this share are the same.
const ALIKE: f64 = 0.2;
/// Less than this per operation does not matter.
const NEGLIGIBLE: f64 = 0.02;

/// The calls that the kernel counts as reads.
pub(super) const READS: [&str; 5] = ["read", "readv", "pread64", "preadv", "preadv2"];
/// The calls that the kernel counts as writes.
pub(super) const WRITES: [&str; 5] = ["write", "writev", "pwrite64", "pwritev", "pwritev2"];

/// A number of calls that tracing changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Distortion {
    /// The runner or build.
    pub runner: String,
    /// The counted event.
    #[serde(flatten)]
    pub event: Event,
    /// Calls per operation, untraced as the reference and traced as the candidate.
    #[serde(flatten)]
    pub difference: Difference,
}

/// The numbers of calls of a runner or build that tracing changed beyond their spread.
pub(super) fn distortions(name: &str, evidence: &Evidence) -> impl Iterator<Item = Distortion> {
    [(Event::UntracedRead, READS), (Event::UntracedWrite, WRITES)].into_iter().filter_map(
        |(event, family)| {
            let untraced = evidence.values(&event)?;
            let traced = calls(evidence, |name| family.contains(&name))?;
            // They come from different trials, and possibly from different numbers of them.
            let processes = untraced.len().min(traced.len());
            let difference = Difference::of(&untraced[..processes], &traced[..processes])?;
            let larger = difference.reference.median.max(difference.candidate.median);
            let by = difference.by().abs();
            let matters = by > ALIKE * larger && by > NEGLIGIBLE && difference.is_beyond_spread();
            let runner = name.to_owned();
            matters.then_some(Distortion { runner, event, difference })
        },
    )
}

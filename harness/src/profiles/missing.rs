//! Why there is no profile.

use runtime_bench_results::evidence::Missing;

/// A missing profile, and how to get it.
pub(super) fn missing(why: impl Into<String>, help: Option<String>) -> Missing {
    Missing { what: "profile".to_owned(), why: why.into(), help }
}

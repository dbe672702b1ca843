//! The counters of runtimes.

/// Names and sums since the runtime was built. A time is in nanoseconds, and its name ends in `time`.
pub type Counters = Vec<(&'static str, u64)>;

/// The counts since `before`. A runtime always reports the same counters, in the same order.
pub fn since(now: Counters, before: &Counters) -> Counters {
    let since =
        |((name, now), (_, before)): ((_, u64), &(_, u64))| (name, now.saturating_sub(*before));
    now.into_iter().zip(before).map(since).collect()
}

//! The lock or channel that a point selects.

use runtime_bench_results::key::{ParamValue, Point};

use runtime_bench_api::runtime::{Family, OWN};
use runtime_bench_api::workload::{Failure, Unsupported};

const LOCKS: [&str; 4] = [OWN, "tokio", "async-lock", "std"];
const CHANNELS: [&str; 3] = [OWN, "tokio", "async-channel"];

/// Parses the parameter `lock`.
///
/// # Errors
/// When it is missing or unknown.
pub(super) fn lock(point: &Point) -> Result<&'static str, Unsupported> {
    one_of(point, "lock", &LOCKS)
}

/// Parses the parameter `channel`.
///
/// # Errors
/// When it is missing or unknown.
pub(super) fn channel(point: &Point) -> Result<&'static str, Unsupported> {
    one_of(point, "channel", &CHANNELS)
}

/// Checks that a family of runners can wait for a lock.
///
/// # Errors
/// On threads and pools, if the lock requires an async task.
pub(super) fn own_lock(name: &str, family: Family) -> Result<(), Unsupported> {
    if family == Family::Async || name == OWN || name == "std" {
        return Ok(());
    }
    Err(Unsupported::Family(format!(
        "{name}'s lock needs an async task; threads use the standard library's lock."
    )))
}

/// Checks that a family of runners can wait for a channel.
///
/// # Errors
/// On threads and pools, if the channel requires an async task.
pub(super) fn own_channel(name: &str, family: Family) -> Result<(), Unsupported> {
    if family == Family::Async || name == OWN {
        return Ok(());
    }
    Err(Unsupported::Family(format!(
        "{name}'s channel needs an async task; threads use the standard library's channel."
    )))
}

/// The runtime does not support the locks of a crate.
pub(super) fn unknown_lock() -> Failure {
    Failure::Request("the runtime does not support this `lock`".to_owned())
}

/// The runtime does not support the channels of a crate.
pub(super) fn unknown_channel() -> Failure {
    Failure::Request("the runtime does not support this `channel`".to_owned())
}

fn one_of(point: &Point, param: &str, known: &[&'static str]) -> Result<&'static str, Unsupported> {
    let found = point.params.iter().find(|found| found.name == param);
    let name = known.iter().find(|name| {
        found.is_some_and(|found| found.value == ParamValue::Text((**name).to_owned()))
    });
    name.copied()
        .ok_or_else(|| Unsupported::Point(format!("`{param}` must be one of {}", known.join(", "))))
}

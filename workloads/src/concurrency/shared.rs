//! The lock or channel that a point selects.

use runtime_bench_results::key::ParamValue;

use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::OWN;

const LOCKS: [&str; 4] = [OWN, "tokio", "async-lock", "std"];
const CHANNELS: [&str; 5] = [OWN, "tokio", "async-channel", "flume", "kanal"];
/// Channels that are compiled only with a feature.
const OPTIONAL: [&str; 2] = ["flume", "kanal"];

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
/// When it is missing, unknown, or not compiled in.
pub(super) fn channel(point: &Point) -> Result<&'static str, Unsupported> {
    let name = one_of(point, "channel", &CHANNELS)?;
    if OPTIONAL.contains(&name) && !cfg!(feature = "channel-crates") {
        let build = "build with --features channel-crates";
        return Err(Unsupported::Point(format!("{name} is not compiled in; {build}")));
    }
    Ok(name)
}

/// Checks that a family of runners can wait for a `lock` or `channel` (`kind`) of a crate.
///
/// # Errors
/// On threads and pools, if it requires an async task.
pub(super) fn check_family(kind: &str, name: &str, family: Family) -> Result<(), Unsupported> {
    if family == Family::Async || name == OWN || name == "std" {
        return Ok(());
    }
    Err(Unsupported::Family(format!(
        "{name}'s {kind} needs an async task; threads use the standard library's {kind}."
    )))
}

/// The runtime does not support the locks or channels (`kind`) of a crate.
pub(super) fn unknown(kind: &str) -> Failure {
    Failure::Request(format!("the runtime does not support this `{kind}`"))
}

fn one_of(point: &Point, param: &str, known: &[&'static str]) -> Result<&'static str, Unsupported> {
    let found = point.params.iter().find(|found| found.name == param);
    let name = known.iter().find(|name| {
        found.is_some_and(|found| found.value == ParamValue::Text((**name).to_owned()))
    });
    name.copied()
        .ok_or_else(|| Unsupported::Point(format!("`{param}` must be one of {}", known.join(", "))))
}

//! The lock or channel that a point selects.

use runtime_bench_results::key::ParamValue;

use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::OWN;

const LOCKS: [&str; 4] = [OWN, "tokio", "async-lock", "std"];
const CHANNELS: [&str; 5] = [OWN, "tokio", "async-channel", "flume", "kanal"];

/// Parses the parameter `lock`.
///
/// # Errors
/// When it is missing, unknown, or not compiled in.
pub(super) fn lock(point: &Point) -> Result<&'static str, Unsupported> {
    one_of(point, "lock", &LOCKS)
}

/// Parses the parameter `channel`.
///
/// # Errors
/// When it is missing, unknown, or not compiled in.
pub(super) fn channel(point: &Point) -> Result<&'static str, Unsupported> {
    one_of(point, "channel", &CHANNELS)
}

/// Checks that the locks or channels with a name are compiled in. By default, those of other crates are not,
/// because each adds another copy of the code of the workload.
///
/// # Errors
/// With the feature that compiles them.
pub(super) fn built(name: &'static str) -> Result<&'static str, Unsupported> {
    let (is_built, feature) = match name {
        OWN => return Ok(name),
        "flume" | "kanal" => (cfg!(feature = "channel-crates"), "channel-crates"),
        _ => (cfg!(feature = "all-workloads"), "all-workloads"),
    };
    let lacks = || {
        Unsupported::Point(format!("{name} is not compiled in; build with --features {feature}"))
    };
    is_built.then_some(name).ok_or_else(lacks)
}

/// The points of a workload whose locks and channels are compiled in.
pub(super) fn built_points<P: FromPoint>(points: Vec<Point>) -> Vec<Point> {
    points.into_iter().filter(|point| P::from_point(point).is_ok()).collect()
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
    let unknown = || Unsupported::Point(format!("`{param}` must be one of {}", known.join(", ")));
    name.copied().ok_or_else(unknown).and_then(built)
}

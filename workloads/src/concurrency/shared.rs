//! Whose lock or channel a point asks for.

use runtime_bench_results::key::{ParamValue, Point};

use runtime_bench_api::runtime::{Family, OWN};
use runtime_bench_api::workload::{Failure, Unsupported};

/// Whose lock a point asks for.
///
/// # Errors
/// On threads and pools, for a lock that is waited for in a task.
pub(super) fn lock(point: &Point, family: Family) -> Result<String, Unsupported> {
    let name = whose(point, "lock")?;
    if family != Family::Async && name != OWN && name != "std" {
        return Err(Unsupported::Family(format!(
            "the lock of {name} is waited for in an asynchronous task; threads use the standard \
             library's"
        )));
    }
    Ok(name.to_owned())
}

/// A name that no crate of locks has.
pub(super) fn unknown(name: &str) -> Failure {
    Failure::Request(format!("there is no lock `{name}`: own, tokio, async-lock or std"))
}

/// Whose channel a point asks for.
///
/// # Errors
/// On threads and pools, for a channel that is waited for in a task.
pub(super) fn channel(point: &Point, family: Family) -> Result<String, Unsupported> {
    let name = whose(point, "channel")?;
    if family != Family::Async && name != OWN {
        return Err(Unsupported::Family(format!(
            "the channel of {name} is waited for in an asynchronous task; threads use the standard \
             library's"
        )));
    }
    Ok(name.to_owned())
}

/// A name that no crate of channels has.
pub(super) fn unknown_channel(name: &str) -> Failure {
    Failure::Request(format!("there is no channel `{name}`: own, tokio or async-channel"))
}

fn whose<'a>(point: &'a Point, what: &str) -> Result<&'a str, Unsupported> {
    let param = point.params.iter().find(|param| param.name == what);
    match param.map(|param| &param.value) {
        Some(ParamValue::Text(name)) => Ok(name),
        _ => Err(Unsupported::Point(format!("the point does not say whose `{what}`"))),
    }
}

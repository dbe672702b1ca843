//! What `mutex` and `rwlock` share: whose lock it is.

use runtime_bench_results::key::{ParamValue, Point};

use crate::runtime::Family;
use crate::workload::{Failure, Unfit};

/// The runtime's own.
pub(super) const OWN: &str = "own";

/// Whose lock a point asks for.
///
/// # Errors
/// On threads and pools, for a lock that is waited for in a task.
pub(super) fn lock(point: &Point, family: Family) -> Result<String, Unfit> {
    let param = point.params.iter().find(|param| param.name == "lock");
    let Some(ParamValue::Text(name)) = param.map(|param| &param.value) else {
        return Err(Unfit::Point("the point does not say whose `lock`".to_owned()));
    };
    if family != Family::Async && name != OWN && name != "std" {
        return Err(Unfit::Family(format!(
            "the lock of {name} is waited for in an asynchronous task; threads use the standard \
             library's"
        )));
    }
    Ok(name.clone())
}

/// A name that no crate of locks has.
pub(super) fn unknown(name: &str) -> Failure {
    Failure::Request(format!("there is no lock `{name}`: own, tokio, async-lock or std"))
}

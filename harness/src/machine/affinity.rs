//! The cores that a process may run on.

use std::io;

/// The cores that this thread may run on; `None` where the system does not report them.
#[cfg(target_os = "linux")]
pub fn allowed_cores() -> Option<Vec<usize>> {
    use nix::sched::{CpuSet, sched_getaffinity};
    let set = sched_getaffinity(nix::unistd::Pid::from_raw(0)).ok()?;
    Some((0..CpuSet::count()).filter(|&cpu| set.is_set(cpu).unwrap_or(false)).collect())
}

/// The cores that this thread may run on; `None` where the system does not report them.
#[cfg(not(target_os = "linux"))]
pub fn allowed_cores() -> Option<Vec<usize>> {
    None
}

/// Calls a function while this thread is restricted to one core. A process started meanwhile inherits the
/// restriction and keeps it; the thread gets its cores back.
///
/// # Errors
/// When the system refuses the core, or does not support pinning.
#[cfg(target_os = "linux")]
pub fn on_core<T>(core: usize, act: impl FnOnce() -> T) -> io::Result<T> {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    let this_thread = nix::unistd::Pid::from_raw(0);
    let all = sched_getaffinity(this_thread)?;
    let mut one = CpuSet::new();
    one.set(core)?;
    sched_setaffinity(this_thread, &one)?;
    let result = act();
    sched_setaffinity(this_thread, &all)?;
    Ok(result)
}

/// Calls a function while this thread is restricted to one core; not supported on this system.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn on_core<T>(_: usize, _: impl FnOnce() -> T) -> io::Result<T> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_gets_its_cores_back() {
        let before = allowed_cores().unwrap();
        let core = *before.last().unwrap();
        assert_eq!(on_core(core, allowed_cores).unwrap(), Some(vec![core]));
        assert_eq!(allowed_cores().unwrap(), before);
    }

    #[test]
    fn missing_core_is_rejected() {
        assert!(on_core(1_000_000, || ()).is_err());
    }
}

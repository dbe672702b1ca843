//! A process that does not outlive who started it, and looks after what it started itself.

use std::env;
#[cfg(target_os = "linux")]
use std::fs;

/// The variable that tells a trial the process that waits for it.
pub const WAITS: &str = "RUNTIME_BENCH_HARNESS";

/// Whether the process that waits for this one has ended; never where nobody said which it is. It need not be
/// the parent: somebody may have put a wrapper around the trial.
pub fn orphaned() -> bool {
    let waits = env::var(WAITS).ok().and_then(|id| id.parse().ok());
    waits.is_some_and(|id| !lives(id))
}

/// Whether a process lives: a killed one that its own parent has not looked after does not.
#[cfg(target_os = "linux")]
fn lives(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z ") && !stat.contains(") X "))
}

/// Cannot be told here.
#[cfg(not(target_os = "linux"))]
fn lives(_: u32) -> bool {
    true
}

/// From now on this process is killed when the thread ends that started it; or no more.
#[cfg(target_os = "linux")]
pub fn die_with_parent(on: bool) {
    // Without it a trial would outlive a harness that was killed; there is nobody to tell.
    let _ = nix::sys::prctl::set_pdeathsig(on.then_some(nix::sys::signal::Signal::SIGKILL));
}

/// Not on this system.
#[cfg(not(target_os = "linux"))]
pub fn die_with_parent(_: bool) {}

/// From now on what this process started, however indirectly, becomes its child when it loses its own
/// parent, so that it can still be found.
#[cfg(target_os = "linux")]
pub fn adopt_orphans() {
    // Without it a runner's daemon would be lost; there is nobody to tell.
    let _ = nix::sys::prctl::set_child_subreaper(true);
}

/// Not on this system.
#[cfg(not(target_os = "linux"))]
pub fn adopt_orphans() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn who_has_ended_does_not_live_whether_somebody_looked_or_not() {
        assert!(lives(std::process::id()));
        let mut child = Command::new("true").spawn().unwrap();
        while lives(child.id()) {
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert!(!lives(child.id()));
    }
}

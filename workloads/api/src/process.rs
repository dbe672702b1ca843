//! The process of a trial: ends with the harness and reports its memory and threads.

use std::env;
use std::fs;

/// Environment variable with the process id of the harness.
pub const HARNESS_PID: &str = "RUNTIME_BENCH_HARNESS";

/// Whether the harness has ended; `false` if none is named. The harness may not be the parent, because a
/// wrapper may have started the trial.
pub fn orphaned() -> bool {
    let harness = env::var(HARNESS_PID).ok().and_then(|id| id.parse().ok());
    harness.is_some_and(|id| !is_alive(id))
}

/// The state of a process, such as `S` for one that sleeps (`proc_pid_stat(5)`); `None` if it is gone, or
/// unknown on this system.
pub fn state(process: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before it may hold anything, including brackets.
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Whether that is the state of a process that has ended: a zombie, or one that is being removed.
pub fn is_end(state: char) -> bool {
    matches!(state, 'Z' | 'X')
}

/// Whether a process is alive; a zombie is not.
#[cfg(target_os = "linux")]
fn is_alive(process: u32) -> bool {
    state(process).is_some_and(|state| !is_end(state))
}

/// Unknown on this system.
#[cfg(not(target_os = "linux"))]
fn is_alive(_: u32) -> bool {
    true
}

/// Sets whether this process is killed when the thread that started it ends.
#[cfg(target_os = "linux")]
pub fn die_with_parent(on: bool) {
    // If this fails, a trial may outlive a killed harness until its time limit.
    let _ = nix::sys::prctl::set_pdeathsig(on.then_some(nix::sys::signal::Signal::SIGKILL));
}

/// Not available on this system.
#[cfg(not(target_os = "linux"))]
pub fn die_with_parent(_: bool) {}

/// A value of `/proc/self/status`.
#[cfg(target_os = "linux")]
fn status(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Unknown on this system.
#[cfg(not(target_os = "linux"))]
fn status(_: &str) -> Option<u64> {
    None
}

/// Highest resident memory of this process so far, bytes.
pub fn peak_memory() -> Option<u64> {
    Some(status("VmHWM")? * 1_024)
}

/// Live threads of this process.
pub fn threads() -> Option<u64> {
    status("Threads")
}

/// Calls in the `read` and `write` families so far, by all threads (`proc_pid_io(5)`). Calls that only
/// sockets have, such as `recv`, are not included. This function makes one read itself, which is not counted
/// yet.
#[cfg(target_os = "linux")]
pub fn reads_and_writes() -> Option<[u64; 2]> {
    use std::io::Read;

    // No allocation, because this runs next to measured code.
    let mut text = [0; 512];
    let length = fs::File::open("/proc/self/io").ok()?.read(&mut text).ok()?;
    let text = std::str::from_utf8(&text[..length]).ok()?;
    let value = |name| text.lines().find_map(|line| line.strip_prefix(name)?.parse().ok());
    Some([value("syscr: ")?, value("syscw: ")?])
}

/// Unknown on this system.
#[cfg(not(target_os = "linux"))]
pub fn reads_and_writes() -> Option<[u64; 2]> {
    None
}

/// Raises the soft limit of open files to the hard limit.
pub fn raise_open_files() {
    #[cfg(unix)]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
            // If this fails, the workload reports the file that it cannot open.
            let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn ended_process_is_not_alive_before_and_after_reaping() {
        assert!(is_alive(std::process::id()));
        let mut child = Command::new("true").spawn().unwrap();
        while is_alive(child.id()) {
            thread::yield_now();
        }
        child.wait().unwrap();
        assert!(!is_alive(child.id()));
    }

    #[test]
    fn waiting_threads_are_counted() {
        const MORE: usize = 200;
        let gate = Barrier::new(MORE + 1);
        let count = thread::scope(|scope| {
            for _ in 0..MORE {
                scope.spawn(|| gate.wait());
            }
            let count = threads();
            gate.wait();
            count
        });
        // Other tests also have threads.
        assert!(count.unwrap() > MORE as u64, "{count:?}");
        assert!(peak_memory().unwrap() > 100_000);
    }
}

//! A process and what it started, as far as the system tells.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

/// The process and all its descendants that are alive.
pub(super) fn of(process: u32) -> BTreeSet<u32> {
    let mut known = BTreeSet::from([process]);
    let mut next = vec![process];
    while let Some(process) = next.pop() {
        next.extend(children(process).into_iter().filter(|child| known.insert(*child)));
    }
    known
}

/// Every thread has its own.
fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let lists = threads.flatten().map(|thread| fs::read_to_string(thread.path().join("children")));
    lists
        .flatten()
        .flat_map(|list| {
            list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()
        })
        .collect()
}

/// Resident memory of all of them, bytes. What they share counts for each.
pub(super) fn memory(processes: &BTreeSet<u32>) -> u64 {
    processes.iter().filter_map(|process| resident(*process)).sum()
}

fn resident(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
}

/// CPU time that they have used so far, to the nanosecond.
#[cfg(target_os = "linux")]
pub(super) fn cpu(processes: &BTreeSet<u32>) -> Duration {
    use nix::time::{ClockId, clock_gettime};
    use nix::unistd::Pid;

    let of = |process: &u32| {
        let process = Pid::from_raw(i32::try_from(*process).ok()?);
        Some(Duration::from(clock_gettime(ClockId::pid_cpu_clock_id(process).ok()?).ok()?))
    };
    processes.iter().filter_map(of).sum()
}

/// Not known here.
#[cfg(not(target_os = "linux"))]
pub(super) fn cpu(_: &BTreeSet<u32>) -> Duration {
    Duration::ZERO
}

/// Ends all of them at once.
#[cfg(unix)]
pub(super) fn kill(processes: &BTreeSet<u32>) {
    use nix::sys::signal::{Signal, kill};
    for process in processes.iter().filter_map(|process| i32::try_from(*process).ok()) {
        // One that has ended meanwhile is what was wanted.
        let _ = kill(nix::unistd::Pid::from_raw(process), Signal::SIGKILL);
    }
}

/// Whether a process has ended, reaped or not.
pub(super) fn has_ended(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|stat| stat.contains(") Z ") || stat.contains(") X "))
}

/// From now on the descendants of this process become its children when they lose their own parent, so
/// that they are still found.
#[cfg(target_os = "linux")]
pub(super) fn adopt_orphans() {
    // Without it a runner's daemon would be lost.
    let _ = nix::sys::prctl::set_child_subreaper(true);
}

/// Not available on this system.
#[cfg(not(target_os = "linux"))]
pub(super) fn adopt_orphans() {}

/// Ends everything that this process has started and not seen to its end.
#[cfg(unix)]
pub(super) fn kill_rest() {
    let own = std::process::id();
    let mut rest = of(own);
    rest.remove(&own);
    kill(&rest);
}

/// There are no signals.
#[cfg(not(unix))]
pub(super) fn kill_rest() {}

/// There are no signals; the harness ends the process itself.
#[cfg(not(unix))]
pub(super) fn kill(_: &BTreeSet<u32>) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};
    use std::thread;

    use super::*;

    #[test]
    fn grandchildren_belong_to_it_and_end_with_it() {
        let script = "sh -c 'sleep 60 & wait' & wait";
        let mut child =
            Command::new("sh").args(["-c", script]).stdout(Stdio::null()).spawn().unwrap();
        let tree = || of(child.id());
        let whole = (0..200).map(|_| {
            thread::sleep(Duration::from_millis(10));
            tree()
        });
        let whole = whole.into_iter().find(|tree| tree.len() == 3).expect("three processes");
        assert!(memory(&whole) > 100_000);
        kill(&whole);
        child.wait().unwrap();
        let gone = |process: &u32| {
            let stat = fs::read_to_string(format!("/proc/{process}/stat"));
            stat.map_or(true, |stat| stat.contains(") Z "))
        };
        let all_gone = (0..100).any(|_| {
            thread::sleep(Duration::from_millis(10));
            whole.iter().all(gone)
        });
        assert!(all_gone);
    }

    #[test]
    fn cpu_time_of_this_process_grows() {
        let own = BTreeSet::from([std::process::id()]);
        let before = cpu(&own);
        let mut sum = 0_u64;
        for number in 0..200_000_u64 {
            sum = std::hint::black_box(sum.wrapping_add(number));
        }
        assert!(cpu(&own) > before);
    }
}

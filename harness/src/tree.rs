//! A process and its descendants, as far as the system reports them.

use std::collections::BTreeSet;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use runtime_bench_api::process::{is_end, state};

/// Time limit for an orphaned process to exit.
const GRACE: Duration = Duration::from_millis(300);
/// Number of attempts: new processes may appear while others are killed.
const PASSES: usize = 20;

/// The process and all its descendants that are alive.
pub(crate) fn of(process: u32) -> BTreeSet<u32> {
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

/// Resident memory of all of them, bytes. Shared memory counts for each.
pub(crate) fn memory(processes: &BTreeSet<u32>) -> u64 {
    processes.iter().filter_map(|process| resident(*process)).sum()
}

fn resident(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
}

/// CPU time that they have used so far, to the nanosecond.
#[cfg(target_os = "linux")]
pub(crate) fn cpu(processes: &BTreeSet<u32>) -> Duration {
    use nix::time::{ClockId, clock_gettime};
    use nix::unistd::Pid;

    let of = |process: &u32| {
        let process = Pid::from_raw(i32::try_from(*process).ok()?);
        Some(Duration::from(clock_gettime(ClockId::pid_cpu_clock_id(process).ok()?).ok()?))
    };
    processes.iter().filter_map(of).sum()
}

/// Unknown on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn cpu(_: &BTreeSet<u32>) -> Duration {
    Duration::ZERO
}

/// Kills all of them at once.
#[cfg(unix)]
pub(crate) fn kill(processes: &BTreeSet<u32>) {
    use nix::sys::signal::{Signal, kill};
    for process in processes.iter().filter_map(|process| i32::try_from(*process).ok()) {
        // It may already have ended.
        let _ = kill(nix::unistd::Pid::from_raw(process), Signal::SIGKILL);
    }
}

/// Whether a process has ended, reaped or not.
pub(crate) fn has_ended(process: u32) -> bool {
    state(process).is_some_and(is_end)
}

/// From now on, descendants of this process become its children when their own parent ends, so that they can
/// still be found.
#[cfg(target_os = "linux")]
pub(crate) fn adopt_orphans() {
    // Without this, a runner's daemon would not be found.
    let _ = nix::sys::prctl::set_child_subreaper(true);
}

/// Not available on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn adopt_orphans() {}

/// The descendants of a process that have not ended.
fn below(process: u32) -> BTreeSet<u32> {
    let mut below = of(process);
    below.remove(&process);
    below.retain(|process| !has_ended(*process));
    below
}

/// Kills all descendants of a process, including those that lead their own process groups.
pub(crate) fn kill_below(process: u32) {
    for _ in 0..PASSES {
        let below = below(process);
        if below.is_empty() {
            return;
        }
        kill(&below);
        thread::sleep(Duration::from_millis(1));
    }
}

/// Kills all processes that this process has started and that are still running.
pub(crate) fn kill_rest() {
    kill_below(std::process::id());
}

/// The same for processes that do not exit shortly; returns their number.
pub(crate) fn end_left_behind() -> usize {
    let patience = Instant::now() + GRACE;
    loop {
        let left = below(std::process::id());
        if left.is_empty() || Instant::now() >= patience {
            kill_rest();
            return left.len();
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// There are no signals on this system; the harness kills the process itself.
#[cfg(not(unix))]
pub(crate) fn kill(_: &BTreeSet<u32>) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};

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
        kill_below(child.id());
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

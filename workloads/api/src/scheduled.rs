//! The time for which threads wait for a core, as counted by the scheduler.

use std::time::Duration;

/// Threads that have ended may have used the rest of the CPU time.
const COMPLETE: f64 = 0.99;

/// The scheduler's figures for a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// The thread.
    pub thread: u32,
    /// CPU time so far, ns.
    pub cpu_ns: u64,
    /// Time so far for which it was ready to run but had no core, ns.
    pub queued_ns: u64,
}

/// Whether another process traces this one, so that its system calls are counted.
#[cfg(target_os = "linux")]
fn is_traced() -> bool {
    static TRACED: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    *TRACED.get_or_init(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
        tracer.is_some_and(|tracer| tracer.trim() != "0")
    })
}

/// The scheduler's figures for every live thread of this process (`schedstat` in `proc(5)`); `None` if the
/// kernel has none, if there are more threads than can be read quickly, or if the process is traced: the reads
/// would be counted with the system calls of the work.
#[cfg(target_os = "linux")]
pub fn scheduled() -> Option<Vec<Scheduled>> {
    use std::fs;

    // Each takes about 10 µs.
    const MOST_THREADS: usize = 32;
    if is_traced() {
        return None;
    }
    let mut threads = Vec::new();
    for entry in fs::read_dir("/proc/self/task").ok()? {
        if threads.len() == MOST_THREADS {
            return None;
        }
        let path = entry.ok()?.path();
        let thread = path.file_name()?.to_str()?.parse().ok()?;
        // A thread that has just ended no longer has times.
        let Ok(text) = fs::read_to_string(path.join("schedstat")) else { continue };
        let mut times = text.split_whitespace().map_while(|time| time.parse().ok());
        threads.push(Scheduled { thread, cpu_ns: times.next()?, queued_ns: times.next()? });
    }
    Some(threads)
}

/// Unknown on this system.
#[cfg(not(target_os = "linux"))]
pub fn scheduled() -> Option<Vec<Scheduled>> {
    None
}

/// The total time for which threads were ready to run but had no core, between two moments between which the
/// process used this much CPU time; `None` if threads that have ended used part of it.
pub(crate) fn queued(before: &[Scheduled], now: &[Scheduled], cpu: Duration) -> Option<Duration> {
    let (mut known, mut queued) = (0, 0);
    for thread in now {
        let earlier = before.iter().find(|earlier| earlier.thread == thread.thread);
        let [cpu_ns, queued_ns] = earlier.map_or([0; 2], |one| [one.cpu_ns, one.queued_ns]);
        known += thread.cpu_ns.saturating_sub(cpu_ns);
        queued += thread.queued_ns.saturating_sub(queued_ns);
    }
    (known as f64 >= COMPLETE * cpu.as_nanos() as f64).then(|| Duration::from_nanos(queued))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_without_a_core_is_known_unless_a_thread_with_cpu_time_has_ended() {
        let thread = |thread, cpu_ns, queued_ns| Scheduled { thread, cpu_ns, queued_ns };
        let before = [thread(1, 500, 50), thread(2, 0, 0)];
        let now = [thread(1, 800, 90), thread(3, 700, 7)];
        let queued = |cpu| queued(&before, &now, Duration::from_nanos(cpu));
        assert_eq!(queued(1_000), Some(Duration::from_nanos(47)));
        assert_eq!(queued(1_100), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn threads_of_one_core_wait_for_each_other() {
        use std::sync::Barrier;
        use std::thread;
        use std::time::Instant;

        use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
        use nix::unistd::Pid;

        let work = || {
            let start = Instant::now();
            while start.elapsed() < Duration::from_millis(60) {}
        };
        let (begin, end) = (Barrier::new(2), Barrier::new(2));
        // A separate thread for the whole test, because it stays pinned to its core.
        let both = thread::scope(|scope| {
            let first = scope.spawn(|| {
                let all = sched_getaffinity(Pid::from_raw(0)).unwrap();
                let mut one = CpuSet::new();
                let core = (0..CpuSet::count()).find(|core| all.is_set(*core).unwrap());
                one.set(core.unwrap()).unwrap();
                sched_setaffinity(Pid::from_raw(0), &one).unwrap();
                let second = scope.spawn(|| {
                    begin.wait();
                    work();
                    // It lives until it has been read.
                    end.wait();
                });
                let before = scheduled();
                begin.wait();
                work();
                let now = scheduled();
                end.wait();
                second.join().unwrap();
                before.zip(now)
            });
            first.join().unwrap()
        });
        match both {
            Some((before, now)) if !now.is_empty() => {
                let queued = queued(&before, &now, Duration::ZERO).unwrap();
                assert!(queued >= Duration::from_millis(15), "{queued:?}");
            }
            _ => println!("skipped: this kernel does not count it, or there are too many threads"),
        }
    }
}

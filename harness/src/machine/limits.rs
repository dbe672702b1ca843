//! The limits of the machine, so that a larger size is rejected before the run.

use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::Requirements;

use super::files::{in_groups, kib_line, number};

/// Files that a trial has open besides the workload's.
const FILES_BESIDE: u64 = 64;
/// Threads that a machine has running besides a trial's.
const THREADS_BESIDE: u64 = 500;
/// Share of the free memory that a trial may fill.
const MEMORY_SHARE: f64 = 0.8;

/// The limits of the machine; `None` is not limited, or not readable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Files and sockets of one process.
    pub open_files: Option<u64>,
    /// Threads that may still be started.
    pub threads: Option<u64>,
    /// Free memory, bytes.
    pub memory: Option<u64>,
}

impl Limits {
    /// Reads the limits of this machine.
    pub fn of_this_machine() -> Self {
        let threads = [
            number("/proc/sys/kernel/threads-max"),
            // A thread's stack takes two mappings: the stack and its guard.
            number("/proc/sys/vm/max_map_count").map(|maps| maps / 2),
            process_limit(),
        ];
        let threads = threads.into_iter().flatten().map(|most| most.saturating_sub(THREADS_BESIDE));
        let in_groups_threads = in_groups("pids", |group| {
            let most = number(group.join("pids.max"))?;
            Some(most.saturating_sub(number(group.join("pids.current")).unwrap_or(0)))
        });
        let free = kib_line("/proc/meminfo", "MemAvailable");
        let in_groups_memory = in_groups("memory", |group| {
            number(group.join("memory.max")).or_else(|| number(group.join("memory.limit_in_bytes")))
        });
        Self {
            open_files: open_files_limit(),
            threads: threads.chain(in_groups_threads).min(),
            memory: free.into_iter().chain(in_groups_memory).min(),
        }
    }

    /// Why a cell does not fit, with both numbers; `None` if it fits.
    ///
    /// `pool` is the runner's pool, if waiting takes one of its threads.
    pub fn refusal(self, needs: Requirements, family: Family, pool: Pool) -> Option<Refusal> {
        let blocks = matches!(family, Family::ThreadPool | Family::DataParallel);
        if blocks && needs.blocking > pool.threads {
            return Some(Refusal::Pool(format!(
                "{} tasks wait at once, but the pool has {} threads ({})",
                needs.blocking, pool.threads, pool.option
            )));
        }
        self.beyond(needs, family, pool).map(Refusal::Machine)
    }

    fn beyond(self, needs: Requirements, family: Family, pool: Pool) -> Option<String> {
        let threads = match family {
            Family::ThreadPerTask => needs.tasks,
            Family::ThreadPool => pool.threads,
            Family::Async | Family::DataParallel => 0,
        };
        let over = |need: u64, limit: Option<u64>| limit.filter(|limit| need > *limit);
        if let Some(limit) = over(threads as u64, self.threads) {
            return Some(format!(
                "needs {threads} threads; this machine allows {limit} (ulimit -u, pids.max)"
            ));
        }
        let files = needs.files as u64 + FILES_BESIDE;
        if let Some(limit) = over(files, self.open_files) {
            return Some(format!(
                "needs {files} open files; this process may have {limit} (ulimit -Hn)"
            ));
        }
        let free = self.memory.map(|memory| (memory as f64 * MEMORY_SHARE) as u64);
        over(needs.memory, free).map(|limit| {
            let mib = |bytes: u64| bytes.div_ceil(1 << 20);
            format!(
                "needs about {} MiB of memory; {} MiB are available",
                mib(needs.memory),
                mib(limit)
            )
        })
    }
}

/// Why a cell does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// More tasks would wait than the runner's pool has threads.
    Pool(String),
    /// The machine cannot hold it.
    Machine(String),
}

impl Refusal {
    /// The reason, as a sentence with both numbers.
    pub fn into_reason(self) -> String {
        match self {
            Self::Pool(reason) | Self::Machine(reason) => reason,
        }
    }
}

/// The pool that a runner's tasks wait on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its threads.
    pub threads: usize,
    /// The option that sets them.
    pub option: &'static str,
}

#[cfg(unix)]
fn open_files_limit() -> Option<u64> {
    use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    (hard != RLIM_INFINITY).then_some(hard)
}

#[cfg(not(unix))]
fn open_files_limit() -> Option<u64> {
    None
}

#[cfg(target_os = "linux")]
fn process_limit() -> Option<u64> {
    use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
    let (soft, _) = getrlimit(Resource::RLIMIT_NPROC).ok()?;
    (soft != RLIM_INFINITY).then_some(soft)
}

#[cfg(not(target_os = "linux"))]
fn process_limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: Pool = Pool { threads: 64, option: "--pool-threads" };
    const SMALL: Limits =
        Limits { open_files: Some(1_024), threads: Some(1_000), memory: Some(1 << 30) };

    #[test]
    fn oversized_cells_are_rejected_with_both_numbers() {
        let refusal = |needs, family| SMALL.refusal(needs, family, POOL).unwrap().into_reason();
        let waiting = Requirements { blocking: 65, ..Requirements::default() };
        let text = refusal(waiting, Family::ThreadPool);
        assert!(text.contains("65") && text.contains("64") && text.contains("--pool-threads"));
        let tasks = Requirements { tasks: 1_001, ..Requirements::default() };
        assert!(refusal(tasks, Family::ThreadPerTask).contains("1000"));
        let files = Requirements { files: 1_000, ..Requirements::default() };
        assert!(refusal(files, Family::Async).contains("1024"));
        let memory = Requirements { memory: 1 << 30, ..Requirements::default() };
        assert!(refusal(memory, Family::Async).contains("1024 MiB"));
    }

    #[test]
    fn fitting_cells_are_accepted() {
        let (tasks, files, memory) = (100_000, 900, 1 << 20);
        let needs =
            Requirements { tasks, blocking: tasks, files, memory, ..Requirements::default() };
        assert_eq!(SMALL.refusal(needs, Family::Async, POOL), None);
        assert_eq!(Limits::default().refusal(needs, Family::ThreadPerTask, POOL), None);
    }
}

//! Wall time and resource usage.
//!
//! Clocks implement a trait, so that tests can inject their own.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::process;
use crate::scheduled::{Scheduled, queued, scheduled};

/// What a measurement reads. Times count from an arbitrary moment in the same process.
pub trait Clock: Send + Sync {
    /// Wall time.
    fn now(&self) -> Duration;
    /// Resources that all threads of the process have used so far.
    fn usage(&self) -> Usage;
    /// Highest resident memory of the process so far, in bytes; `None` where it is unknown.
    fn peak_memory(&self) -> Option<u64> {
        None
    }
    /// System calls so far; `None` where the kernel does not count them.
    fn calls(&self) -> Option<Calls> {
        None
    }
    /// The scheduler's figures for every live thread; `None` if it has none.
    fn scheduled(&self) -> Option<Vec<Scheduled>> {
        None
    }
}

/// Resources of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// CPU time in nanoseconds; zero where the platform does not report it.
    pub cpu: Duration,
    /// Additional values from the kernel, if any.
    pub rusage: Option<Rusage>,
    /// Allocations, if the clock counts them.
    pub heap: Option<Heap>,
}

/// Values that `getrusage` reports for the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rusage {
    /// CPU time in user mode. The kernel samples the split at scheduler ticks, so it is coarse.
    pub user: Duration,
    /// CPU time in the kernel.
    pub system: Duration,
    /// Context switches because a thread waited.
    pub voluntary: u64,
    /// Context switches because a thread was preempted.
    pub involuntary: u64,
    /// Page faults that did not need the disk.
    pub minor_faults: u64,
    /// Page faults that waited for the disk.
    pub major_faults: u64,
}

/// System calls of the process that the kernel counts without tracing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Calls in the `read` family, except those that only sockets have.
    pub reads: u64,
    /// Calls in the `write` family, except those that only sockets have.
    pub writes: u64,
}

/// Allocations of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heap {
    /// Number of allocations, including reallocations.
    pub allocations: u64,
    /// Bytes allocated, including bytes freed since.
    pub bytes: u64,
}

impl Usage {
    /// Usage since `earlier`.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(earlier.cpu),
            rusage: self.rusage.map(|rusage| rusage.since(earlier.rusage.unwrap_or_default())),
            heap: self.heap.map(|heap| heap.since(earlier.heap.unwrap_or_default())),
        }
    }
}

impl Rusage {
    fn since(self, earlier: Self) -> Self {
        Self {
            user: self.user.saturating_sub(earlier.user),
            system: self.system.saturating_sub(earlier.system),
            voluntary: self.voluntary.saturating_sub(earlier.voluntary),
            involuntary: self.involuntary.saturating_sub(earlier.involuntary),
            minor_faults: self.minor_faults.saturating_sub(earlier.minor_faults),
            major_faults: self.major_faults.saturating_sub(earlier.major_faults),
        }
    }
}

impl Calls {
    /// Calls since `earlier`, without the one that read `earlier`.
    fn since(self, earlier: Self) -> Self {
        Self {
            reads: self.reads.saturating_sub(earlier.reads + 1),
            writes: self.writes.saturating_sub(earlier.writes),
        }
    }
}

impl Heap {
    fn since(self, earlier: Self) -> Self {
        Self {
            allocations: self.allocations.saturating_sub(earlier.allocations),
            bytes: self.bytes.saturating_sub(earlier.bytes),
        }
    }
}

/// The operating system's monotonic clock and accounting.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

/// The clock that trials use.
pub static SYSTEM: SystemClock = SystemClock;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        START.elapsed()
    }

    #[cfg(unix)]
    fn usage(&self) -> Usage {
        use nix::sys::resource::{UsageWho, getrusage};
        use nix::time::{ClockId, clock_gettime};

        let cpu =
            clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map_or(Duration::ZERO, Duration::from);
        let rusage = getrusage(UsageWho::RUSAGE_SELF).ok().map(|usage| Rusage {
            user: to_duration(usage.user_time()),
            system: to_duration(usage.system_time()),
            voluntary: usage.voluntary_context_switches().unsigned_abs(),
            involuntary: usage.involuntary_context_switches().unsigned_abs(),
            minor_faults: usage.minor_page_faults().unsigned_abs(),
            major_faults: usage.major_page_faults().unsigned_abs(),
        });
        Usage { cpu, rusage, heap: None }
    }

    #[cfg(not(unix))]
    fn usage(&self) -> Usage {
        Usage::default()
    }

    fn peak_memory(&self) -> Option<u64> {
        process::peak_memory()
    }

    fn calls(&self) -> Option<Calls> {
        process::reads_and_writes().map(|[reads, writes]| Calls { reads, writes })
    }

    fn scheduled(&self) -> Option<Vec<Scheduled>> {
        // The kernel brings the CPU time of a running thread up to date when the thread asks for it.
        let _ = thread_cpu();
        scheduled()
    }
}

/// CPU time of the calling thread; zero where the platform does not report it.
#[cfg(target_os = "linux")]
pub fn thread_cpu() -> Duration {
    use nix::time::{ClockId, clock_gettime};

    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// CPU time of the calling thread; zero where the platform does not report it.
#[cfg(not(target_os = "linux"))]
pub fn thread_cpu() -> Duration {
    Duration::ZERO
}

#[cfg(unix)]
fn to_duration(time: nix::sys::time::TimeVal) -> Duration {
    Duration::new(time.tv_sec().unsigned_abs(), time.tv_usec().unsigned_abs() as u32 * 1_000)
}

/// Times one block. It reads the clock once per iteration, so that no loop is optimized away; `null` measures
/// the cost of reading it.
pub struct Stopwatch {
    clock: &'static dyn Clock,
    scheduled: Option<Vec<Scheduled>>,
    calls: Option<Calls>,
    usage: Usage,
    started: Duration,
    last: Duration,
}

/// Time and resources of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// Wall time of all iterations.
    pub wall: Duration,
    /// Resources of all iterations.
    pub usage: Usage,
    /// System calls of all iterations, if the clock counts them.
    pub calls: Option<Calls>,
    /// The time for which threads were ready to run but had no core, in total, if the clock knows it.
    pub queued: Option<Duration>,
}

impl Stopwatch {
    /// Starts timing.
    pub fn start(clock: &'static dyn Clock) -> Self {
        // These take longer than the rest, so their own CPU time and calls must not count.
        let scheduled = clock.scheduled();
        let calls = clock.calls();
        let usage = clock.usage();
        let now = clock.now();
        Self { clock, scheduled, calls, usage, started: now, last: now }
    }

    /// Ends one iteration and starts the next.
    pub fn lap(&mut self) {
        self.last = self.clock.now();
    }

    /// Stops, and returns the total of all iterations.
    pub fn stop(self) -> Timing {
        let usage = self.clock.usage().since(self.usage);
        let calls = self.clock.calls().zip(self.calls).map(|(now, before)| now.since(before));
        let scheduled = self.scheduled.zip(self.clock.scheduled());
        let queued = scheduled.and_then(|(before, now)| queued(&before, &now, usage.cpu));
        Timing { wall: self.last.saturating_sub(self.started), usage, calls, queued }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// The n-th reading is n milliseconds after the one before.
    #[derive(Default)]
    struct Ticking(AtomicU64);

    impl Clock for Ticking {
        fn now(&self) -> Duration {
            let tick = self.0.fetch_add(1, Ordering::Relaxed);
            Duration::from_millis(tick * (tick + 1) / 2)
        }

        fn usage(&self) -> Usage {
            Usage { cpu: Duration::from_millis(self.0.load(Ordering::Relaxed)), ..Usage::default() }
        }
    }

    #[test]
    fn stopwatch_reads_the_clock_once_per_iteration() {
        let clock: &'static Ticking = Box::leak(Box::default());
        let mut watch = Stopwatch::start(clock);
        watch.lap();
        watch.lap();
        watch.lap();
        let timing = watch.stop();
        assert_eq!(timing.wall, Duration::from_millis(6));
        assert_eq!(timing.usage.cpu, Duration::from_millis(4));
    }

    #[cfg(unix)]
    #[test]
    fn system_clock_counts_cpu_time() {
        let before = SYSTEM.usage();
        let mut x = 1_u64;
        while SYSTEM.usage().since(before).cpu < Duration::from_millis(2) {
            x = std::hint::black_box(x.wrapping_mul(3));
        }
        assert!(SYSTEM.now() > Duration::ZERO);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn block_counts_its_own_reads_and_writes_only() {
        use std::fs::File;
        use std::io::{Read, Write};

        if SYSTEM.calls().is_none() {
            println!("skipped: this kernel does not count system calls");
            return;
        }
        // Other tests in this process also read and write.
        let counted = || {
            let mut zero = File::open("/dev/zero").unwrap();
            let mut null = File::create("/dev/null").unwrap();
            let mut watch = Stopwatch::start(&SYSTEM);
            zero.read_exact(&mut [0]).unwrap();
            null.write_all(&[0; 2]).unwrap();
            watch.lap();
            watch.stop().calls
        };
        let expected = Some(Calls { reads: 1, writes: 1 });
        assert!((0..1_000).any(|_| counted() == expected), "{:?}", counted());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn thread_cpu_excludes_other_threads() {
        std::thread::spawn(|| while thread_cpu() < Duration::from_millis(2) {}).join().unwrap();
        let fresh = std::thread::spawn(thread_cpu).join().unwrap();
        assert!(fresh < SYSTEM.usage().cpu && SYSTEM.usage().cpu >= Duration::from_millis(2));
    }
}

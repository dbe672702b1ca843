//! The number of cores that are actually free: the speed-up of several threads over one.
//!
//! Load does not only add noise; it changes what is measured: with one free core, a runtime with two threads is
//! measured as a runtime with one. A probe shows that; the load average does not.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Steps of one piece of work: about 5 ms at 3 GHz, longer than a time slice, because a shorter
/// piece can end before its thread has to share. Every step waits for the one before, which leaves
/// most of a core idle, so two hardware threads of one core count as two.
const STEPS: u64 = 3_000_000;

/// The parallel capacity at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capacity {
    /// Threads × shortest time of one ÷ time of all, at most `ideal`.
    pub cores: f64,
    /// The capacity of an idle machine: the number of threads.
    pub ideal: f64,
    /// Duration of the probe.
    pub cost: Duration,
}

/// Measures the parallel capacity repeatedly.
#[derive(Debug)]
pub struct Probe {
    threads: usize,
    /// The shortest time that one thread has taken so far.
    shortest: Duration,
}

impl Probe {
    /// A probe with as many threads as `workers`, or as there are cores if these are fewer. `None` for a
    /// single thread, which shares nothing.
    pub fn new(workers: usize) -> Option<Self> {
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = workers.min(cores);
        (threads > 1).then_some(Self { threads, shortest: Duration::MAX })
    }

    /// Does the same piece of work on one thread, then on all at once; `None` where threads cannot
    /// be started.
    ///
    /// The single time is the shortest so far: if every core is shared, one thread is as slow as many, and
    /// their ratio would show nothing. Takes two pieces: 10 ms on an idle machine, and 15 ms or more if
    /// threads wait for a core. Once a second, that is 1 to 2% of a run.
    pub fn capacity(&mut self) -> Option<Capacity> {
        let start = Instant::now();
        self.shortest = self.shortest.min(alone());
        let all = together(self.threads)?;
        let cores = capacity(self.threads, self.shortest, all)?;
        Some(Capacity { cores, ideal: self.threads as f64, cost: start.elapsed() })
    }
}

/// `threads · one ÷ all`, and no more than there are threads.
fn capacity(threads: usize, one: Duration, all: Duration) -> Option<f64> {
    let speed_up = threads as f64 * one.as_secs_f64() / all.as_secs_f64();
    speed_up.is_finite().then(|| speed_up.min(threads as f64))
}

fn alone() -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Time from the start of the first thread to the end of the last; `None` if threads cannot be started.
///
/// All of them are new threads, because trials inherit the processors of the thread that starts them.
fn together(threads: usize) -> Option<Duration> {
    let (open, arrived) = (AtomicBool::new(false), AtomicUsize::new(0));
    let begin_and_end = |place: usize| {
        spread(place);
        arrived.fetch_add(1, Ordering::Release);
        // The thread is awake, so that waking takes no time.
        while !open.load(Ordering::Acquire) {
            thread::yield_now();
        }
        let begin = Instant::now();
        work();
        (begin, Instant::now())
    };
    let times: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let (begin_and_end, builder) = (&begin_and_end, thread::Builder::new);
        let start = |place| builder().spawn_scoped(scope, move || begin_and_end(place)).ok();
        let all: Vec<_> = (0..threads).map_while(start).collect();
        while arrived.load(Ordering::Acquire) < all.len() {
            thread::yield_now();
        }
        open.store(true, Ordering::Release);
        all.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let first = times.iter().map(|(begin, _)| *begin).min()?;
    let last = times.iter().map(|(_, end)| *end).max()?;
    (times.len() == threads).then(|| last - first)
}

/// Moves this thread to its own processor, and then lets it move freely. Otherwise the kernel may leave two
/// new threads on one core for longer than the work takes.
#[cfg(target_os = "linux")]
fn spread(place: usize) {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    let this = nix::unistd::Pid::from_raw(0);
    let Ok(allowed) = sched_getaffinity(this) else { return };
    let own = (0..CpuSet::count()).filter(|&cpu| allowed.is_set(cpu).unwrap_or(false)).nth(place);
    let mut one = CpuSet::new();
    if own.is_some_and(|cpu| one.set(cpu).is_ok()) {
        // If this is refused, the thread stays where it is.
        let _ = sched_setaffinity(this, &one);
        let _ = sched_setaffinity(this, &allowed);
    }
}

#[cfg(not(target_os = "linux"))]
fn spread(_: usize) {}

/// One piece of work: a xorshift generator (Marsaglia, "Xorshift RNGs", J. Stat. Soft. 8(14), 2003),
/// whose steps a compiler cannot combine as it would those of a linear one.
fn work() {
    let mut state = black_box(1_u64);
    for _ in 0..STEPS {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    black_box(state);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacity_is_the_speed_up_up_to_the_number_of_threads() {
        let ms = Duration::from_millis;
        assert_eq!(capacity(2, ms(3), ms(3)), Some(2.0));
        assert_eq!(capacity(2, ms(3), ms(6)), Some(1.0));
        assert_eq!(capacity(4, ms(3), ms(4)), Some(3.0));
        assert_eq!(capacity(2, ms(6), ms(3)), Some(2.0), "a hiccup of the single thread");
        assert_eq!(capacity(2, ms(0), ms(0)), None);
    }

    #[test]
    fn probe_needs_at_least_two_threads() {
        assert!(Probe::new(1).is_none());
        if thread::available_parallelism().is_ok_and(|cores| cores.get() >= 2) {
            let mut probe = Probe::new(2).unwrap();
            let first = probe.capacity().unwrap();
            let after_one = probe.shortest;
            let second = probe.capacity().unwrap();
            assert!(probe.shortest <= after_one);
            for capacity in [first, second] {
                assert!(capacity.cores > 0.0 && capacity.cores <= 2.0, "{capacity:?}");
                assert!(capacity.ideal >= 2.0 && capacity.cost > Duration::ZERO);
            }
        }
    }
}

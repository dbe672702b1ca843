//! Common parts of the anchors: a counter, a gate, and the reading of resident memory.

use std::env;
use std::fs;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

/// Longer than any measurement.
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
const LOOK: Duration = Duration::from_millis(1);

/// Number of waiting tasks. A static takes no memory in a task.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Records another waiting task.
pub(crate) fn arrived() {
    WAITING.fetch_add(1, Ordering::Release);
}

/// A gate that never opens; the places of the wakers are touched before the first task arrives.
pub(crate) struct Gate(Vec<Mutex<Waker>>);

/// Waits forever at its place. The task contains only these two values.
pub(crate) struct Wait(Arc<Gate>, usize);

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self(gate, place) = &*self;
        let mut waker = gate.0[*place].lock().unwrap_or_else(PoisonError::into_inner);
        waker.clone_from(context.waker());
        arrived();
        Poll::Pending
    }
}

/// Spawns N tasks twice, and prints the growth in memory caused by the second half, in bytes per task. The
/// arguments are `sleeping` or `waiting`, and N.
///
/// A separate thread spawns them, like a worker that runs a root task: glibc uses another arena for it than
/// for the main thread, where the same tasks take up to 3% more.
pub(crate) fn measure<T: 'static>(
    sleep: impl Fn() -> T + Send + 'static,
    wait: impl Fn(Wait) -> T + Send + 'static,
) {
    thread::spawn(|| spawn_and_print(sleep, wait)).join().expect("it measures");
}

fn spawn_and_print<T>(sleep: impl Fn() -> T, wait: impl Fn(Wait) -> T) {
    let mut arguments = env::args().skip(1);
    let sleeping = arguments.next().as_deref() == Some("sleeping");
    let tasks = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let places = (0..2 * tasks).map(|_| Mutex::new(Waker::noop().clone())).collect();
    let gate = Arc::new(Gate(places));
    let mut handles = Vec::with_capacity(2 * tasks);
    let mut resident = [0; 2];
    for (half, resident) in resident.iter_mut().enumerate() {
        for place in half * tasks..(half + 1) * tasks {
            handles.push(if sleeping { sleep() } else { wait(Wait(Arc::clone(&gate), place)) });
        }
        while WAITING.load(Ordering::Acquire) < (half + 1) * tasks {
            thread::sleep(LOOK);
        }
        *resident = resident_memory();
    }
    println!("{:.1}", (resident[1] as f64 - resident[0] as f64) / tasks.max(1) as f64);
}

/// Resident memory in bytes, by a walk of the page tables.
fn resident_memory() -> u64 {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").expect("this is Linux");
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:")).expect("it has a sum");
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().expect("it is a number");
    kib * 1_024
}

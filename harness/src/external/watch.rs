//! Kills a runner that exceeds its time or memory limit, or is no longer needed.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use runtime_bench_results::trial::ErrorKind;

use crate::program::TrialError;
use crate::tree;
use runtime_bench_api::process::orphaned;

/// Interval of the checks: long enough that they take a thousandth of a core.
const LOOK: Duration = Duration::from_millis(50);

/// Time limit for reading the output of a runner that has exited.
const GRACE: Duration = Duration::from_secs(1);

/// The limits of a runner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) time: Duration,
    /// Bytes.
    pub(super) memory: u64,
}

/// A thread that watches a runner until it is told that the runner has ended.
pub(super) struct Watch {
    over: Sender<()>,
    thread: JoinHandle<Option<TrialError>>,
}

impl Watch {
    pub(super) fn over(process: u32, bounds: Bounds) -> Self {
        let (over, told) = channel();
        let thread = thread::spawn(move || watch(process, bounds, &told));
        Self { over, thread }
    }

    /// Ends the watch; returns why it killed the runner, if it did.
    pub(super) fn end(self) -> Option<TrialError> {
        // A watch that has killed the runner no longer listens.
        let _ = self.over.send(());
        self.thread.join().ok().flatten()
    }
}

fn watch(process: u32, bounds: Bounds, told: &Receiver<()>) -> Option<TrialError> {
    let deadline = Instant::now() + bounds.time;
    let mut ended_at = None;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if !matches!(told.recv_timeout(left.min(LOOK)), Err(RecvTimeoutError::Timeout)) {
            return None;
        }
        let processes = tree::of(process);
        if orphaned() {
            // The harness was killed, so nothing can be reported.
            tree::kill(&processes);
            std::process::exit(1);
        }
        if tree::has_ended(process) {
            // Leftover child processes may hold its output open: the runner itself writes nothing more.
            let since = *ended_at.get_or_insert_with(Instant::now);
            if since.elapsed() >= GRACE || Instant::now() >= deadline {
                tree::kill_rest();
                return None;
            }
        }
        let memory = tree::memory(&processes);
        let error = if Instant::now() >= deadline {
            tree::kill_rest();
            let limit = bounds.time.as_secs_f64();
            TrialError::new(
                ErrorKind::TimedOut,
                format!(
                    "no reply within {limit} s; the runner and its child processes were killed"
                ),
            )
        } else if memory > bounds.memory {
            let mib = |bytes: u64| bytes >> 20;
            TrialError::new(
                ErrorKind::Crashed,
                format!(
                    "the runner used {} MiB of memory, over the limit of {} MiB (`memory-mib`), \
                     and was killed",
                    mib(memory),
                    mib(bounds.memory)
                ),
            )
        } else {
            continue;
        };
        tree::kill(&processes);
        return Some(error);
    }
}

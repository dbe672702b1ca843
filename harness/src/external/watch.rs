//! Kills a runner that exceeds its time or memory limit, or is no longer needed.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use runtime_bench_results::trial::ErrorKind;

use crate::program::TrialError;
use crate::tree;
use runtime_bench_api::process::orphaned;

/// How often it looks: seldom enough that looking costs a thousandth of a core.
const LOOK: Duration = Duration::from_millis(50);

/// The output of a runner that has ended is read for this long.
const GRACE: Duration = Duration::from_secs(1);

/// What a runner may take.
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

    /// Ends the watch; why it ended the runner, if it did.
    pub(super) fn end(self) -> Option<TrialError> {
        // One that has ended the runner listens no more.
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
            // What it left behind may hold its output open: nothing more comes from the runner itself.
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
                    "it used {} MiB of memory, over the limit of {} MiB (`memory-mib`), and was killed",
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

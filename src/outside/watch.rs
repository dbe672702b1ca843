//! Ends a runner that takes too long or too much, or that nobody waits for any more.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use runtime_bench_results::trial::ErrorKind;

use super::tree;
use super::trial::Trouble;
use crate::machine::orphaned;

/// How often it looks: seldom enough that looking costs a thousandth of a core.
const LOOK: Duration = Duration::from_millis(50);

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
    thread: JoinHandle<Option<Trouble>>,
}

impl Watch {
    pub(super) fn over(process: u32, bounds: Bounds) -> Self {
        let (over, told) = channel();
        let thread = thread::spawn(move || watch(process, bounds, &told));
        Self { over, thread }
    }

    /// Ends the watch; why it ended the runner, if it did.
    pub(super) fn end(self) -> Option<Trouble> {
        // One that has ended the runner listens no more.
        let _ = self.over.send(());
        self.thread.join().ok().flatten()
    }
}

fn watch(process: u32, bounds: Bounds, told: &Receiver<()>) -> Option<Trouble> {
    let deadline = Instant::now() + bounds.time;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if !matches!(told.recv_timeout(left.min(LOOK)), Err(RecvTimeoutError::Timeout)) {
            return None;
        }
        let processes = tree::of(process);
        if orphaned() {
            // The harness was killed. There is nobody to tell.
            tree::kill(&processes);
            std::process::exit(1);
        }
        let memory = tree::memory(&processes);
        let trouble = if Instant::now() >= deadline {
            let limit = bounds.time.as_secs_f64();
            Trouble::new(
                ErrorKind::TimedOut,
                format!("no reply within {limit} s; it was ended with all that it had started"),
            )
        } else if memory > bounds.memory {
            let mib = |bytes: u64| bytes >> 20;
            Trouble::new(
                ErrorKind::Crashed,
                format!(
                    "it occupied {} MiB of memory, more than the {} MiB that it may (`memory-mib`), and \
                     was ended",
                    mib(memory),
                    mib(bounds.memory)
                ),
            )
        } else {
            continue;
        };
        tree::kill(&processes);
        return Some(trouble);
    }
}

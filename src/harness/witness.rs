//! The stall witness: a thread that sleeps, and notices when it wakes too late.
//!
//! A whole machine can stand still for seconds: a hypervisor that takes its processors away, or a
//! stopped process. Whatever was measured meanwhile measured that.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use runtime_bench_results::noise::Stall;

/// How long the witness sleeps at a time. It wakes 200 times a second, a few microseconds each.
const SLEEP: Duration = Duration::from_millis(5);
/// By how much it may be late.
const LATE: Duration = Duration::from_millis(250);

/// Watches until it is dropped.
pub(super) struct Witness {
    stop: Option<Sender<()>>,
    stalls: Receiver<Stall>,
    /// `None` where no thread could be started; then nothing is noticed.
    thread: Option<JoinHandle<()>>,
}

impl Witness {
    /// Begins to watch. Moments are told in seconds since `start`.
    pub(super) fn watch(start: Instant) -> Self {
        let (stop, stopped) = channel();
        let (sender, stalls) = channel();
        let watching = move || watch(start, &stopped, &sender);
        let thread = thread::Builder::new().name("stall-witness".to_owned()).spawn(watching).ok();
        Self { stop: Some(stop), stalls, thread }
    }

    /// The stalls that were noticed since the last time.
    pub(super) fn noticed(&self) -> Vec<Stall> {
        self.stalls.try_iter().collect()
    }

    /// Ends the watching, and tells the stalls that were noticed since the last time. One that is
    /// going on is among them.
    pub(super) fn end(mut self) -> Vec<Stall> {
        self.join();
        self.noticed()
    }

    fn join(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing that could panic, and nothing is lost if it did.
            let _ = thread.join();
        }
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.join();
    }
}

fn watch(start: Instant, stopped: &Receiver<()>, stalls: &Sender<Stall>) {
    let mut before = Instant::now();
    loop {
        let over = stopped.recv_timeout(SLEEP) != Err(RecvTimeoutError::Timeout);
        let now = Instant::now();
        if let Some(stall) = stall(before - start, now - start)
            && stalls.send(stall).is_err()
        {
            return;
        }
        if over {
            return;
        }
        before = now;
    }
}

/// What a sleep tells that began and ended at these times since the start.
fn stall(asleep: Duration, awake: Duration) -> Option<Stall> {
    let late = awake.saturating_sub(asleep).saturating_sub(SLEEP);
    let stall = Stall { at_s: asleep.as_secs_f64(), until_s: awake.as_secs_f64() };
    (late > LATE).then_some(stall)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_is_a_sleep_that_ends_a_quarter_of_a_second_late() {
        let ms = Duration::from_millis;
        assert_eq!(stall(ms(1_000), ms(1_005)), None);
        assert_eq!(stall(ms(1_000), ms(1_255)), None);
        assert_eq!(stall(ms(1_000), ms(2_500)), Some(Stall { at_s: 1.0, until_s: 2.5 }));
        assert_eq!(stall(ms(10), ms(9)), None);
    }

    #[test]
    fn the_witness_ends_when_it_is_told_to() {
        let start = Instant::now();
        let witness = Witness::watch(start);
        thread::sleep(Duration::from_millis(20));
        let stalls = [witness.noticed(), witness.end()].concat();
        let until_s = start.elapsed().as_secs_f64();
        // A machine that did stand still is welcome here.
        assert!(stalls.iter().all(|stall| 0.0 <= stall.at_s && stall.until_s <= until_s));
        drop(Witness::watch(start));
    }
}

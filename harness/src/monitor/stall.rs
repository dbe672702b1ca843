//! The stall detector: a thread that sleeps, and notices when it wakes too late.
//!
//! A whole machine can stall for seconds, for example when a hypervisor takes its processors away.
//! Measurements during a stall measure the stall.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use runtime_bench_results::noise::Stall;

use super::clock::RunClock;

/// How long the detector sleeps at a time. It wakes 200 times a second, a few microseconds each.
const SLEEP: Duration = Duration::from_millis(5);
/// Delay from which a late wake-up is a stall.
const LATE: Duration = Duration::from_millis(250);

/// Watches until it is dropped.
pub(super) struct StallDetector {
    stop: Option<Sender<()>>,
    stalls: Receiver<Stall>,
    /// `None` if no thread could be started; then no stall is detected.
    thread: Option<JoinHandle<()>>,
}

impl StallDetector {
    /// Starts watching. Times are those of the run's clock.
    pub(super) fn watch(clock: RunClock) -> Self {
        let (stop, stopped) = channel();
        let (sender, stalls) = channel();
        let watching = move || watch(clock, &stopped, &sender);
        let thread = thread::Builder::new().name("stall-detector".to_owned()).spawn(watching).ok();
        Self { stop: Some(stop), stalls, thread }
    }

    /// The stalls since the last call.
    pub(super) fn new_stalls(&self) -> Vec<Stall> {
        self.stalls.try_iter().collect()
    }

    /// Stops watching and returns the stalls since the last call, including one in progress.
    pub(super) fn end(mut self) -> Vec<Stall> {
        self.join();
        self.new_stalls()
    }

    fn join(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // The thread cannot panic, and nothing would be lost if it did.
            let _ = thread.join();
        }
    }
}

impl Drop for StallDetector {
    fn drop(&mut self) {
        self.join();
    }
}

fn watch(clock: RunClock, stopped: &Receiver<()>, stalls: &Sender<Stall>) {
    let mut before = Instant::now();
    loop {
        let over = stopped.recv_timeout(SLEEP) != Err(RecvTimeoutError::Timeout);
        let now = Instant::now();
        if let Some(stall) = stall(before, now, clock)
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

/// The stall, if any, of a sleep that began and ended at these moments.
fn stall(asleep: Instant, awake: Instant, clock: RunClock) -> Option<Stall> {
    let late = awake.saturating_duration_since(asleep).saturating_sub(SLEEP);
    (late > LATE).then(|| Stall { at_s: clock.at(asleep), until_s: clock.at(awake) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_is_a_sleep_that_ends_a_quarter_of_a_second_late() {
        let clock = RunClock::after(1.0);
        let now = Instant::now();
        let slept = |ms: u64| stall(now, now + Duration::from_millis(ms), clock);
        assert_eq!((slept(5), slept(255)), (None, None));
        let found = slept(1_500).unwrap();
        assert!((found.until_s - found.at_s - 1.5).abs() < 1e-9 && found.at_s >= 1.0);
        assert_eq!(stall(now + SLEEP, now, clock), None);
    }

    #[test]
    fn detector_stops_on_request() {
        let clock = RunClock::after(0.0);
        let detector = StallDetector::watch(clock);
        thread::sleep(Duration::from_millis(20));
        let stalls = [detector.new_stalls(), detector.end()].concat();
        let until_s = clock.now();
        // The machine may really stall here.
        assert!(stalls.iter().all(|stall| 0.0 <= stall.at_s && stall.until_s <= until_s));
        drop(StallDetector::watch(clock));
    }
}

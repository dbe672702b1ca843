//! Load during a run: windows of the machine's counters, probes of its parallel capacity, stalls.
//!
//! Everything is read between trials, never during one, except by the stall detector.

use std::time::{Duration, Instant};

use runtime_bench_results::noise::NoiseWindow;

use super::clock::RunClock;
use super::stall::StallDetector;
use super::{Monitor, NoiseEvents};
use crate::machine::{self, Counters, Probe};

/// Minimum length of a window: the counters tick every 10 ms.
const WINDOW: Duration = Duration::from_millis(100);
/// Time between two probes.
const PROBE: Duration = Duration::from_secs(1);
/// A probe takes at most 1 ÷ this of the time until the next one: 2%.
const PROBE_PARTS: u32 = 50;

/// Watches the machine until the run ends.
pub struct LoadMonitor {
    clock: RunClock,
    window: Instant,
    counters: Counters,
    /// `None` where there is one worker or one core.
    probe: Option<Probe>,
    next_probe: Instant,
    stalls: StallDetector,
}

impl LoadMonitor {
    /// Starts watching, on the clock of a run whose runners have `workers` workers.
    pub fn watch(clock: RunClock, workers: usize) -> Self {
        let stalls = StallDetector::watch(clock);
        let now = Instant::now();
        Self {
            clock,
            window: now,
            counters: Counters::read(),
            probe: Probe::new(workers),
            next_probe: now,
            stalls,
        }
    }

    fn probed(&mut self) -> Option<NoiseWindow> {
        if Instant::now() < self.next_probe {
            return None;
        }
        // Even if it fails, it must not be repeated at once.
        self.next_probe = Instant::now() + PROBE;
        let at_s = self.clock.now();
        let capacity = self.probe.as_mut()?.capacity()?;
        self.next_probe = Instant::now() + PROBE.max(capacity.cost * PROBE_PARTS);
        Some(NoiseWindow {
            at_s,
            until_s: self.clock.now(),
            load: machine::load(),
            capacity: Some(capacity.cores),
            capacity_ideal: Some(capacity.ideal),
            ..NoiseWindow::default()
        })
    }

    /// The window that ends now, if it is long enough.
    fn window(&mut self) -> Option<NoiseWindow> {
        let (at, now) = (self.window, Instant::now());
        if now - at < WINDOW {
            return None;
        }
        let counters = Counters::read();
        let busy = counters.since(&self.counters, now - at);
        (self.window, self.counters) = (now, counters);
        Some(NoiseWindow {
            at_s: self.clock.at(at),
            until_s: self.clock.at(now),
            foreign_cores: busy.foreign_cores,
            steal_cores: busy.steal_cores,
            pressure: busy.pressure,
            load: machine::load(),
            ..NoiseWindow::default()
        })
    }
}

impl Monitor for LoadMonitor {
    fn now(&self) -> f64 {
        self.clock.now()
    }

    fn after_trial(&mut self) -> NoiseEvents {
        NoiseEvents { noise: self.window().into_iter().collect(), stalls: self.stalls.new_stalls() }
    }

    fn between_rounds(&mut self) -> NoiseEvents {
        NoiseEvents { noise: self.probed().into_iter().collect(), stalls: Vec::new() }
    }

    fn end(mut self: Box<Self>) -> NoiseEvents {
        NoiseEvents { noise: self.window().into_iter().collect(), stalls: self.stalls.end() }
    }
}

//! What goes on beside the measuring: windows of the machine's counters, probes of its parallel
//! capacity, stalls.
//!
//! Everything is read between trials, never during one; the witness alone runs along.

use std::time::{Duration, Instant};

use runtime_bench_results::noise::{NoiseWindow, Stall};
use runtime_bench_results::run::Line;

use super::run_clock::RunClock;
use super::witness::Witness;
use crate::machine::{self, Counters, Probe};

/// Shortest window: the counters tick every 10 ms.
const WINDOW: Duration = Duration::from_millis(100);
/// Time between two probes.
const PROBE: Duration = Duration::from_secs(1);
/// A probe takes at most one part of this many of the time up to the next: 2 %.
const PROBE_PARTS: u32 = 50;

/// What was noticed since the last time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Noticed {
    /// What the machine was busy with.
    pub(super) noise: Vec<NoiseWindow>,
    /// When it stood still.
    pub(super) stalls: Vec<Stall>,
}

impl Noticed {
    /// The same as lines of a run.
    pub(super) fn lines(self) -> impl Iterator<Item = Line> {
        let noise = self.noise.into_iter().map(Line::Noise);
        noise.chain(self.stalls.into_iter().map(Line::Stall))
    }

    /// Adds what was noticed later.
    pub(super) fn add(&mut self, later: Self) {
        self.noise.extend(later.noise);
        self.stalls.extend(later.stalls);
    }
}

/// Watches the machine until the run ends.
pub(super) struct Beside {
    clock: RunClock,
    window: Instant,
    counters: Counters,
    /// `None` where there is one worker or one core.
    probe: Option<Probe>,
    next_probe: Instant,
    witness: Witness,
}

impl Beside {
    /// Begins to watch, by the clock of the run, whose runners have so many `workers`.
    pub(super) fn watch(clock: RunClock, workers: usize) -> Self {
        let witness = Witness::watch(clock);
        let now = Instant::now();
        Self {
            clock,
            window: now,
            counters: Counters::read(),
            probe: Probe::new(workers),
            next_probe: now,
            witness,
        }
    }

    /// What is to be written down after a trial.
    pub(super) fn after_trial(&mut self) -> Noticed {
        Noticed { noise: self.window().into_iter().collect(), stalls: self.witness.noticed() }
    }

    /// A probe of the capacity, if it is time for one.
    pub(super) fn between_rounds(&mut self) -> Noticed {
        Noticed { noise: self.probed().into_iter().collect(), stalls: Vec::new() }
    }

    fn probed(&mut self) -> Option<NoiseWindow> {
        if Instant::now() < self.next_probe {
            return None;
        }
        // Also where it fails, it is not to be tried again at once.
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

    /// What is to be written down at the end of the run.
    pub(super) fn end(mut self) -> Noticed {
        Noticed { noise: self.window().into_iter().collect(), stalls: self.witness.end() }
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

//! The state of the machine during a run: load, parallel capacity, stalls.

mod clock;
mod load;
mod stall;

pub use clock::RunClock;
pub use load::LoadMonitor;

use runtime_bench_results::noise::{NoiseWindow, Stall};
use runtime_bench_results::run::Line;

/// Watches the machine during a run, and knows the run's time.
pub trait Monitor {
    /// Seconds since the run began, without breaks.
    fn now(&self) -> f64;

    /// Events to record after a trial.
    fn after_trial(&mut self) -> NoiseEvents;

    /// A probe of the machine's capacity, if one is due.
    fn between_rounds(&mut self) -> NoiseEvents;

    /// Events to record at the end of the run.
    fn end(self: Box<Self>) -> NoiseEvents;
}

/// Events since the last call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NoiseEvents {
    /// Background load.
    pub noise: Vec<NoiseWindow>,
    /// Stalls.
    pub stalls: Vec<Stall>,
}

impl NoiseEvents {
    /// The events as lines of a run.
    pub fn lines(self) -> impl Iterator<Item = Line> {
        let noise = self.noise.into_iter().map(Line::Noise);
        noise.chain(self.stalls.into_iter().map(Line::Stall))
    }

    /// Adds later events.
    pub fn add(&mut self, later: Self) {
        self.noise.extend(later.noise);
        self.stalls.extend(later.stalls);
    }
}

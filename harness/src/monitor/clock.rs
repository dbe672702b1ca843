//! The time of a run: it stops while the run is interrupted.

use std::time::Instant;

/// Seconds since the run began, without interruptions.
#[derive(Clone, Copy, Debug)]
pub struct RunClock {
    /// Unlike the time of day, it never jumps.
    start: Instant,
    before_s: f64,
}

impl RunClock {
    /// Starts now, for a run that took this many seconds before it was stopped.
    pub fn after(before_s: f64) -> Self {
        Self { start: Instant::now(), before_s }
    }

    /// A moment since this clock began.
    pub fn at(&self, moment: Instant) -> f64 {
        self.before_s + moment.saturating_duration_since(self.start).as_secs_f64()
    }

    /// Now.
    pub fn now(&self) -> f64 {
        self.at(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn clock_continues_after_an_interruption() {
        let clock = RunClock::after(12.5);
        assert!((clock.at(clock.start) - 12.5).abs() < 1e-12);
        assert!((clock.at(clock.start + Duration::from_millis(250)) - 12.75).abs() < 1e-12);
        assert!(clock.now() >= 12.5);
    }
}

//! Records the messages of a drive.

use std::time::{Duration, Instant};

use runtime_bench_results::histogram::{self, Histogram};

use super::Report;
use super::schedule::Schedule;

/// Largest recorded latency: one minute, with three digits.
const HIGHEST_NS: u64 = 60_000_000_000;
const DIGITS: u8 = 3;

/// The recording of a drive.
pub struct Recording {
    latencies: Histogram<u64>,
    lateness: Histogram<u64>,
    started: Instant,
    last: Instant,
    /// Messages in flight × ns, up to `last`.
    flown: f64,
    sent: u64,
    answered: u64,
    wrong: u64,
}

impl Recording {
    /// An empty recording from the start of a schedule on.
    ///
    /// # Errors
    /// When memory for the histograms cannot be allocated.
    pub fn new(schedule: &Schedule) -> Result<Self, String> {
        let started = schedule.start;
        let histogram =
            || Histogram::new_with_bounds(1, HIGHEST_NS, DIGITS).map_err(|error| error.to_string());
        let (latencies, lateness) = (histogram()?, histogram()?);
        let (sent, answered, wrong) = (0, 0, 0);
        Ok(Self { latencies, lateness, started, last: started, flown: 0.0, sent, answered, wrong })
    }

    /// Messages sent so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Messages answered so far.
    pub(super) fn answered(&self) -> u64 {
        self.answered
    }

    fn in_flight(&self) -> u64 {
        // A reply may belong to an earlier drive that timed out.
        self.sent.saturating_sub(self.answered)
    }

    /// Records that a message due at `due` is sent now.
    pub(super) fn send(&mut self, now: Instant, due: Instant) {
        self.advance(now);
        self.sent += 1;
        self.lateness.saturating_record(nanoseconds(now.saturating_duration_since(due)));
    }

    /// Records the reply to a message that was due at `due`.
    pub(super) fn answer(&mut self, now: Instant, due: Instant, correct: bool) {
        self.advance(now);
        self.answered += 1;
        self.wrong += u64::from(!correct);
        self.latencies.saturating_record(nanoseconds(now.saturating_duration_since(due)));
    }

    fn advance(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.last);
        self.flown += self.in_flight() as f64 * passed.as_nanos() as f64;
        self.last = now;
    }

    /// Adds the recording of other connections.
    ///
    /// # Errors
    /// When the histograms differ in their range.
    pub fn add(&mut self, other: &Self) -> Result<(), String> {
        let pairs =
            [(&mut self.latencies, &other.latencies), (&mut self.lateness, &other.lateness)];
        for (own, other) in pairs {
            own.add(other).map_err(|error| error.to_string())?;
        }
        self.last = self.last.max(other.last);
        self.flown += other.flown;
        self.sent += other.sent;
        self.answered += other.answered;
        self.wrong += other.wrong;
        Ok(())
    }

    /// The result, given the CPU time of the clients.
    ///
    /// # Errors
    /// When the latencies cannot be encoded.
    pub fn report(&self, cpu: Duration) -> Result<Report, String> {
        let wall_ns = nanoseconds(self.last.saturating_duration_since(self.started));
        Ok(Report {
            sent: self.sent,
            answered: self.answered,
            wrong: self.wrong,
            wall_ns,
            cpu_ns: nanoseconds(cpu),
            in_flight: self.flown / wall_ns.max(1) as f64,
            mean_ns: self.latencies.mean(),
            late_mean_ns: self.lateness.mean(),
            late_p99_ns: self.lateness.value_at_quantile(0.99),
            histogram: histogram::encode(&self.latencies)?,
        })
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(start: Instant) -> Recording {
        Recording::new(&Schedule { start, total: 0, rate: None }).unwrap()
    }

    #[test]
    fn unexpected_replies_do_not_panic() {
        let start = Instant::now();
        let mut recording = recording(start);
        recording.answer(start + Duration::from_millis(1), start, false);
        recording.send(start + Duration::from_millis(2), start);
        let report = recording.report(Duration::ZERO).unwrap();
        assert_eq!((report.sent, report.answered, report.in_flight), (1, 1, 0.0));
    }

    #[test]
    fn recordings_of_several_connections_are_added() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let (mut all, mut one) = (recording(start), recording(start));
        for (recording, end) in [(&mut all, at(10)), (&mut one, at(20))] {
            recording.send(start, start);
            recording.answer(end, start, true);
        }
        all.add(&one).unwrap();
        let report = all.report(Duration::ZERO).unwrap();
        assert_eq!((report.sent, report.answered, report.wall_ns), (2, 2, 20_000_000));
        assert!((report.in_flight - 1.5).abs() < 1e-9, "{report:?}");
        assert!((2.0 / 20e6 * report.mean_ns - report.in_flight).abs() < 0.01, "{report:?}");
    }

    #[test]
    fn recording_satisfies_littles_law() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut recording = recording(start);
        recording.send(at(0), at(0));
        recording.send(at(10), at(10));
        recording.answer(at(20), at(0), true);
        recording.answer(at(40), at(10), false);
        assert_eq!(recording.in_flight(), 0);
        let report = recording.report(Duration::from_millis(5)).unwrap();
        assert_eq!((report.sent, report.answered, report.wrong), (2, 2, 1));
        assert_eq!((report.wall_ns, report.cpu_ns), (40_000_000, 5_000_000));
        // One, two, one in flight; 2 messages in 40 ms of 25 ms each on average.
        assert!((report.in_flight - 1.25).abs() < 1e-9, "{report:?}");
        assert!((2.0 / 40e6 * report.mean_ns - report.in_flight).abs() < 0.01, "{report:?}");
    }
}

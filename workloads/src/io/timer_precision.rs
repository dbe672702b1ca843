//! `timer-precision`: how late a short sleep ends.

use std::future::Future;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use runtime_bench_api::prelude::*;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct TimerPrecision;

/// The sleeps of one iteration.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Sleeps {
    /// Time from each deadline until the task continued.
    #[serde(rename = "overshoots_ns", with = "runtime_bench_api::external::each_nanoseconds")]
    overshoots: Vec<Duration>,
    early: usize,
}

impl Sleeps {
    /// Records the end of a sleep that was due at `deadline`.
    fn ended(&mut self, deadline: Instant) {
        let now = Instant::now();
        self.early += usize::from(now < deadline);
        self.overshoots.push(now.saturating_duration_since(deadline));
    }

    async fn of<F: Future<Output = ()>>(params: Params, sleep: impl Fn(Duration) -> F) -> Self {
        let mut sleeps = Self::default();
        for _ in 0..params.sleeps {
            let deadline = Instant::now() + params.delay;
            sleep(params.delay).await;
            sleeps.ended(deadline);
        }
        sleeps
    }
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    delay: Duration,
    sleeps: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let delay = Duration::from_micros(point.count_in("delay", 1..=60_000_000)? as u64);
        Ok(Self { delay, sleeps: point.count_in("sleeps", 1..=1_000_000)? })
    }
}

impl Workload for TimerPrecision {
    type Params = Params;
    type Output = Sleeps;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::OVERSHOOT_P50, &metric::OVERSHOOT_WORST, &metric::CPU_PER_SLEEP];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "timer-precision".into(),
            title: "Sleep overshoot".into(),
            kind: Kind::Io,
            model: "One task sleeps repeatedly for a short time and does nothing else, like a \
                    poller or a pacer. The result is how long after its deadline each sleep ends."
                .into(),
            check: "All sleeps end, and none ends early.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The median covers all sleeps of a block; the worst is the longest \
                 overshoot."
                    .into(),
                "tokio's timers tick once per millisecond and round up, so a task that sleeps \
                 again right after a tick waits almost one tick longer. The other timers and the \
                 kernel are finer. Linux lets the sleep of a thread end up to 50 µs late to save \
                 wake-ups."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |delay: u64, sleeps: u64| {
            Point::new().with("delay", delay, "us").with("sleeps", sleeps, "")
        };
        match set {
            PointSet::Smoke => vec![point(100, 3)],
            PointSet::Quick => vec![point(1_000, 10)],
            PointSet::Full => vec![point(50, 20), point(1_000, 20), point(10_000, 10)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        waits_for_time(family)?;
        let memory = 16 * params.sleeps as u64;
        Ok(Requirements { tasks: 1, blocking: 1, memory, ..Requirements::default() })
    }

    fn verify(&self, trial: &Trial<Params>, sleeps: &Sleeps) -> Result<(), String> {
        let expected = trial.params.sleeps;
        let came = sleeps.overshoots.len();
        ensure(came == expected && sleeps.early == 0, || {
            format!("{came} of {expected} sleeps ended, {} of them too early", sleeps.early)
        })
    }

    fn describe(&self, sleeps: &Sleeps) -> String {
        format!("{} sleeps, none early", sleeps.overshoots.len())
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Sleeps>) -> Vec<Metric> {
        let sleeps = trial.params.sleeps as f64;
        let mut all: Vec<Duration> =
            block.outputs.iter().flat_map(|sleeps| &sleeps.overshoots).copied().collect();
        all.sort_unstable();
        let worst = all.last().copied().unwrap_or_default();
        vec![
            Metric::of(&metric::OVERSHOOT_P50, median_ns(&all)),
            Metric::of(&metric::OVERSHOOT_WORST, worst.as_nanos() as f64),
            Metric::of(&metric::CPU_PER_SLEEP, block.cpu_ns() / sleeps),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Sleeps>, Failure> {
        Ok(repeat_async(move || async move { Ok(Sleeps::of(params, R::sleep).await) }))
    }

    fn supports_local(&self, _: &Params) -> Result<(), Unsupported> {
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl LocalSession<Output = Sleeps>, Failure> {
        Ok(repeat_local(move || async move { Ok(Sleeps::of(params, R::sleep).await) }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Sleeps>, Failure> {
        Ok(repeat(move || {
            let mut sleeps = Sleeps::default();
            for _ in 0..params.sleeps {
                let deadline = Instant::now() + params.delay;
                thread::sleep(params.delay);
                sleeps.ended(deadline);
            }
            Ok(sleeps)
        }))
    }
}

/// Rejects pools for computing, which have no timers.
pub(super) fn waits_for_time(family: Family) -> Result<(), Unsupported> {
    if family == Family::DataParallel {
        return Err(Unsupported::Family(
            "The pool has no timers, and a sleeping job holds a worker.".to_owned(),
        ));
    }
    Ok(())
}

/// The median of sorted durations, in nanoseconds.
fn median_ns(sorted: &[Duration]) -> f64 {
    let middle = |index: usize| sorted.get(index).map_or(0.0, |time| time.as_nanos() as f64);
    f64::midpoint(middle(sorted.len().saturating_sub(1) / 2), middle(sorted.len() / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_ends_are_detected() {
        let mut sleeps = Sleeps::default();
        sleeps.ended(Instant::now());
        assert_eq!(sleeps.early, 0);
        sleeps.ended(Instant::now() + Duration::from_secs(60));
        assert_eq!((sleeps.early, sleeps.overshoots[1]), (1, Duration::ZERO));
    }

    #[test]
    fn median_is_the_middle() {
        let ns = |times: &[u64]| -> Vec<Duration> {
            times.iter().map(|time| Duration::from_nanos(*time)).collect()
        };
        assert!((median_ns(&ns(&[1, 5, 90])) - 5.0).abs() < 1e-9);
        assert!((median_ns(&ns(&[1, 5, 7, 90])) - 6.0).abs() < 1e-9);
        assert!(median_ns(&[]).abs() < 1e-9);
    }
}

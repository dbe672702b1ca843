//! `sensor-streams`: many periodic sensors and one task that aggregates their readings by window.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::timer_precision::waits_for_time;
use runtime_bench_api::prelude::*;

/// Capacity of the channel to the aggregate.
const CAPACITY: usize = 64;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct SensorStreams;

/// A reading of a sensor.
#[derive(Clone, Copy, Debug)]
struct Reading {
    tick: usize,
    value: u64,
    due: Instant,
}

/// The readings of one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
struct Window {
    count: usize,
    sum: u64,
}

/// The readings that the aggregate received in one iteration.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Aggregate {
    windows: Vec<Window>,
    early: usize,
    missed: usize,
    /// Time from when each reading was due until the aggregate received it.
    #[serde(rename = "lateness_ns", with = "runtime_bench_api::external::nanoseconds")]
    lateness: Duration,
    #[serde(rename = "worst_ns", with = "runtime_bench_api::external::nanoseconds")]
    worst: Duration,
}

impl Aggregate {
    fn take(&mut self, reading: Reading, period: Duration) {
        let now = Instant::now();
        let lateness = now.saturating_duration_since(reading.due);
        self.early += usize::from(now < reading.due);
        self.missed += usize::from(lateness > period);
        self.lateness += lateness;
        self.worst = self.worst.max(lateness);
        if self.windows.len() <= reading.tick {
            self.windows.resize(reading.tick + 1, Window::default());
        }
        let window = &mut self.windows[reading.tick];
        window.count += 1;
        window.sum += reading.value;
    }
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    sensors: usize,
    period: Duration,
    ticks: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        Ok(Self {
            sensors: point.count_in("sensors", 1..=1_000_000)?,
            period: Duration::from_millis(point.count_in("period", 1..=60_000)? as u64),
            ticks: point.count_in("ticks", 1..=100_000)?,
        })
    }
}

impl Params {
    fn readings(self) -> usize {
        self.sensors * self.ticks
    }

    fn reading(self, start: Instant, sensor: usize, tick: usize) -> Reading {
        let phase = self.period.mul_f64(sensor as f64 / self.sensors as f64);
        let due = start + self.period * (tick as u32 + 1) + phase;
        Reading { tick, value: value(sensor, tick), due }
    }

    fn expected(self, tick: usize) -> Window {
        let sum = (0..self.sensors).map(|sensor| value(sensor, tick)).sum();
        Window { count: self.sensors, sum }
    }
}

/// The value of a sensor at a tick.
fn value(sensor: usize, tick: usize) -> u64 {
    (sensor as u64 * 31 + tick as u64 * 17) % 1_009
}

/// Time until `due`; zero if it has passed.
fn until(due: Instant) -> Duration {
    due.saturating_duration_since(Instant::now())
}

impl Workload for SensorStreams {
    type Params = Params;
    type Output = Aggregate;
    const METRICS: &'static [&'static MetricDef] = &[
        &metric::LATENESS,
        &metric::LATENESS_WORST,
        &metric::MISSED_DEADLINES,
        &metric::CPU_PER_READING,
    ];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "sensor-streams".into(),
            title: "Periodic sensors feeding one aggregate".into(),
            kind: Kind::Io,
            model: "Each sensor is a task that wakes once per period, at its own offset, and \
                    sends a reading over a bounded channel to one task. That task counts and sums \
                    the readings of each window. All ticks are scheduled from the start, so none \
                    drifts."
                .into(),
            check: "The count and sum of every window are correct, and no reading arrives before \
                    it is due."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Lateness is the time from when a reading was due until the aggregate received \
                 it. It includes the timer, the scheduler and the channel. A deadline is missed \
                 when lateness exceeds one period."
                    .into(),
                "Each async runner uses its own channel; OS threads and the pool use the standard \
                 library's. The channel holds 64 readings."
                    .into(),
                "tokio's timers tick once per millisecond and round up. The sensors are spread \
                 evenly over the period, so no tick favors them all. A coarse timer wakes many of \
                 them at once, which lowers the CPU time per reading."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |sensors: u64, period: u64, ticks: u64| {
            Point::new()
                .with("sensors", sensors, "")
                .with("period", period, "ms")
                .with("ticks", ticks, "")
        };
        match set {
            PointSet::Smoke => vec![point(3, 1, 2)],
            PointSet::Quick => vec![point(50, 5, 4)],
            PointSet::Full => vec![point(50, 10, 100), point(200, 10, 100)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        waits_for_time(family)?;
        let tasks = params.sensors + 1;
        most_threads(family, tasks, 1_001)?;
        let memory = (tasks * 1_024 + params.ticks * 64) as u64;
        Ok(Requirements { tasks, blocking: tasks, memory, ..Requirements::default() })
    }

    fn verify(&self, trial: &Trial<Params>, aggregate: &Aggregate) -> Result<(), String> {
        let windows = aggregate.windows.iter().enumerate();
        let right = windows.filter(|(tick, came)| **came == trial.params.expected(*tick)).count();
        let came = aggregate.windows.len();
        if right == trial.params.ticks && came == trial.params.ticks && aggregate.early == 0 {
            return Ok(());
        }
        Err(format!(
            "expected {} windows, received {came}, {right} of them correct; {} readings were early",
            trial.params.ticks, aggregate.early
        ))
    }

    fn describe(&self, aggregate: &Aggregate) -> String {
        format!("{} windows, none early", aggregate.windows.len())
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Aggregate>) -> Vec<Metric> {
        let readings = trial.params.readings() as f64;
        let lateness = block.mean(|aggregate| aggregate.lateness.as_nanos() as f64);
        let worst = block.outputs.iter().map(|aggregate| aggregate.worst).max();
        let missed = block.mean(|aggregate| aggregate.missed as f64);
        vec![
            Metric::of(&metric::LATENESS, lateness / readings),
            Metric::of(&metric::LATENESS_WORST, worst.unwrap_or_default().as_nanos() as f64),
            Metric::of(&metric::MISSED_DEADLINES, 100.0 * missed / readings),
            Metric::of(&metric::CPU_PER_READING, block.cpu_ns() / readings),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Aggregate>, Failure> {
        Ok(repeat_async(move || async move {
            let (sender, mut receiver) = R::channel::<Reading>(CAPACITY);
            let aggregate = R::spawn(async move {
                let mut aggregate = Aggregate::default();
                while let Some(reading) = R::receive(&mut receiver).await {
                    aggregate.take(reading, params.period);
                }
                aggregate
            });
            let start = Instant::now();
            let sensors: Vec<_> = (0..params.sensors)
                .map(|sensor| {
                    let sender = sender.clone();
                    R::spawn(async move {
                        for tick in 0..params.ticks {
                            let reading = params.reading(start, sensor, tick);
                            R::sleep(until(reading.due)).await;
                            if !R::send(&sender, reading).await {
                                return;
                            }
                        }
                    })
                })
                .collect();
            drop(sender);
            for sensor in sensors {
                sensor.await;
            }
            Ok(aggregate.await)
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Aggregate>, Failure> {
        Ok(repeat(move || {
            let (sender, receiver) = mpsc::sync_channel::<Reading>(CAPACITY);
            let aggregate = T::spawn(move || {
                let mut aggregate = Aggregate::default();
                for reading in receiver {
                    aggregate.take(reading, params.period);
                }
                aggregate
            });
            let start = Instant::now();
            let sensors: Vec<_> = (0..params.sensors)
                .map(|sensor| {
                    let sender = sender.clone();
                    T::spawn(move || {
                        for tick in 0..params.ticks {
                            let reading = params.reading(start, sensor, tick);
                            thread::sleep(until(reading.due));
                            if sender.send(reading).is_err() {
                                return;
                            }
                        }
                    })
                })
                .collect();
            drop(sender);
            sensors.into_iter().for_each(T::join);
            Ok(T::join(aggregate))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_counted_by_window_and_lateness() {
        let (mut aggregate, period) = (Aggregate::default(), Duration::from_millis(5));
        let start = Instant::now();
        let reading = |tick, due| Reading { tick, value: 4, due };
        aggregate.take(reading(2, start), Duration::from_secs(60));
        aggregate.take(reading(2, start + Duration::from_secs(60)), period);
        assert_eq!(
            aggregate.windows,
            [Window::default(), Window::default(), Window { count: 2, sum: 8 }]
        );
        assert_eq!((aggregate.early, aggregate.missed), (1, 0));
        aggregate.take(reading(0, start.checked_sub(period * 2).unwrap_or(start)), period / 1_000);
        assert_eq!((aggregate.windows[0].count, aggregate.missed), (1, 1));
        assert!(aggregate.worst <= aggregate.lateness);
    }

    #[test]
    fn ticks_are_spread_and_scheduled_from_the_start() {
        let params = Params { sensors: 2, period: Duration::from_millis(5), ticks: 3 };
        let start = Instant::now();
        assert_eq!(params.reading(start, 0, 2).due, start + Duration::from_millis(15));
        assert_eq!(params.reading(start, 1, 2).due, start + Duration::from_micros(17_500));
        assert_ne!(params.expected(0), params.expected(1));
    }
}

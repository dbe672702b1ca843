//! `blocking-in-async`: a heartbeat next to jobs that block their thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use runtime_bench_api::prelude::*;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct BlockingInAsync;

/// How a job waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    Blocked,
    Offloaded,
    Awaited,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    how: How,
    period: Duration,
    jobs: usize,
    job: Duration,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let how = match point.variant.as_deref() {
            Some("blocked") => How::Blocked,
            Some("offloaded") => How::Offloaded,
            Some("awaited") => How::Awaited,
            _ => return Err(Unsupported::variant(&["blocked", "offloaded", "awaited"])),
        };
        let ms = |name| {
            Ok::<_, Unsupported>(Duration::from_millis(point.count_in(name, 1..=60_000)? as u64))
        };
        let jobs = point.count_in("jobs", 1..=100_000)?;
        Ok(Self { how, period: ms("period")?, jobs, job: ms("job")? })
    }
}

/// A finished job: its number, and whether it took at least its full time.
struct Job {
    number: usize,
    short: bool,
}

impl Job {
    fn block(number: usize, time: Duration) -> Self {
        let start = Instant::now();
        thread::sleep(time);
        Self { number, short: start.elapsed() < time }
    }

    async fn run<R: AsyncRuntime>(params: Params, number: usize) -> Self {
        match params.how {
            How::Blocked => Self::block(number, params.job),
            How::Offloaded => R::offload(move || Self::block(number, params.job)).await,
            How::Awaited => {
                let start = Instant::now();
                R::sleep(params.job).await;
                Self { number, short: start.elapsed() < params.job }
            }
        }
    }
}

/// A task that should run once per period.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
struct Heartbeat {
    #[serde(skip)]
    period: Duration,
    #[serde(skip, default = "Instant::now")]
    due: Instant,
    ticks: usize,
    early: usize,
    #[serde(rename = "worst_ns", with = "runtime_bench_api::external::nanoseconds")]
    worst: Duration,
}

impl Heartbeat {
    fn start(period: Duration) -> Self {
        let due = Instant::now() + period;
        Self { period, due, ticks: 0, early: 0, worst: Duration::ZERO }
    }

    /// How long to sleep until the next beat is due.
    fn rest(&self) -> Duration {
        self.due.saturating_duration_since(Instant::now())
    }

    /// Records a beat at `now`. Missed beats are skipped.
    fn beat(&mut self, now: Instant) {
        self.ticks += 1;
        self.early += usize::from(now < self.due);
        self.worst = self.worst.max(now.saturating_duration_since(self.due));
        while self.due <= now {
            self.due += self.period;
        }
    }
}

/// The finished jobs and the heartbeat.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Beaten {
    jobs: usize,
    out_of_order: usize,
    short: usize,
    heartbeat: Heartbeat,
}

impl Beaten {
    fn of(jobs: &[Job], heartbeat: Heartbeat) -> Self {
        Self {
            jobs: jobs.len(),
            out_of_order: jobs.iter().enumerate().filter(|(i, job)| *i != job.number).count(),
            short: jobs.iter().filter(|job| job.short).count(),
            heartbeat,
        }
    }
}

impl Workload for BlockingInAsync {
    type Params = Params;
    type Output = Beaten;
    const METRICS: &'static [&'static MetricDef] = &[&metric::WORST_LATENESS, &metric::BEATS];

    const OFFLOADS: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "blocking-in-async".into(),
            title: "Blocking inside a task".into(),
            kind: Kind::Pitfall,
            model: "A heartbeat should tick once per period while a few jobs wait for a long \
                    time: by blocking their thread (`blocked`), on the runtime's pool for \
                    blocking work (`offloaded`), or on its timer (`awaited`)."
                .into(),
            check: "Every job waits for its full time, and no beat comes early.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The headline is the longest delay of a beat, which is also how long everything \
                 else on the runtime waits."
                    .into(),
                "With fewer blocking jobs than workers, the heartbeat may be unaffected: two jobs \
                 block two workers and leave two of four free."
                    .into(),
                "tokio's timers tick once per millisecond and round up, which accounts for about \
                 a millisecond of lateness."
                    .into(),
                "On `threads`, the heartbeat and each job have their own thread, so blocking is \
                 harmless."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |variant: &str, period: u64, jobs: u64, job: u64| {
            let point = Point::new().variant(variant).with("period", period, "ms");
            point.with("jobs", jobs, "").with("job", job, "ms")
        };
        let all = ["blocked", "offloaded", "awaited"];
        match set {
            PointSet::Smoke => all.map(|variant| point(variant, 1, 2, 2)).to_vec(),
            PointSet::Quick => vec![point("blocked", 1, 2, 10), point("offloaded", 1, 2, 10)],
            PointSet::Full => {
                let few = all.map(|variant| point(variant, 5, 2, 100));
                let many = all.map(|variant| point(variant, 5, 20, 100));
                [few, many].concat()
            }
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let reason = match family {
            Family::Async => None,
            Family::ThreadPerTask if params.how == How::Blocked => None,
            Family::ThreadPerTask => {
                Some("Threads may block: there is nothing to offload or await.")
            }
            Family::ThreadPool => Some("The result would depend only on the size of the pool."),
            Family::DataParallel => {
                Some("The pool has no timers: the heartbeat itself would block a worker.")
            }
        };
        if let Some(reason) = reason {
            return Err(Unsupported::Family(reason.to_owned()));
        }
        let tasks = params.jobs + 1;
        most_threads(family, tasks, 1_000)?;
        let offloads = params.how == How::Offloaded;
        Ok(Requirements { offloads, ..Requirements::of_tasks(tasks) })
    }

    fn verify(&self, trial: &Trial<Params>, beaten: &Beaten) -> Result<(), String> {
        let jobs = trial.params.jobs;
        let Beaten { jobs: done, out_of_order, short, heartbeat } = *beaten;
        // At least one beat before the jobs and one after them.
        if done == jobs && out_of_order + short + heartbeat.early == 0 && heartbeat.ticks >= 2 {
            return Ok(());
        }
        Err(format!(
            "{done} of {jobs} jobs ended, {out_of_order} out of order, {short} too short; {} beats, {} of them early",
            heartbeat.ticks, heartbeat.early
        ))
    }

    fn describe(&self, beaten: &Beaten) -> String {
        format!("{} jobs, {} beats", beaten.jobs, beaten.heartbeat.ticks)
    }

    fn metrics(&self, _: &Trial<Params>, block: &Timed<Beaten>) -> Vec<Metric> {
        let worst = block.mean(|beaten| beaten.heartbeat.worst.as_nanos() as f64);
        vec![
            Metric::of(&metric::WORST_LATENESS, worst),
            Metric::of(&metric::BEATS, block.mean(|beaten| beaten.heartbeat.ticks as f64)),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Beaten>, Failure> {
        Ok(repeat_async(move || async move {
            let stop = Arc::new(AtomicBool::new(false));
            let (tick, mut ticked) = R::channel(1);
            let heartbeat = R::spawn({
                let stop = Arc::clone(&stop);
                async move {
                    let mut heartbeat = Heartbeat::start(params.period);
                    let mut first = Some(tick);
                    while !stop.load(Ordering::Acquire) {
                        R::sleep(heartbeat.rest()).await;
                        heartbeat.beat(Instant::now());
                        if let Some(tick) = first.take() {
                            R::send(&tick, ()).await;
                        }
                    }
                    heartbeat
                }
            });
            R::receive(&mut ticked).await;
            let tasks: Vec<_> =
                (0..params.jobs).map(|job| R::spawn(Job::run::<R>(params, job))).collect();
            let mut jobs = Vec::with_capacity(params.jobs);
            for task in tasks {
                jobs.push(task.await);
            }
            stop.store(true, Ordering::Release);
            Ok(Beaten::of(&jobs, heartbeat.await))
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Beaten>, Failure> {
        Ok(repeat(move || {
            let stop = Arc::new(AtomicBool::new(false));
            let (tick, ticked) = mpsc::channel();
            let heartbeat = T::spawn({
                let stop = Arc::clone(&stop);
                move || {
                    let mut heartbeat = Heartbeat::start(params.period);
                    while !stop.load(Ordering::Acquire) {
                        thread::sleep(heartbeat.rest());
                        heartbeat.beat(Instant::now());
                        // The root receives the first beat only.
                        let _ = tick.send(());
                    }
                    heartbeat
                }
            });
            // Without a first beat the heartbeat has failed, and joining it reports that.
            let _ = ticked.recv();
            let tasks: Vec<_> =
                (0..params.jobs).map(|job| T::spawn(move || Job::block(job, params.job))).collect();
            let jobs: Vec<Job> = tasks.into_iter().map(T::join).collect();
            stop.store(true, Ordering::Release);
            Ok(Beaten::of(&jobs, T::join(heartbeat)))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_beats_are_recorded_and_missed_beats_skipped() {
        let ms = Duration::from_millis;
        let start = Instant::now();
        let mut heartbeat =
            Heartbeat { period: ms(5), due: start, ticks: 0, early: 0, worst: Duration::ZERO };
        heartbeat.beat(start + ms(12));
        assert_eq!((heartbeat.worst, heartbeat.due), (ms(12), start + ms(15)));
        heartbeat.beat(start + ms(14));
        assert_eq!((heartbeat.early, heartbeat.ticks, heartbeat.worst), (1, 2, ms(12)));
    }
}

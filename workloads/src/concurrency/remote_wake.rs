//! `remote-wake`: a thread outside the runtime repeatedly wakes a task.

use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::ExternalThread;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct RemoteWake;

/// The thread's reply to a number.
fn reply(number: u64) -> u64 {
    number * 2 + 1
}

fn start() -> Result<ExternalThread<u64, u64>, Failure> {
    ExternalThread::start(reply).map_err(Failure::io("starting the external thread"))
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    wakes: u64,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        Ok(Self { wakes: point.count_in("wakes", 1..=1_000_000_000)? as u64 })
    }
}

impl Workload for RemoteWake {
    type Params = Params;
    /// Sum of the replies.
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::PER_ROUND_TRIP, &metric::CPU_PER_ROUND_TRIP];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "remote-wake".into(),
            title: "Wake-ups from a thread outside the runtime".into(),
            kind: Kind::Concurrency,
            model: "A task sends a request to a thread outside the runtime and waits. The thread \
                    replies and wakes the task, as a driver or a library with its own threads \
                    would. Round trips run one after another."
                .into(),
            check: "The sum of the replies is correct.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "A round trip has two wake-ups: the task unparks the thread, which is the same \
                 code for all runners, and the thread wakes the task through its waker."
                    .into(),
                "The tasks of `threads` and `thread-pool` park and are unparked, so only the \
                 waker stands between the two threads."
                    .into(),
                "The result depends on the cores where the kernel places the threads.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let wakes = |count: u64| Point::new().with("wakes", count, "");
        match set {
            PointSet::Smoke => vec![wakes(5)],
            PointSet::Quick => vec![wakes(200)],
            PointSet::Full => vec![wakes(10_000)],
        }
    }

    fn requirements(&self, _: &Params, family: Family) -> Result<Requirements, Unsupported> {
        if family == Family::DataParallel {
            return Err(Unsupported::Family(
                "The pool has no wake-up API, and a waiting job holds a worker.".to_owned(),
            ));
        }
        Ok(Requirements { tasks: 1, blocking: 1, ..Requirements::default() })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn verify(&self, trial: &Trial<Params>, sum: &u64) -> Result<(), String> {
        let wakes = trial.params.wakes;
        // 1 + 3 + 5 + … is a square.
        let expected = wakes * wakes;
        ensure(*sum == expected, || format!("the replies add up to {sum}, expected {expected}"))
    }

    fn describe(&self, sum: &u64) -> String {
        format!("replies add up to {sum}")
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<u64>) -> Vec<Metric> {
        block.per_piece(
            trial.params.wakes as f64,
            &metric::PER_ROUND_TRIP,
            &metric::CPU_PER_ROUND_TRIP,
        )
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        Ok(RoundTrips { wakes: params.wakes, external: start()? })
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        let (wakes, external) = (params.wakes, start()?);
        Ok(repeat(move || Ok((0..wakes).map(|number| external.ask_blocking(number)).sum())))
    }
}

/// The root task sends requests to a thread that lives as long as the session.
struct RoundTrips {
    wakes: u64,
    external: ExternalThread<u64, u64>,
}

impl AsyncSession for RoundTrips {
    type Output = u64;

    async fn iterate(&mut self) -> Result<u64, Failure> {
        let mut sum = 0;
        for number in 0..self.wakes {
            sum += self.external.ask(number).await;
        }
        Ok(sum)
    }
}

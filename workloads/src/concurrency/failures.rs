//! `failures`: tasks that return errors or panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::batch::{Batch, Tally, silence};
use runtime_bench_api::prelude::*;

/// Tasks that run afterwards to show that the runner still works.
const AFTERWARDS: usize = 20;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Failures;

/// One iteration: a clean batch and a failing batch, in alternating order, then a few clean tasks.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Gathered {
    ended: [Finished; 2],
    afterwards: Tally,
}

/// How the tasks of a batch ended, and the time they took.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
struct Finished {
    tally: Tally,
    #[serde(rename = "took_ns", with = "runtime_bench_api::external::nanoseconds")]
    took: Duration,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
    panic_every: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let tasks = point.count_in("tasks", 1..=100_000_000)?;
        Ok(Self { tasks, panic_every: point.count_in("panic-every", 1..=100_000_000)? })
    }
}

impl Params {
    /// The clean batch and the failing batch.
    fn batches(self) -> [Batch; 2] {
        let Self { tasks, panic_every } = self;
        [Batch::Clean(tasks), Batch::Failing { tasks, panic_every }]
    }
}

impl Workload for Failures {
    type Params = Params;
    type Output = Gathered;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::RELATIVE, &metric::PER_TASK, &metric::PER_CLEAN_TASK];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "failures".into(),
            title: "Tasks that fail".into(),
            kind: Kind::Concurrency,
            model: "Every tenth task returns an error and every hundredth panics. All results are \
                    collected. The same number of tasks without failures runs right before or \
                    after, in alternation, and a few more tasks run at the end."
                .into(),
            check: "The counts of values, errors and panics are exact, and the final tasks all \
                    return their values."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "`relative` is the time with failures divided by the time without. A panic \
                 unwinds the stack, which takes a microsecond or more. A runner with cheaper \
                 tasks therefore shows a larger ratio."
                    .into(),
                "tokio returns a panic as an error of the join handle. smol and async-std panic \
                 again at the await, where the panic is caught, so they unwind twice."
                    .into(),
                "In rayon, the first panic would end a whole scope. Its jobs catch their own \
                 panics and record the outcome under a lock."
                    .into(),
                "The panic messages are suppressed; printing them would cost far more.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |tasks: u64, panic_every: u64| {
            Point::new().with("tasks", tasks, "").with("panic-every", panic_every, "")
        };
        match set {
            PointSet::Smoke => vec![point(40, 15)],
            PointSet::Quick => vec![point(500, 100)],
            PointSet::Full => vec![point(1_000, 100), point(10_000, 100)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = params.tasks;
        most_threads(family, tasks, 1_000)?;
        Ok(Requirements::of_tasks(tasks))
    }

    fn verify(&self, trial: &Trial<Params>, gathered: &Gathered) -> Result<(), String> {
        let [clean, failing] = trial.params.batches();
        let batches = [
            (clean, gathered.ended[0].tally),
            (failing, gathered.ended[1].tally),
            (Batch::Clean(AFTERWARDS), gathered.afterwards),
        ];
        batches.into_iter().try_for_each(|(batch, tally)| {
            let expected = batch.expected();
            ensure(tally == expected, || {
                format!("the tasks ended as {tally:?}, expected {expected:?}")
            })
        })
    }

    fn describe(&self, gathered: &Gathered) -> String {
        let Tally { ok, errors, panics, .. } = gathered.ended[1].tally;
        format!("{ok} ok, {errors} errors, {panics} panics")
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Gathered>) -> Vec<Metric> {
        let tasks = trial.params.tasks as f64;
        let failing = block.mean(|gathered| gathered.ended[1].took.as_nanos() as f64);
        let clean = block.mean(|gathered| gathered.ended[0].took.as_nanos() as f64).max(1.0);
        vec![
            Metric::of(&metric::RELATIVE, failing / clean),
            Metric::of(&metric::PER_TASK, failing / tasks),
            Metric::of(&metric::PER_CLEAN_TASK, clean / tasks),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Gathered>, Failure> {
        let batches = params.batches();
        silence();
        let mut first = 0;
        Ok(repeat_async(move || {
            first = 1 - first;
            async move {
                let mut ended = [Finished::default(); 2];
                for which in [first, 1 - first] {
                    let start = Instant::now();
                    let tally = gather::<R>(batches[which]).await;
                    ended[which] = Finished { tally, took: start.elapsed() };
                }
                Ok(Gathered { ended, afterwards: gather::<R>(Batch::Clean(AFTERWARDS)).await })
            }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Gathered>, Failure> {
        Ok(blocking(params, |batch: Batch| {
            let tasks: Vec<_> =
                (0..batch.tasks()).map(|number| T::spawn(move || batch.act(number))).collect();
            let mut tally = Tally::default();
            for task in tasks {
                tally.note(T::outcome(task));
            }
            tally
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Gathered>, Failure> {
        Ok(blocking(params, |batch: Batch| {
            let tally = Mutex::new(Tally::default());
            D::spawn_each(batch.tasks(), |number| {
                let outcome = catch_unwind(AssertUnwindSafe(|| batch.act(number)));
                tally.lock().unwrap_or_else(PoisonError::into_inner).note(outcome);
            });
            tally.into_inner().unwrap_or_else(PoisonError::into_inner)
        }))
    }
}

async fn gather<R: AsyncRuntime>(batch: Batch) -> Tally {
    let tasks: Vec<_> =
        (0..batch.tasks()).map(|number| R::spawn(async move { batch.act(number) })).collect();
    let mut tally = Tally::default();
    for task in tasks {
        tally.note(R::outcome(task).await);
    }
    tally
}

/// Runs the three batches of an iteration in sequence.
fn blocking<G: Fn(Batch) -> Tally + Send + 'static>(
    params: Params,
    gather: G,
) -> impl Session<Output = Gathered> + use<G> {
    let batches = params.batches();
    silence();
    let mut first = 0;
    repeat(move || {
        first = 1 - first;
        let mut ended = [Finished::default(); 2];
        for which in [first, 1 - first] {
            let start = Instant::now();
            let tally = gather(batches[which]);
            ended[which] = Finished { tally, took: start.elapsed() };
        }
        Ok(Gathered { ended, afterwards: gather(Batch::Clean(AFTERWARDS)) })
    })
}

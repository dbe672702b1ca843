//! `joining`: four ways to wait for many tasks.

use std::future::Future;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use runtime_bench_results::catalog::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::metric::{self, MetricDef};
use runtime_bench_results::trial::{Metric, Phase};

use runtime_bench_api::instance::{AsyncSession, repeat_async};
use runtime_bench_api::runtime::{AsyncRuntime, Family};
use runtime_bench_api::workload::{
    Failure, FromPoint, PointSet, Requirements, Timed, Trial, Unsupported, Workload,
};

const VARIANTS: [&str; 4] = ["in-order", "join-all", "unordered", "set"];

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Joining;

/// How the root waits.
#[derive(Clone, Copy, Debug)]
enum Form {
    InOrder,
    JoinAll,
    Unordered,
    Set,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    form: Form,
    tasks: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let form = match point.variant.as_deref() {
            Some("in-order") => Form::InOrder,
            Some("join-all") => Form::JoinAll,
            Some("unordered") => Form::Unordered,
            Some("set") => Form::Set,
            _ => return Err(Unsupported::variant(&VARIANTS)),
        };
        Ok(Self { form, tasks: point.count_in("tasks", 1..=10_000_000)? })
    }
}

impl Workload for Joining {
    type Params = Params;
    /// Sum of the tasks' numbers.
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_TASK, &metric::CPU_PER_TASK];

    const BY_NAME: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "joining".into(),
            title: "Ways to wait for many tasks".into(),
            kind: Kind::Concurrency,
            model: "A task spawns others and adds up their numbers. `in-order` awaits one handle \
                    after another. `join-all` awaits all handles with `join_all`. `unordered` \
                    takes outputs as tasks end, from a `FuturesUnordered` of handles. `set` does \
                    so with the runtime's own set of tasks."
                .into(),
            check: "The sum equals 0 + 1 + … + (tasks − 1).".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Every other task yields once, so tasks do not end in the order in which they \
                 were spawned."
                    .into(),
                "tokio's own set is `JoinSet`. The other runtimes have none; their programs use \
                 `FuturesUnordered`, and so does `set` on them."
                    .into(),
                "`join_all` polls up to 30 handles in one future; for more, it uses a \
                 `FuturesOrdered`."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let of =
            |tasks: u64| VARIANTS.map(|name| Point::new().variant(name).with("tasks", tasks, ""));
        match set {
            PointSet::Smoke => of(40).to_vec(),
            PointSet::Quick => of(1_000).to_vec(),
            PointSet::Full => [10, 1_000, 100_000].into_iter().flat_map(of).collect(),
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        if family != Family::Async {
            return Err(Unsupported::Family(
                "Only async tasks can be awaited in several ways; see `spawn-join`.".to_owned(),
            ));
        }
        let tasks = params.tasks;
        Ok(Requirements { tasks, memory: tasks as u64 * 1_024, ..Requirements::default() })
    }

    fn verify(&self, trial: &Trial<Params>, sum: &u64) -> Result<(), String> {
        let tasks = trial.params.tasks as u64;
        let expected = tasks * tasks.saturating_sub(1) / 2;
        if *sum == expected {
            Ok(())
        } else {
            Err(format!("the tasks add up to {sum}, expected {expected}"))
        }
    }

    fn describe(&self, sum: &u64) -> String {
        sum.to_string()
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<u64>) -> Vec<Metric> {
        let tasks = trial.params.tasks as f64;
        vec![
            Metric::of(&metric::PER_TASK, block.wall_ns() / tasks),
            Metric::of(&metric::CPU_PER_TASK, block.cpu_ns() / tasks),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params: Params { form, tasks }, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        let work = move || (0..tasks as u64).map(work::<R>);
        Ok(repeat_async(move || async move {
            Ok(match form {
                Form::InOrder => {
                    let tasks: Vec<_> = work().map(R::spawn).collect();
                    let mut sum = 0;
                    for task in tasks {
                        sum += task.await;
                    }
                    sum
                }
                Form::JoinAll => join_all(work().map(R::spawn)).await.into_iter().sum(),
                Form::Unordered => {
                    let mut tasks: FuturesUnordered<_> = work().map(R::spawn).collect();
                    let mut sum = 0;
                    while let Some(number) = tasks.next().await {
                        sum += number;
                    }
                    sum
                }
                Form::Set => R::run_set(work()).await.into_iter().sum(),
            })
        }))
    }
}

#[allow(clippy::manual_async_fn, reason = "callers need the bound `Send`")]
fn work<R: AsyncRuntime>(number: u64) -> impl Future<Output = u64> + Send + 'static {
    async move {
        if !number.is_multiple_of(2) {
            R::yield_now().await;
        }
        number
    }
}

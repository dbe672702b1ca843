//! `await-granularity`: one sum, computed in steps of increasing cost.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use runtime_bench_api::prelude::*;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct AwaitGranularity;

/// The form of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Call,
    Callback,
    Ready,
    Boxed,
    Yield,
    Spawn,
    Offload,
}

const STEPS: [(&str, Step); 7] = [
    ("call", Step::Call),
    ("callback", Step::Callback),
    ("ready", Step::Ready),
    ("boxed", Step::Boxed),
    ("yield", Step::Yield),
    ("spawn", Step::Spawn),
    ("offload", Step::Offload),
];

/// The work of every step. The optimizer must not compute the sum in advance.
fn step(number: u64) -> u64 {
    black_box(number)
}

/// A step in continuation-passing style.
fn then(number: u64, next: Box<dyn FnOnce(u64) + '_>) {
    next(step(number));
}

/// The sum without a runtime, by plain calls or callbacks.
fn add_up_by_calls(how: Step, steps: u64) -> u64 {
    if how == Step::Call {
        return (0..steps).map(step).sum();
    }
    let mut sum = 0;
    for number in 0..steps {
        then(number, Box::new(|result| sum += result));
    }
    sum
}

#[expect(clippy::unused_async, reason = "the workload measures the await itself")]
async fn ready(number: u64) -> u64 {
    step(number)
}

fn boxed(number: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(ready(number))
}

async fn add_up<R: AsyncRuntime>(how: Step, steps: u64) -> u64 {
    let mut sum = 0;
    match how {
        Step::Call | Step::Callback => sum = add_up_by_calls(how, steps),
        Step::Ready => {
            for number in 0..steps {
                sum += ready(number).await;
            }
        }
        Step::Boxed => {
            for number in 0..steps {
                sum += boxed(number).await;
            }
        }
        Step::Yield => {
            for number in 0..steps {
                R::yield_now().await;
                sum += step(number);
            }
        }
        Step::Spawn => {
            for number in 0..steps {
                sum += R::spawn(ready(number)).await;
            }
        }
        Step::Offload => {
            for number in 0..steps {
                sum += R::offload(move || step(number)).await;
            }
        }
    }
    sum
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    how: Step,
    steps: u64,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let variant = point.variant.as_deref();
        let step = STEPS.into_iter().find(|(name, _)| variant == Some(name));
        let (_, how) = step.ok_or_else(|| Unsupported::variant(&STEPS.map(|(name, _)| name)))?;
        Ok(Self { how, steps: point.count_in("steps", 1..=1_000_000_000)? as u64 })
    }
}

impl Workload for AwaitGranularity {
    type Params = Params;
    /// The sum.
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_STEP, &metric::CPU_PER_STEP];

    const OFFLOADS: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "await-granularity".into(),
            title: "Cost of an await".into(),
            kind: Kind::Pitfall,
            model: "One sum is computed in steps, each finished before the next starts. A step is \
                    a plain call, a boxed callback, an await of a function that is ready at once, \
                    of a boxed one or of one that yields first, a spawned task, or a job on the \
                    pool for blocking work."
                .into(),
            check: "Every form gives the same sum.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Awaiting a ready function is a function call, with no runtime involved: `call`, \
                 `callback`, `ready` and `boxed` measure the compiler and the allocator. \
                 The time goes into suspending, spawning and changing threads."
                    .into(),
                "The steps run in sequence on purpose. A task that is awaited at once mostly runs \
                 on the thread that spawned it, also in pools, while `offload` changes threads \
                 twice."
                    .into(),
                "Threads and rayon only have the forms `call`, `callback` and `spawn`. rayon \
                 spawns one job in a scope."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point =
            |variant: &str, steps: u64| Point::new().variant(variant).with("steps", steps, "");
        match set {
            PointSet::Smoke => STEPS.map(|(variant, _)| point(variant, 5)).to_vec(),
            PointSet::Quick => {
                vec![point("spawn", 200), point("offload", 200)]
            }
            PointSet::Full => {
                let steps = |how| if how == Step::Offload { 1_000 } else { 10_000 };
                STEPS.map(|(variant, how)| point(variant, steps(how))).to_vec()
            }
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let how = params.how;
        if family == Family::Async || matches!(how, Step::Call | Step::Callback | Step::Spawn) {
            let offloads = how == Step::Offload;
            return Ok(Requirements { tasks: 1, offloads, ..Requirements::default() });
        }
        let reason = if how == Step::Offload {
            "There is no second pool to offload to: its tasks may block."
        } else {
            "There is nothing to await: its tasks are plain functions."
        };
        Err(Unsupported::Family(reason.to_owned()))
    }

    fn verify(&self, trial: &Trial<Params>, sum: &u64) -> Result<(), String> {
        let steps = trial.params.steps;
        let expected = steps * (steps - 1) / 2;
        ensure(*sum == expected, || format!("the steps add up to {sum}, expected {expected}"))
    }

    fn describe(&self, sum: &u64) -> String {
        sum.to_string()
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<u64>) -> Vec<Metric> {
        block.per_piece(trial.params.steps as f64, &metric::PER_STEP, &metric::CPU_PER_STEP)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        let Params { how, steps } = params;
        Ok(repeat_async(move || async move { Ok(add_up::<R>(how, steps).await) }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        let Params { how, steps } = params;
        Ok(repeat(move || {
            if how != Step::Spawn {
                return Ok(add_up_by_calls(how, steps));
            }
            Ok((0..steps).map(|number| T::join(T::spawn(move || step(number)))).sum())
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        let Params { how, steps } = params;
        Ok(repeat(move || {
            if how != Step::Spawn {
                return Ok(add_up_by_calls(how, steps));
            }
            let sum = AtomicU64::new(0);
            for number in 0..steps {
                D::spawn_each(1, |_| {
                    sum.fetch_add(step(number), Ordering::Relaxed);
                });
            }
            Ok(sum.into_inner())
        }))
    }
}

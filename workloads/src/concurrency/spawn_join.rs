//! `spawn-join`: the cost of a task that does almost nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use crate::concurrency::spawn_forms::{
    chain, chain_of_threads, tree, tree_local, tree_of_joins, tree_of_threads,
};
use runtime_bench_api::prelude::*;

/// Above this, one OS thread per task is no longer realistic.
const MOST_THREADS: usize = 1_000;

/// More tasks than any machine can hold.
const MOST_TASKS: usize = 100_000_000;

/// The variant whose root is not spawned.
const ON_CALLER: &str = "root-on-caller";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct SpawnJoin;

/// Which task spawns which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The root spawns all others.
    Flat,
    /// Task n spawns the tasks 2n + 1 and 2n + 2 and joins them.
    Recursive,
    /// Task n spawns the task n + 1 and ends.
    Chained,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    form: Form,
    on_caller: bool,
    tasks: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let form = match point.variant.as_deref() {
            None | Some(ON_CALLER) => Form::Flat,
            Some("recursive") => Form::Recursive,
            Some("chained") => Form::Chained,
            Some(_) => return Err(Unsupported::variant(&[ON_CALLER, "recursive", "chained"])),
        };
        let on_caller = point.variant.as_deref() == Some(ON_CALLER);
        Ok(Self { form, on_caller, tasks: point.count_in("tasks", 1..=MOST_TASKS)? })
    }
}

impl Workload for SpawnJoin {
    type Params = Params;
    /// Sum of the tasks' numbers.
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_TASK, &metric::CPU_PER_TASK];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "spawn-join".into(),
            title: "Spawn and join tasks".into(),
            kind: Kind::Concurrency,
            model: "A spawned root task spawns tasks that each return their number. It joins them \
                    in order and adds up the numbers. In `root-on-caller`, the root is not \
                    spawned. In `recursive`, each task spawns two more and joins them. In \
                    `chained`, each task spawns the next one and ends."
                .into(),
            check: "The sum equals 0 + 1 + … + (tasks − 1).".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "How often idle workers are woken depends on nanoseconds here: a change to \
                 unrelated machine code can shift the same program by 10% to 20% on several \
                 workers. Treat smaller differences with care."
                    .into(),
                "OS threads run up to 1 000 tasks.".into(),
                "A root that is not spawned is polled by the waiting thread. If that thread is not \
                 a worker, the tasks must be handed to other threads. A program that spawns from \
                 `main` pays this cost."
                    .into(),
                "rayon spawns into a scope that is joined as a whole. Its tasks add to a shared \
                 counter, because a scope returns nothing. In `recursive`, it joins two closures, \
                 one of which is not queued."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, workers: usize) -> Vec<Point> {
        let tasks = |count: u64| Point::new().with("tasks", count, "");
        let variants = |count| {
            [ON_CALLER, "recursive", "chained"].map(|variant| tasks(count).variant(variant))
        };
        match set {
            PointSet::Smoke => [vec![tasks(20)], variants(20).to_vec()].concat(),
            PointSet::Quick => vec![tasks(1_000)],
            PointSet::Full => [
                [1, 10, 100, 1_000, 10_000, 100_000].map(tasks).to_vec(),
                variants(1_000).to_vec(),
                over_workers(&tasks(1_000), workers),
            ]
            .concat(),
        }
    }

    fn placement(&self, params: &Params) -> Placement {
        if params.on_caller { Placement::OnCaller } else { Placement::Spawned }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let Params { form, on_caller, tasks } = *params;
        if family != Family::Async && on_caller {
            return Err(Unsupported::Family(
                "The root is always a task here; only an async root can be polled by its caller."
                    .to_owned(),
            ));
        }
        if family == Family::DataParallel && form == Form::Chained {
            return Err(Unsupported::Family(
                "A task of a scope cannot end before the tasks that it spawns.".to_owned(),
            ));
        }
        most_threads(family, tasks, MOST_THREADS)?;
        // The root waits while the chain runs.
        let blocking = if form == Form::Chained { 2 } else { 0 };
        Ok(Requirements { blocking, ..Requirements::of_tasks(tasks) })
    }

    fn verify(&self, trial: &Trial<Params>, sum: &u64) -> Result<(), String> {
        let tasks = trial.params.tasks as u64;
        let expected = tasks * tasks.saturating_sub(1) / 2;
        ensure(*sum == expected, || format!("the tasks add up to {sum}, expected {expected}"))
    }

    fn describe(&self, sum: &u64) -> String {
        sum.to_string()
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<u64>) -> Vec<Metric> {
        block.per_piece(trial.params.tasks as f64, &metric::PER_TASK, &metric::CPU_PER_TASK)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        let (form, tasks) = (params.form, params.tasks as u64);
        Ok(repeat_async(move || async move {
            match form {
                Form::Flat => Ok(flat::<R>(tasks).await),
                Form::Recursive => Ok(R::spawn(tree::<R>(0, tasks)).await),
                Form::Chained => {
                    let (sender, mut receiver) = R::channel(1);
                    R::detach(R::spawn(chain::<R>(0, tasks, 0, sender)));
                    R::receive(&mut receiver).await.ok_or_else(broken)
                }
            }
        }))
    }

    fn supports_local(&self, params: &Params) -> Result<(), Unsupported> {
        if params.form == Form::Chained {
            return Err(Unsupported::Family(
                "The chain reports its end over a channel, which this runner does not provide."
                    .to_owned(),
            ));
        }
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl LocalSession<Output = u64>, Failure> {
        let (form, tasks) = (params.form, params.tasks as u64);
        Ok(repeat_local(move || async move {
            Ok(match form {
                Form::Recursive => R::spawn(tree_local::<R>(0, tasks)).await,
                Form::Flat | Form::Chained => flat_local::<R>(tasks).await,
            })
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        let (form, tasks) = (params.form, params.tasks as u64);
        Ok(repeat(move || match form {
            Form::Flat => {
                let spawned: Vec<_> = (0..tasks).map(|number| T::spawn(move || number)).collect();
                Ok(spawned.into_iter().map(T::join).sum())
            }
            Form::Recursive => Ok(T::join(T::spawn(move || tree_of_threads::<T>(0, tasks)))),
            Form::Chained => {
                let (sender, receiver) = mpsc::sync_channel(1);
                drop(T::spawn(move || chain_of_threads::<T>(0, tasks, 0, sender)));
                receiver.recv().map_err(|_| broken())
            }
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        let Params { form, tasks, .. } = params;
        Ok(repeat(move || {
            if form == Form::Recursive {
                return Ok(tree_of_joins::<D>(0, tasks as u64));
            }
            let sum = AtomicU64::new(0);
            D::spawn_each(tasks, |number| {
                sum.fetch_add(number as u64, Ordering::Relaxed);
            });
            Ok(sum.into_inner())
        }))
    }
}

fn broken() -> Failure {
    Failure::WrongOutput("the chain ended before its last task".to_owned())
}

async fn flat<R: AsyncRuntime>(tasks: u64) -> u64 {
    let spawned: Vec<_> = (0..tasks).map(|number| R::spawn(async move { number })).collect();
    let mut sum = 0;
    for task in spawned {
        sum += task.await;
    }
    sum
}

async fn flat_local<R: LocalRuntime>(tasks: u64) -> u64 {
    let spawned: Vec<_> = (0..tasks).map(|number| R::spawn(async move { number })).collect();
    let mut sum = 0;
    for task in spawned {
        sum += task.await;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_variants_are_rejected() {
        let point = Point::new().variant("backwards").with("tasks", 1, "");
        assert!(matches!(Params::from_point(&point), Err(Unsupported::Point(_))));
    }
}

//! `task-memory`: the memory of a waiting task.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::gate::Gate;
use super::resident::resident_memory;
use runtime_bench_api::prelude::*;

/// Many systems refuse more OS threads than this.
const MOST_THREADS: usize = 20_000;
/// The variant in which tasks wait on the runtime's timer.
const SLEEPING: &str = "sleeping";
/// How long they would sleep: longer than any measurement.
const LONG: Duration = Duration::from_secs(3_600);
/// Number of tasks about to sleep. A static, so that tasks hold no reference to it; a process measures one
/// instance.
static ASLEEP: AtomicUsize = AtomicUsize::new(0);
/// How often the root checks whether all tasks wait.
const LOOK: Duration = Duration::from_millis(1);
/// Upper estimate of the memory of a task, for planning.
const TASK_ESTIMATE: u64 = 2 * 1_024;
/// The same for an OS thread: stack pages touched, and kernel memory.
const THREAD_ESTIMATE: u64 = 64 * 1_024;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct TaskMemory;

/// Resident memory with `tasks` and with twice as many waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Slope {
    /// Tasks that woke or were canceled while asleep.
    ended: usize,
    with_half: u64,
    with_all: u64,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
    sleeping: bool,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let sleeping = match point.variant.as_deref() {
            None => false,
            Some(SLEEPING) => true,
            Some(_) => return Err(Unsupported::variant(&[SLEEPING])),
        };
        Ok(Self { tasks: point.count_in("tasks", 1..=100_000_000)?, sleeping })
    }
}

impl Workload for TaskMemory {
    type Params = Params;
    type Output = Slope;
    const METRICS: &'static [&'static MetricDef] = &[&metric::TASK_MEMORY];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "task-memory".into(),
            title: "Memory per waiting task".into(),
            kind: Kind::Memory,
            model: "Tasks are spawned and wait at a gate, then the same number again. Memory per \
                    task is the growth in resident memory divided by the number of tasks added \
                    (join handles included). In the variant `sleeping`, the tasks sleep for an \
                    hour on the runtime's timer and are canceled."
                .into(),
            check: "All tasks wait when memory is read. All wake when the gate opens, or are \
                    canceled while they sleep."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Startup,
            notes: vec![
                "The tasks wait for each other, not on a timer. A sleeping task takes more \
                 memory, as the variant shows."
                    .into(),
                "An OS thread also has a kernel stack (16 KiB on Linux x86-64), which resident \
                 memory excludes."
                    .into(),
                "Memory is read once on a fresh instance, because the allocator keeps freed \
                 memory."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let tasks = |count: u64| Point::new().with("tasks", count, "");
        match set {
            PointSet::Smoke => vec![tasks(20), tasks(20).variant(SLEEPING)],
            PointSet::Quick => vec![tasks(1_000)],
            PointSet::Full => [1_000, 10_000, 100_000, 1_000_000]
                .into_iter()
                .flat_map(|count| [tasks(count), tasks(count).variant(SLEEPING)])
                .collect(),
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let waiting = 2 * params.tasks;
        let estimate = match family {
            Family::Async => TASK_ESTIMATE,
            Family::ThreadPerTask if params.sleeping => {
                return Err(Unsupported::Family(
                    "Same as the default: an OS thread uses its stack no matter how it waits."
                        .to_owned(),
                ));
            }
            Family::ThreadPerTask if waiting <= MOST_THREADS => THREAD_ESTIMATE,
            Family::ThreadPerTask => {
                return Err(Unsupported::Family(format!(
                    "Limited to {MOST_THREADS} OS threads; this point needs {waiting}."
                )));
            }
            Family::ThreadPool | Family::DataParallel => {
                return Err(Unsupported::Family(
                    "Queued closures are not waiting tasks.".to_owned(),
                ));
            }
        };
        Ok(Requirements {
            tasks: waiting,
            memory: waiting as u64 * estimate,
            ..Requirements::default()
        })
    }

    fn phases(&self) -> &'static [Phase] {
        &[Phase::Startup]
    }

    fn verify(&self, trial: &Trial<Params>, slope: &Slope) -> Result<(), String> {
        let tasks = trial.params.tasks;
        // At the small size of a verification, the second half may fit into existing pages.
        let Slope { ended, with_half, with_all } = *slope;
        if ended != 2 * tasks {
            Err(format!("expected {} tasks to wake or be canceled, got {ended}", 2 * tasks))
        } else if with_all <= with_half && tasks >= 1_000 {
            Err(format!("memory went from {with_half} to {with_all} B when tasks doubled"))
        } else {
            Ok(())
        }
    }

    fn describe(&self, slope: &Slope) -> String {
        format!("{} tasks", slope.ended)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Slope>) -> Vec<Metric> {
        let tasks = trial.params.tasks as f64;
        let growth = |slope: &Slope| slope.with_all as f64 - slope.with_half as f64;
        vec![Metric::of(&metric::TASK_MEMORY, block.mean(growth) / tasks)]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Slope>, Failure> {
        let Params { tasks, sleeping } = params;
        Ok(repeat_async(move || async move {
            if sleeping { asleep::<R>(tasks).await } else { at_a_gate::<R>(tasks).await }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Slope>, Failure> {
        let tasks = params.tasks;
        Ok(repeat(move || {
            let gate = Arc::new(Gate::for_tasks(0));
            let mut waiting = Vec::with_capacity(2 * tasks);
            let mut resident = [0; 2];
            for (half, resident) in resident.iter_mut().enumerate() {
                for _ in 0..tasks {
                    let gate = Arc::clone(&gate);
                    waiting.push(T::spawn(move || gate.pass_blocking()));
                }
                while gate.waiting() < (half + 1) * tasks {
                    thread::sleep(LOOK);
                }
                *resident = resident_memory().map_err(Failure::io("reading resident memory"))?;
            }
            gate.open();
            waiting.into_iter().for_each(T::join);
            Ok(Slope { ended: gate.passed(), with_half: resident[0], with_all: resident[1] })
        }))
    }
}

async fn at_a_gate<R: AsyncRuntime>(tasks: usize) -> Result<Slope, Failure> {
    let gate = Arc::new(Gate::for_tasks(2 * tasks));
    let spawn = |place| R::spawn(Arc::clone(&gate).pass(place));
    let (waiting, [with_half, with_all]) = twice::<R>(tasks, spawn, || gate.waiting()).await?;
    gate.open();
    for task in waiting {
        task.await;
    }
    Ok(Slope { ended: gate.passed(), with_half, with_all })
}

async fn asleep<R: AsyncRuntime>(tasks: usize) -> Result<Slope, Failure> {
    ASLEEP.store(0, Ordering::Relaxed);
    let spawn = |_| {
        R::spawn(async {
            ASLEEP.fetch_add(1, Ordering::Release);
            R::sleep(LONG).await;
        })
    };
    let (sleeping, [with_half, with_all]) =
        twice::<R>(tasks, spawn, || ASLEEP.load(Ordering::Acquire)).await?;
    let mut ended = 0;
    for task in sleeping {
        ended += usize::from(R::cancel(task).await.is_none());
    }
    Ok(Slope { ended, with_half, with_all })
}

/// Spawns `tasks` tasks twice, and reads resident memory each time when all of them wait.
async fn twice<R: AsyncRuntime>(
    tasks: usize,
    spawn: impl Fn(usize) -> R::Task<()> + Send,
    waiting: impl Fn() -> usize + Send,
) -> Result<(Vec<R::Task<()>>, [u64; 2]), Failure> {
    let mut spawned = Vec::with_capacity(2 * tasks);
    let mut resident = [0; 2];
    for (half, resident) in resident.iter_mut().enumerate() {
        spawned.extend((half * tasks..(half + 1) * tasks).map(&spawn));
        while waiting() < (half + 1) * tasks {
            R::sleep(LOOK).await;
        }
        *resident = resident_memory().map_err(Failure::io("reading resident memory"))?;
    }
    Ok((spawned, resident))
}

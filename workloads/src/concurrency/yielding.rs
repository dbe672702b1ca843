//! `yield`: the cost of yielding to other tasks.

use std::sync::atomic::{AtomicU64, Ordering};

use runtime_bench_api::prelude::*;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Yield;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
    yields: u64,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let tasks = point.count_in("tasks", 1..=1_000_000)?;
        Ok(Self { tasks, yields: point.count_in("yields", 1..=1_000_000_000)? as u64 })
    }
}

impl Params {
    fn total(self) -> u64 {
        self.tasks as u64 * self.yields
    }
}

impl Workload for Yield {
    type Params = Params;
    /// Yields of all tasks together.
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_YIELD, &metric::CPU_PER_YIELD];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "yield".into(),
            title: "Yield to other tasks".into(),
            kind: Kind::Concurrency,
            model: "Tasks yield repeatedly so that others can run, as a long loop should do to \
                    avoid monopolizing its worker."
                .into(),
            check: "Every task counts its yields, and the counts add up.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Yielding differs between runners: an async task goes to the end of a queue, a \
                 thread asks the kernel to run another thread, and rayon looks for another job \
                 and returns if it finds none."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |tasks: u64, yields: u64| {
            Point::new().with("tasks", tasks, "").with("yields", yields, "")
        };
        match set {
            PointSet::Smoke => vec![point(4, 5)],
            PointSet::Quick => vec![point(100, 100)],
            PointSet::Full => vec![point(1, 1_000), point(100, 1_000), point(1_000, 100)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = params.tasks;
        most_threads(family, tasks, 1_000)?;
        Ok(Requirements { yields: true, ..Requirements::of_tasks(tasks) })
    }

    fn verify(&self, trial: &Trial<Params>, yields: &u64) -> Result<(), String> {
        let expected = trial.params.total();
        ensure(*yields == expected, || {
            format!("the tasks yielded {yields} times, expected {expected}")
        })
    }

    fn describe(&self, yields: &u64) -> String {
        format!("{yields} yields")
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<u64>) -> Vec<Metric> {
        block.per_piece(trial.params.total() as f64, &metric::PER_YIELD, &metric::CPU_PER_YIELD)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        Ok(repeat_async(move || async move {
            let tasks: Vec<_> = (0..params.tasks)
                .map(|_| {
                    R::spawn(async move {
                        let mut yields = 0;
                        while yields < params.yields {
                            R::yield_now().await;
                            yields += 1;
                        }
                        yields
                    })
                })
                .collect();
            let mut yields = 0;
            for task in tasks {
                yields += task.await;
            }
            Ok(yields)
        }))
    }

    fn supports_local(&self, _: &Params) -> Result<(), Unsupported> {
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl LocalSession<Output = u64>, Failure> {
        Ok(repeat_local(move || async move {
            let task = || async move {
                let mut yields = 0;
                while yields < params.yields {
                    R::yield_now().await;
                    yields += 1;
                }
                yields
            };
            let tasks: Vec<_> = (0..params.tasks).map(|_| R::spawn(task())).collect();
            let mut yields = 0;
            for task in tasks {
                yields += task.await;
            }
            Ok(yields)
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        Ok(repeat(move || {
            let task = move || {
                let mut yields = 0;
                while yields < params.yields {
                    std::thread::yield_now();
                    yields += 1;
                }
                yields
            };
            let tasks: Vec<_> = (0..params.tasks).map(|_| T::spawn(task)).collect();
            Ok(tasks.into_iter().map(T::join).sum())
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        Ok(repeat(move || {
            let all = AtomicU64::new(0);
            D::spawn_each(params.tasks, |_| {
                let mut yields = 0;
                while yields < params.yields {
                    D::yield_now();
                    yields += 1;
                }
                all.fetch_add(yields, Ordering::Relaxed);
            });
            Ok(all.into_inner())
        }))
    }
}

//! `rayon`: a dedicated pool, entered with `install`.

use std::io;

use rayon::ThreadPoolBuilder;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
#[cfg(feature = "catalog")]
use runtime_bench_api::cells::Cells;
use runtime_bench_api::instance::{Instance, on_data_parallel};
use runtime_bench_api::runtime::{DataParallel, Family};
use runtime_bench_api::workload::{Failure, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};

use runtime_bench_api::runner::{Runner, Setting, packages};

/// rayon's work-stealing pool.
#[derive(Clone, Copy, Debug)]
pub struct Rayon;

impl Runner for Rayon {
    fn name(&self) -> &'static str {
        "rayon"
    }

    fn info(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "rayon".into(),
            class: Class::MultiThread,
            configuration: format!("ThreadPool with {workers} threads, entered with install"),
            packages: packages(&["rayon", "rayon-core"]),
            notes: vec!["Designed for CPU work: a waiting task blocks a worker.".into()],
        }
    }

    fn family(&self) -> Family {
        Family::DataParallel
    }

    fn settings(&self) -> Vec<Setting> {
        vec![Setting::stack_size()]
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        on_data_parallel(&Pool::start, workload, setup)
    }
}

/// Every workload on rayon.
#[cfg(feature = "catalog")]
pub fn cells() -> Cells {
    Cells::default().with(Rayon, runtime_bench_catalog::each)
}

struct Pool(rayon::ThreadPool);

impl Pool {
    fn start(setup: &Setup) -> io::Result<Self> {
        let pool = ThreadPoolBuilder::new().num_threads(setup.workers).build();
        pool.map(Self).map_err(io::Error::other)
    }
}

impl DataParallel for Pool {
    fn run<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(&self, root: F) -> T {
        self.0.install(root)
    }

    fn join<A, B>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B)
    where
        A: Send,
        B: Send,
    {
        rayon::join(a, b)
    }

    fn map<T: Send>(count: usize, f: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
        (0..count).into_par_iter().map(f).collect()
    }

    fn sum(count: usize, f: impl Fn(usize) -> u64 + Send + Sync) -> u64 {
        (0..count).into_par_iter().map(f).sum()
    }

    fn yield_now() {
        rayon::yield_now();
    }

    fn spawn_each(count: usize, f: impl Fn(usize) + Send + Sync) {
        let f = &f;
        rayon::scope(|scope| {
            for number in 0..count {
                scope.spawn(move |_| f(number));
            }
        });
    }
}

//! `threads`: one OS thread per task.

use std::io;
use std::thread::{self, JoinHandle};

use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_threads};
use runtime_bench_api::runtime::{Family, ShutdownThreads, ThreadRuntime};
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;

use runtime_bench_api::runner::{Runner, Setting, packages};

/// The operating system's threads.
#[derive(Clone, Copy, Debug)]
pub struct Threads;

impl Runner for Threads {
    fn name(&self) -> &'static str {
        "threads"
    }

    fn info(&self, _: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "OS threads".into(),
            class: Class::MultiThread,
            configuration: "std::thread::spawn for every task, default stack size".into(),
            packages: packages(&[]),
            notes: vec![
                "Each task is a thread, and the kernel schedules threads on all cores; there are \
                 no workers."
                    .into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::ThreadPerTask
    }

    fn settings(&self) -> Vec<Setting> {
        vec![Setting::stack_size()]
    }

    fn refuses(&self, _: &dyn DynWorkload, point: &Point, _: &Requirements) -> Option<String> {
        let reason = "Each task is an OS thread: the number of workers cannot be set.";
        point.workers().map(|_| reason.to_owned())
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        on_threads(&|_| io::Result::Ok(OsThreads), workload, setup)
    }
}

/// There is nothing to build.
struct OsThreads;

impl ThreadRuntime for OsThreads {
    type Task<T: Send + 'static> = JoinHandle<T>;
    type ShutdownRuntime = Kept;

    fn new_instance(_: usize) -> io::Result<Kept> {
        Ok(Kept(Vec::new()))
    }

    fn run<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(&self, root: F) -> T {
        Self::join(Self::spawn(root))
    }

    fn spawn<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(job: F) -> JoinHandle<T> {
        thread::spawn(job)
    }

    fn outcome<T: Send + 'static>(thread: JoinHandle<T>) -> thread::Result<T> {
        thread.join()
    }
}

/// Threads that are joined at the end.
struct Kept(Vec<JoinHandle<()>>);

impl ShutdownThreads for Kept {
    fn spawn(&mut self, task: impl FnOnce() + Send + 'static) {
        self.0.push(thread::spawn(task));
    }

    fn shut_down(self) {
        for thread in self.0 {
            // A panic of a task has been printed where it happened.
            let _ = thread.join();
        }
    }
}

//! A custom runner: one OS thread per task, like `threads`, with a small stack.

use std::io;
use std::thread::{self, Builder, JoinHandle};

use runtime_bench::api::instance::{Instance, on_threads};
use runtime_bench::api::runner::{Runner, packages};
use runtime_bench::api::runtime::{Family, ShutdownThreads, ThreadRuntime};
use runtime_bench::api::workload::{Failure, Setup, Workload};
use runtime_bench::results::catalog::{Class, RunnerInfo};

/// Size of a stack in bytes; the default is 2 MiB.
const STACK: usize = 128 << 10;

#[derive(Clone, Copy)]
pub struct SmallStacks;

impl Runner for SmallStacks {
    fn name(&self) -> &'static str {
        "small-stacks"
    }

    fn info(&self, _workers: usize, _pool_threads: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "OS threads with small stacks".into(),
            class: Class::MultiThread,
            configuration: "std::thread::Builder for every task, 128 KiB of stack".into(),
            packages: packages(&[]),
            notes: Vec::new(),
        }
    }

    fn family(&self) -> Family {
        Family::ThreadPerTask
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        on_threads(&|_| io::Result::Ok(Stacks(Vec::new())), workload, setup)
    }
}

/// Threads that are joined at the end.
struct Stacks(Vec<JoinHandle<()>>);

fn spawn<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    Builder::new().stack_size(STACK).spawn(job).expect("the system starts a thread")
}

impl ThreadRuntime for Stacks {
    type Task<T: Send + 'static> = JoinHandle<T>;
    type ShutdownRuntime = Self;

    fn new_instance(_workers: usize) -> io::Result<Self> {
        Ok(Self(Vec::new()))
    }

    fn run<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(&self, root: F) -> T {
        Self::join(spawn(root))
    }

    fn spawn<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(job: F) -> JoinHandle<T> {
        spawn(job)
    }

    fn outcome<T: Send + 'static>(task: JoinHandle<T>) -> thread::Result<T> {
        task.join()
    }
}

impl ShutdownThreads for Stacks {
    fn spawn(&mut self, task: impl FnOnce() + Send + 'static) {
        self.0.push(spawn(task));
    }

    fn shut_down(self) {
        for thread in self.0 {
            // A panic of a task has been printed where it happened.
            let _ = thread.join();
        }
    }
}

//! `thread-pool`: a fixed number of OS threads with one queue.
//!
//! Joining a task runs it at once if no thread has taken it yet. Otherwise the joiner runs other jobs
//! from the queue until the task is done, so a recursion cannot starve the pool.

use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, RecvError, Sender, bounded, select, unbounded};
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_threads};
use runtime_bench_api::runtime::{Family, ShutdownThreads, ThreadRuntime};
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;

use runtime_bench_api::runner::{Runner, Setting, packages};

/// A pool of OS threads.
#[derive(Clone, Copy, Debug)]
pub struct ThreadPool;

impl Runner for ThreadPool {
    fn name(&self) -> &'static str {
        "thread-pool"
    }

    fn info(&self, workers: usize, pool_threads: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "OS thread pool".into(),
            class: Class::MultiThread,
            configuration: format!(
                "{pool_threads} threads if tasks block, {workers} if they compute; one shared queue"
            ),
            packages: packages(&[]),
            notes: vec![
                "A waiting task holds a thread, so the size of the pool limits how many tasks can wait."
                    .into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::ThreadPool
    }

    fn settings(&self) -> Vec<Setting> {
        vec![Setting::stack_size()]
    }

    fn refuses(
        &self,
        workload: &dyn DynWorkload,
        point: &Point,
        _: &Requirements,
    ) -> Option<String> {
        let reason = "Where tasks wait, --pool-threads sets the number of threads, not workers.";
        (workload.tasks_block() && point.workers().is_some()).then(|| reason.to_owned())
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        let blocks = workload.tasks_block();
        let threads = |setup: &Setup| if blocks { setup.pool_threads } else { setup.workers };
        on_threads(&|setup| Pool::start(threads(setup)), workload, setup)
    }
}

type Job = Box<dyn FnOnce() + Send>;
/// The `thread::Result` of a job with its type erased, so that the channel is compiled once.
type Outcome = Box<dyn Any + Send>;

/// The pool's queue; each of its threads holds a copy.
#[derive(Clone)]
struct Pool {
    sender: Sender<Job>,
    jobs: Receiver<Job>,
}

thread_local! {
    static CURRENT: RefCell<Option<Pool>> = const { RefCell::new(None) };
}

impl Pool {
    fn start(threads: usize) -> io::Result<Self> {
        let (sender, jobs) = unbounded::<Job>();
        let pool = Self { sender, jobs };
        for number in 0..threads {
            let pool = pool.clone();
            thread::Builder::new().name(format!("pool-{number}")).spawn(move || {
                let jobs = pool.jobs.clone();
                CURRENT.set(Some(pool));
                for job in jobs {
                    job();
                }
            })?;
        }
        Ok(pool)
    }

    /// Queues a job for a thread of the pool or the joiner, whichever comes first.
    fn submit<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(&self, job: F) -> Task<T> {
        let (finished, result) = bounded::<Outcome>(1);
        let run: Job = Box::new(move || {
            let outcome: thread::Result<T> = catch_unwind(AssertUnwindSafe(job));
            // The result of a dropped task has no receiver.
            let _ = finished.send(Box::new(outcome));
        });
        let claim = Arc::new(Mutex::new(Some(run)));
        let queued = Arc::clone(&claim);
        // The receiver lives as long as the pool, so the queue is never closed.
        let _ = self.sender.send(Box::new(move || take_and_run(&queued)));
        Task { claim, result, output: PhantomData }
    }
}

fn take_and_run(claim: &Mutex<Option<Job>>) {
    let job = claim.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(job) = job {
        job();
    }
}

impl ThreadRuntime for Pool {
    type Task<T: Send + 'static> = Task<T>;
    type ShutdownRuntime = Second;

    fn new_instance(pool_threads: usize) -> io::Result<Second> {
        Second::start(pool_threads)
    }

    fn run<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(&self, root: F) -> T {
        // The caller is outside the pool and only waits, so that no extra thread runs jobs.
        received(self.submit(root).result.recv()).unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn spawn<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(job: F) -> Task<T> {
        CURRENT.with_borrow(|pool| {
            pool.as_ref().expect("tasks are spawned from inside the pool").submit(job)
        })
    }

    fn outcome<T: Send + 'static>(task: Task<T>) -> thread::Result<T> {
        take_and_run(&task.claim);
        let jobs = CURRENT.with_borrow(|pool| pool.as_ref().map(|pool| pool.jobs.clone()));
        let jobs = jobs.expect("tasks are joined from inside the pool");
        loop {
            select! {
                recv(task.result) -> result => return received(result),
                recv(jobs) -> job => if let Ok(job) = job {
                    job();
                },
            }
        }
    }
}

/// A queued, running or finished job.
struct Task<T> {
    claim: Arc<Mutex<Option<Job>>>,
    result: Receiver<Outcome>,
    output: PhantomData<fn() -> T>,
}

/// A job always sends an outcome of its own type; a lost one counts as a panic.
fn received<T: 'static>(outcome: Result<Outcome, RecvError>) -> thread::Result<T> {
    match outcome.map(Outcome::downcast::<thread::Result<T>>) {
        Ok(Ok(outcome)) => *outcome,
        Ok(Err(other)) => Err(other),
        Err(lost) => Err(Box::new(lost)),
    }
}

/// A second pool. Its threads exit when its queue is closed and empty.
struct Second {
    queue: Sender<Job>,
    threads: Vec<JoinHandle<()>>,
}

impl Second {
    fn start(threads: usize) -> io::Result<Self> {
        let (queue, jobs) = unbounded::<Job>();
        let start = |number| {
            let jobs = jobs.clone();
            let work = move || jobs.into_iter().for_each(|job| job());
            thread::Builder::new().name(format!("second-{number}")).spawn(work)
        };
        Ok(Self { queue, threads: (0..threads).map(start).collect::<io::Result<_>>()? })
    }
}

impl ShutdownThreads for Second {
    fn spawn(&mut self, task: impl FnOnce() + Send + 'static) {
        // Its threads take jobs until the queue is closed.
        let _ = self.queue.send(Box::new(task));
    }

    fn shut_down(self) {
        drop(self.queue);
        for thread in self.threads {
            // A panic in a job has already been printed.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fib(n: u64) -> u64 {
        if n < 2 {
            return n;
        }
        let left = Pool::spawn(move || fib(n - 1));
        fib(n - 2) + Pool::join(left)
    }

    #[cfg(feature = "catalog")]
    #[test]
    fn short_connections_are_served() {
        runtime_bench_workloads::check::connections_on_threads(&Pool::start(8).unwrap());
    }

    #[test]
    fn recursion_does_not_starve_a_pool_of_any_size() {
        for threads in [1, 2, 5] {
            let pool = Pool::start(threads).unwrap();
            assert_eq!(pool.run(|| fib(15)), 610);
        }
    }

    #[test]
    fn panic_reaches_the_joiner_and_the_pool_survives() {
        let pool = Pool::start(1).unwrap();
        let panicked = catch_unwind(AssertUnwindSafe(|| pool.run(|| panic!("on purpose"))));
        assert!(panicked.is_err());
        assert_eq!(pool.run(|| 7), 7);
    }
}

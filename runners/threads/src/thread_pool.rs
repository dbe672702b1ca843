//! `thread-pool`: a fixed number of OS threads and one queue.
//!
//! Joining a task runs it on the spot when no thread has taken it yet, and otherwise runs other
//! jobs of the queue until it is done, so that a recursion cannot starve the pool.

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
use runtime_bench_results::catalogue::{Class, RunnerInfo};
use runtime_bench_results::key::Point;

use runtime_bench_api::runner::{Runner, packages};

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
            title: "Pool of OS threads".into(),
            class: Class::MultiThread,
            configuration: format!(
                "{pool_threads} threads where tasks block, {workers} where they compute; one \
                 shared queue"
            ),
            packages: packages(&[]),
            notes: vec![
                "A task that waits occupies a thread of the pool, so the pool limits how many can \
                 wait at once."
                    .into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::ThreadPool
    }

    fn refuses(
        &self,
        workload: &dyn DynWorkload,
        point: &Point,
        _: &Requirements,
    ) -> Option<String> {
        let reason =
            "where tasks wait, its threads are as many as --pool-threads says, not workers";
        (workload.tasks_block() && point.workers().is_some()).then(|| reason.to_owned())
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        let threads = if workload.tasks_block() { setup.pool_threads } else { setup.workers };
        on_threads(&|| Pool::start(threads), workload, setup)
    }
}

type Job = Box<dyn FnOnce() + Send>;
/// The `thread::Result` of a job, without its type: a channel of each type would be most of this crate's code.
type Outcome = Box<dyn Any + Send>;

/// The pool's queue; each of its threads knows it.
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

    /// Queues a job that whoever comes first, a thread of the pool or the joiner, takes.
    fn submit<T, F>(&self, job: F) -> Task<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
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
    type ShutdownRuntime = Beside;

    fn new_instance(pool_threads: usize) -> io::Result<Beside> {
        Beside::start(pool_threads)
    }

    fn run<T, F>(&self, root: F) -> T
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        // From outside the pool: wait only, so that no thread more than its own works.
        received(self.submit(root).result.recv()).unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn spawn<T, F>(job: F) -> Task<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
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

/// A job always sends its outcome, of its own type; a lost one would be a panic like any other.
fn received<T: 'static>(outcome: Result<Outcome, RecvError>) -> thread::Result<T> {
    match outcome.map(Outcome::downcast::<thread::Result<T>>) {
        Ok(Ok(outcome)) => *outcome,
        Ok(Err(other)) => Err(other),
        Err(lost) => Err(Box::new(lost)),
    }
}

/// A pool beside the one that runs: its threads end when its queue is closed and empty.
struct Beside {
    queue: Sender<Job>,
    threads: Vec<JoinHandle<()>>,
}

impl Beside {
    fn start(threads: usize) -> io::Result<Self> {
        let (queue, jobs) = unbounded::<Job>();
        let start = |number| {
            let jobs = jobs.clone();
            let work = move || jobs.into_iter().for_each(|job| job());
            thread::Builder::new().name(format!("beside-{number}")).spawn(work)
        };
        Ok(Self { queue, threads: (0..threads).map(start).collect::<io::Result<_>>()? })
    }
}

impl ShutdownThreads for Beside {
    fn spawn(&mut self, task: impl FnOnce() + Send + 'static) {
        // Its threads take jobs until the queue is closed.
        let _ = self.queue.send(Box::new(task));
    }

    fn shut_down(self) {
        drop(self.queue);
        for thread in self.threads {
            // A panic of a job has been printed where it happened.
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

    #[test]
    fn a_recursion_does_not_starve_a_pool_of_any_size() {
        for threads in [1, 2, 5] {
            let pool = Pool::start(threads).unwrap();
            assert_eq!(pool.run(|| fib(15)), 610);
        }
    }

    #[test]
    fn a_panic_reaches_the_joiner_and_the_pool_goes_on() {
        let pool = Pool::start(1).unwrap();
        let panicked = catch_unwind(AssertUnwindSafe(|| pool.run(|| panic!("on purpose"))));
        assert!(panicked.is_err());
        assert_eq!(pool.run(|| 7), 7);
    }
}

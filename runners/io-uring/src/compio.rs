//! `compio`: a completion-based runtime on one thread, and `compio-per-core`: one of them per worker.

use std::future::Future;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{io, thread};

use async_channel::{Sender, unbounded};
use compio::BufResult;
use compio::io::{AsyncReadExt, AsyncWriteExt};
use compio::net::{TcpListener, TcpStream};
use compio::runtime::{self, JoinHandle, ResumeUnwind};
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_local};
use runtime_bench_api::runtime::{Buffer, Family, Lent, LocalRuntime};
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::setting::Settings;

use crate::{refusal, without_io_uring};
use runtime_bench_api::runner::{PER_CORE_NOTE, Runner, Setting, packages, servers_only};
use runtime_bench_api::runtime::map_future;

/// compio on `io_uring`.
#[derive(Clone, Copy, Debug)]
pub struct Compio;

impl Runner for Compio {
    fn name(&self) -> &'static str {
        "compio"
    }

    fn info(&self, _: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "compio".into(),
            class: Class::SingleThread,
            configuration: "one thread on io_uring, default settings".into(),
            packages: packages(&["compio", "compio-runtime", "compio-driver"]),
            notes: vec![
                "Always uses one thread; to use more cores, compio starts one runtime per core."
                    .into(),
                "Reads and writes take ownership of their buffer and return it.".into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn settings(&self) -> Vec<Setting> {
        settings()
    }

    fn refuses(
        &self,
        workload: &dyn DynWorkload,
        point: &Point,
        _: &Requirements,
    ) -> Option<String> {
        refusal(workload, point).or_else(unavailable)
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        let build = |setup: &Setup| build(&setup.settings).map(Runtime::<Alone>::new);
        on_local(&build, workload, Setup { workers: 1, ..setup })
    }
}

/// compio on `io_uring`, one runtime per worker; they share only a port.
#[derive(Clone, Copy, Debug)]
pub struct PerCore;

impl Runner for PerCore {
    fn name(&self) -> &'static str {
        "compio-per-core"
    }

    fn info(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "compio, one runtime per core".into(),
            class: Class::MultiThread,
            configuration: format!(
                "{workers} runtimes on io_uring, each on its own thread with a socket on the same port \
                 (SO_REUSEPORT)"
            ),
            packages: packages(&["compio", "compio-runtime", "compio-driver"]),
            notes: vec![PER_CORE_NOTE.into()],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn settings(&self) -> Vec<Setting> {
        settings()
    }

    fn refuses(
        &self,
        workload: &dyn DynWorkload,
        point: &Point,
        _: &Requirements,
    ) -> Option<String> {
        let local = || workload.supports_local(point).err().map(|reason| reason.to_string());
        servers_only(workload).or_else(local).or_else(unavailable)
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        // Avoids compiling code for workloads that are always rejected.
        if !W::SERVES {
            return Err(Failure::no_session());
        }
        on_local(&divided, workload, setup)
    }
}

/// Why there is no `io_uring`; `None` if there is.
fn unavailable() -> Option<String> {
    static PROBED: OnceLock<Option<String>> = OnceLock::new();
    PROBED.get_or_init(|| without_io_uring(runtime::Runtime::new())).clone()
}

const EVENT_INTERVAL: &str = "event-interval";

fn settings() -> Vec<Setting> {
    let about = "task polls between checks for completions";
    vec![Setting::new(EVENT_INTERVAL, about, 1..=1_000_000, "61")]
}

fn build(settings: &Settings) -> io::Result<runtime::Runtime> {
    let mut builder = runtime::Runtime::builder();
    if let Some(polls) = settings.get(EVENT_INTERVAL).and_then(|polls| usize::try_from(polls).ok())
    {
        builder.event_interval(polls);
    }
    builder.build()
}

/// Starts a task on another runtime.
type Job = Box<dyn FnOnce() + Send>;

/// The runtimes other than the first. A static, because a process holds one instance.
static OTHERS: OnceLock<Vec<Sender<Job>>> = OnceLock::new();

/// Starts the other runtimes and returns the first.
fn divided(Setup { workers, settings, .. }: &Setup) -> io::Result<Runtime<Divided>> {
    let mut others = Vec::new();
    for worker in 1..*workers {
        let (sender, jobs) = unbounded::<Job>();
        let settings = settings.clone();
        others.push(sender);
        thread::Builder::new().name(format!("compio-{worker}")).spawn(move || {
            // A kernel that has built the first runtime builds this one, or the clients are not served.
            let Ok(runtime) = build(&settings) else { return };
            runtime.block_on(async {
                while let Ok(job) = jobs.recv().await {
                    job();
                }
            });
        })?;
    }
    // Only tests build a second instance in one process.
    let _ = OTHERS.set(others);
    build(settings).map(Runtime::new)
}

/// The operations in which compio's forms differ.
trait Form: 'static {
    /// As [`LocalRuntime::acceptors`].
    fn acceptors() -> usize {
        1
    }

    /// Starts a task on runtime `number`.
    fn start(_: usize, job: Job) {
        job();
    }
}

/// There is one runtime.
struct Alone;

impl Form for Alone {}

/// Tasks stay on the runtime that they were spawned on.
struct Divided;

impl Form for Divided {
    fn acceptors() -> usize {
        1 + OTHERS.get().map_or(0, Vec::len)
    }

    fn start(number: usize, job: Job) {
        let other = OTHERS.get().and_then(|others| others.get(number.checked_sub(1)?));
        match other {
            // Its thread runs until the process ends.
            Some(runtime) => drop(runtime.try_send(job)),
            None => job(),
        }
    }
}

/// A running compio in one of its forms.
struct Runtime<F>(runtime::Runtime, PhantomData<F>);

impl<F> Runtime<F> {
    fn new(runtime: runtime::Runtime) -> Self {
        Self(runtime, PhantomData)
    }
}

impl<O: Form> LocalRuntime for Runtime<O> {
    type Task<T: 'static> = Task<T>;
    type Tcp = TcpStream;
    type Listener = TcpListener;

    fn run<F: Future<Output: 'static> + 'static>(&self, root: F) -> F::Output {
        self.0.block_on(Task(self.0.spawn(root)))
    }

    fn run_on_caller<F: Future<Output: 'static> + 'static>(&self, root: F) -> F::Output {
        self.0.block_on(root)
    }

    fn spawn<F: Future<Output: 'static> + 'static>(future: F) -> Task<F::Output> {
        Task(runtime::spawn(future))
    }

    fn detach<T: 'static>(task: Task<T>) {
        task.0.detach();
    }

    fn acceptors() -> usize {
        O::acceptors()
    }

    fn spawn_acceptor<F>(number: usize, start: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        O::start(number, Box::new(move || runtime::spawn(start()).detach()));
    }

    fn yield_now() -> impl Future<Output = ()> {
        futures_lite::future::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> {
        compio::time::sleep(duration)
    }

    fn listener(socket: std::net::TcpListener) -> io::Result<TcpListener> {
        TcpListener::from_std(socket)
    }

    fn accept(listener: &TcpListener) -> impl Future<Output = io::Result<TcpStream>> {
        map_future(listener.accept(), |accepted| accepted.map(|(stream, _)| stream))
    }

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> {
        TcpStream::connect(address)
    }

    fn tcp(stream: std::net::TcpStream) -> io::Result<TcpStream> {
        TcpStream::from_std(stream)
    }

    fn read_exact(stream: &mut TcpStream, buffer: Buffer) -> impl Future<Output = Lent> {
        map_future(AsyncReadExt::read_exact(stream, buffer), |BufResult(read, buffer)| {
            (read, buffer)
        })
    }

    fn write_all(stream: &mut TcpStream, buffer: Buffer) -> impl Future<Output = Lent> {
        map_future(AsyncWriteExt::write_all(stream, buffer), |BufResult(sent, buffer)| {
            (sent, buffer)
        })
    }
}

/// A join handle that propagates the panic of its task.
struct Task<T>(JoinHandle<T>);

impl<T> Future for Task<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|joined| joined.resume_unwind().expect("no awaited task is canceled"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn implements_the_local_runtime_operations() {
        match runtime::Runtime::new() {
            Ok(built) => crate::tests::check(&Runtime::<Alone>::new(built)),
            Err(error) => eprintln!("skipped: no io_uring: {error}"),
        }
    }
}

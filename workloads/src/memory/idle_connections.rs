//! `idle-connections`: the memory of a connection that waits for its first byte.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ends::{Ends, ready};
use super::pending::count_when_pending;
use super::resident::resident_memory;
use runtime_bench_api::load::{self, Drive, Report};
use runtime_bench_api::loopback::hand_over;
use runtime_bench_api::prelude::*;
use runtime_bench_api::tls;

/// Above this, one OS thread per connection is no longer realistic.
const MOST_THREADS: usize = 4_000;
/// How often the root checks whether all tasks wait.
const LOOK: Duration = Duration::from_millis(1);
/// Bytes of a message.
const SIZE: usize = 8;
/// Upper estimate of the memory of a connection, including kernel buffers.
const CONNECTION_ESTIMATE: u64 = 16 * 1_024;
/// The same with one thread per connection.
const THREAD_ESTIMATE: u64 = 64 * 1_024;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct IdleConnections;

/// Resident memory with half and with all of the connections waiting, and how they woke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Held {
    answered: usize,
    with_half: u64,
    with_all: u64,
    /// Time from the first byte sent to the last reply.
    #[serde(rename = "wake_ns", with = "runtime_bench_api::external::nanoseconds")]
    wake: Duration,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    /// Half of the connections.
    half: usize,
    tls: bool,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let half = point.count_in("connections", 2..=1_000_000)? / 2;
        Ok(Self { half, tls: tls::requested(point)? })
    }
}

impl Workload for IdleConnections {
    type Params = Params;
    type Output = Held;
    const METRICS: &'static [&'static MetricDef] = &[&metric::CONNECTION_MEMORY, &metric::WAKE];

    const OPTIONS: &'static [(&'static str, &'static str)] = &[tls::OPTION];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "idle-connections".into(),
            title: "Memory per idle connection".into(),
            kind: Kind::Memory,
            model: "A server holds connections, each with a task that waits for its first byte: \
                    first half of the connections, then all. Memory per connection is the growth \
                    in resident memory divided by the number of connections added. At the end, \
                    each connection echoes a message of eight bytes. The clients run in another \
                    process."
                .into(),
            check: "All tasks wait when memory is read, and every connection echoes its message."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Startup,
            notes: vec![
                "This is the runtime's share: the task, its join handle and the socket's entry in \
                 the reactor. Resident memory excludes kernel buffers. The task has a buffer of \
                 eight bytes; the buffers of a real server add to this."
                    .into(),
                "The load generator provides the clients. It sends all messages and then reads \
                 the replies; `wake` is the time this takes divided by the number of connections."
                    .into(),
                "OS threads run up to 4 000 connections.".into(),
                "With `tls=on`, each task completes its handshake before it waits, so that \
                 memory per connection includes the session and the buffers of rustls."
                    .into(),
                tls::NOTE.into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let connections = |count: u64| Point::new().with("connections", count, "");
        match set {
            PointSet::Smoke => tls::also(vec![connections(4)]),
            PointSet::Quick => vec![connections(200)],
            PointSet::Full => {
                let others = [5_000, 9_900, 19_900].map(connections).to_vec();
                [tls::also(vec![connections(1_000)]), others].concat()
            }
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        load::fits()?;
        let connections = 2 * params.half;
        let estimate = match family {
            Family::Async => CONNECTION_ESTIMATE,
            Family::ThreadPerTask => THREAD_ESTIMATE,
            Family::ThreadPool | Family::DataParallel => {
                return Err(Unsupported::Family(
                    "Each waiting connection would hold a thread, and the pool has far fewer threads."
                        .to_owned(),
                ));
            }
        };
        most_threads(family, connections, MOST_THREADS)?;
        Ok(Requirements {
            tasks: connections,
            files: connections,
            memory: connections as u64 * (estimate + tls::memory(params.tls)),
            ..Requirements::default()
        })
    }

    fn phases(&self) -> &'static [Phase] {
        &[Phase::Startup]
    }

    fn verify(&self, trial: &Trial<Params>, held: &Held) -> Result<(), String> {
        let half = trial.params.half;
        // At the small size of a verification, the second half may fit into existing pages.
        let Held { answered, with_half, with_all, .. } = *held;
        if answered != 2 * half {
            Err(format!("expected {} echoes, received {answered}", 2 * half))
        } else if with_all <= with_half && half >= 500 {
            Err(format!("memory went from {with_half} to {with_all} B when connections doubled"))
        } else {
            Ok(())
        }
    }

    fn describe(&self, held: &Held) -> String {
        format!("{} answered", held.answered)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Held>) -> Vec<Metric> {
        let half = trial.params.half as f64;
        let growth = |held: &Held| held.with_all as f64 - held.with_half as f64;
        let wake_ns = block.mean(|held| held.wake.as_nanos() as f64);
        vec![
            Metric::of(&metric::CONNECTION_MEMORY, block.mean(growth) / half),
            Metric::of(&metric::WAKE, wake_ns / (2.0 * half)),
        ]
    }

    fn supports_external(&self, params: &Params) -> Result<(), Unsupported> {
        tls::supports_external(params.tls)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Held>, Failure> {
        let mut ends = Some(Ends::connect(&setup, 2 * params.half, SIZE, params.tls)?);
        Ok(repeat_async(move || {
            let ends = ends.take().ok_or_else(only_once);
            async move {
                let ends = ends?;
                #[cfg(feature = "tls")]
                if let Some(server) = ends.tls.clone() {
                    let answer = |stream, waiting| answer_tls::<R>(server.clone(), stream, waiting);
                    return hold_async::<R, _, _>(ends, answer).await;
                }
                hold_async::<R, _, _>(ends, answer_async::<R>).await
            }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Held>, Failure> {
        let mut ends = Some(Ends::connect(&setup, 2 * params.half, SIZE, params.tls)?);
        Ok(repeat(move || {
            let ends = ends.take().ok_or_else(only_once)?;
            #[cfg(feature = "tls")]
            if let Some(server) = ends.tls.clone() {
                return hold::<T, _>(ends, move |stream, waiting| {
                    answer(server.accept_blocking(stream), waiting)
                });
            }
            hold::<T, _>(ends, |stream, waiting| answer(Ok(stream), waiting))
        }))
    }
}

/// The allocator keeps freed memory, so a second reading would be meaningless.
fn only_once() -> Failure {
    Failure::Request("memory can be read only once per instance".to_owned())
}

/// One message on each connection.
const ASK: Drive = Drive::Closed { messages: 1 };

impl Held {
    fn of(asked: &Report, [with_half, with_all]: [u64; 2]) -> Self {
        let answered = (asked.answered - asked.wrong) as usize;
        Self { answered, with_half, with_all, wake: Duration::from_nanos(asked.wall_ns) }
    }
}

/// Reads memory while half and all of the tasks wait; `answer` returns the ends that must stay open until the
/// clients have read.
async fn hold_async<R: AsyncRuntime, F, S>(
    ends: Ends,
    answer: impl Fn(R::Tcp, Arc<AtomicUsize>) -> F,
) -> Result<Held, Failure>
where
    F: Future<Output = io::Result<S>> + Send + 'static,
    S: Send + 'static,
{
    let half = ends.servers.len() / 2;
    let waiting = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::with_capacity(2 * half);
    let mut servers = ends.servers.into_iter();
    let mut resident = [0; 2];
    for resident in &mut resident {
        for server in servers.by_ref().take(half) {
            let (server, waiting) = (hand_over::<R>(server)?, Arc::clone(&waiting));
            tasks.push(R::spawn(answer(server, waiting)));
        }
        while waiting.load(Ordering::Acquire) < tasks.len() {
            R::sleep(LOOK).await;
        }
        *resident = resident_memory().map_err(Failure::io("reading resident memory"))?;
    }
    let clients = ready(ends.clients)?;
    let asking = R::spawn(async move { clients.ask(ASK).await });
    // Closing a stream resets its connection, so all are kept until the clients have read.
    let mut answered = Vec::with_capacity(2 * half);
    for task in tasks {
        answered.push(task.await.map_err(Failure::io("answering"))?);
    }
    Ok(Held::of(&asking.await?, resident))
}

fn hold<T: ThreadRuntime, S: Send + 'static>(
    ends: Ends,
    answer: impl Fn(TcpStream, &AtomicUsize) -> io::Result<S> + Clone + Send + 'static,
) -> Result<Held, Failure> {
    let half = ends.servers.len() / 2;
    let waiting = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::with_capacity(2 * half);
    let mut servers = ends.servers.into_iter();
    let mut resident = [0; 2];
    for resident in &mut resident {
        for server in servers.by_ref().take(half) {
            let (waiting, answer) = (Arc::clone(&waiting), answer.clone());
            tasks.push(T::spawn(move || answer(server, &waiting)));
        }
        while waiting.load(Ordering::Acquire) < tasks.len() {
            thread::sleep(LOOK);
        }
        *resident = resident_memory().map_err(Failure::io("reading resident memory"))?;
    }
    let asked = ready(ends.clients)?.ask_blocking(ASK)?;
    for task in tasks {
        T::join(task).map_err(Failure::io("answering"))?;
    }
    Ok(Held::of(&asked, resident))
}

/// Waits for a message, sends it back, and returns the stream.
async fn answer_async<R: AsyncRuntime>(
    mut stream: R::Tcp,
    waiting: Arc<AtomicUsize>,
) -> io::Result<R::Tcp> {
    let mut message = [0; SIZE];
    count_when_pending(R::read_exact(&mut stream, &mut message), &waiting).await?;
    R::write_all(&mut stream, &message).await?;
    Ok(stream)
}

/// The same over TLS. A handshake that fails counts as well, so that the root does not wait for it.
#[cfg(feature = "tls")]
async fn answer_tls<R: AsyncRuntime>(
    server: tls::Server,
    stream: R::Tcp,
    waiting: Arc<AtomicUsize>,
) -> io::Result<tls::Stream<R::Hyper>> {
    let accepted = server.accept(R::hyper(stream)).await;
    if accepted.is_err() {
        waiting.fetch_add(1, Ordering::Release);
    }
    let mut stream = accepted?;
    let mut message = [0; SIZE];
    count_when_pending(stream.read_exact(&mut message), &waiting).await?;
    stream.write_all(&message).await?;
    Ok(stream)
}

/// The same on a thread, unless its handshake has failed.
fn answer<S: Read + Write>(accepted: io::Result<S>, waiting: &AtomicUsize) -> io::Result<S> {
    let mut message = [0; SIZE];
    waiting.fetch_add(1, Ordering::Release);
    let mut stream = accepted?;
    stream.read_exact(&mut message)?;
    stream.write_all(&message)?;
    Ok(stream)
}

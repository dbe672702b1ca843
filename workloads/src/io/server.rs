//! What workloads share that are servers, loaded from another process.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use runtime_bench_results::histogram::{self, Histogram};
use runtime_bench_results::trial::{Metric, metric};

use super::loopback::waits_for_sockets;
use crate::instance::{AsyncSession, Session};
use crate::load::{self, Clients, Drive, Report, Talk};
use crate::runtime::{AsyncRuntime, Family, Foreign, ThreadRuntime};
use crate::workload::{Failure, Needs, Setup, Timed, Unfit};

/// Buffers of a connection, both ends, and a task's own memory.
const CONNECTION_ESTIMATE: u64 = 16 * 1_024;
/// Tasks besides those of the connections: who accepts, and who waits for the clients.
const OTHER_TASKS: usize = 2;

/// A server that was refused a connection tries again after this: one that comes from outside may have
/// gone away, or have met the limit of open files.
const AFTER_REFUSAL: Duration = Duration::from_millis(10);

const LISTENER: &str = "preparing a listener";

/// How a server is loaded.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) connections: usize,
    pub(super) talk: Talk,
    /// The first drive of an instance.
    pub(super) warm_up: Drive,
    /// Every further one.
    pub(super) drive: Drive,
}

impl Shape {
    /// The drive of the next iteration.
    pub(super) fn next(&mut self) -> Drive {
        std::mem::replace(&mut self.warm_up, self.drive)
    }
}

/// What a server of so many connections needs.
///
/// # Errors
/// Where nothing can wait for a socket, and where the generator does not run.
pub(super) fn needs(shape: &Shape, family: Family) -> Result<Needs, Unfit> {
    load::fits()?;
    waits_for_sockets(family)?;
    let tasks = shape.connections + OTHER_TASKS;
    Ok(Needs {
        tasks,
        blocking: tasks,
        files: shape.connections,
        memory: tasks as u64 * CONNECTION_ESTIMATE,
        ..Needs::default()
    })
}

/// Checks that every message was answered rightly, and that the generator's own figures agree.
///
/// # Errors
/// What was expected and what came.
pub(super) fn verify(report: &Report) -> Result<(), String> {
    let Report { sent, answered, wrong, .. } = *report;
    if sent == 0 || answered != sent || wrong > 0 {
        return Err(format!(
            "of {sent} messages {answered} were answered, {wrong} of them wrongly"
        ));
    }
    // Little's law (Operations Research 9, 1961): both sides are counted separately. A message that is
    // late is not yet in flight, although its latency has begun.
    let per_ns = answered as f64 / report.wall_ns.max(1) as f64;
    let expected = per_ns * (report.mean_ns - report.late_mean_ns);
    // Latency and lateness come from histograms of three digits.
    let tolerance = 0.1 * expected.abs() + 0.002 * per_ns * report.mean_ns + 0.1;
    if (report.in_flight - expected).abs() <= tolerance {
        Ok(())
    } else {
        Err(format!(
            "{} messages were in flight on average, where throughput × mean time under way is {expected}",
            report.in_flight
        ))
    }
}

/// What the generator counted, and what it cost; `what` is one of what it sent, such as `request`.
pub(super) fn metrics(block: &Timed<Report>, what: &str) -> Vec<Metric> {
    let sum = |of: fn(&Report) -> u64| block.answers.iter().map(of).sum::<u64>() as f64;
    let (answered, wall) = (sum(|report| report.answered), sum(|report| report.wall_ns).max(1.0));
    let cpu_ns = block.timing.usage.cpu.as_nanos() as f64;
    vec![
        Metric::higher("rate", &format!("{what}s/s"), answered / wall * 1e9),
        Metric::lower(&format!("cpu-per-{what}"), "ns", cpu_ns / answered),
        Metric::context("in-flight", "", block.mean(|report| report.in_flight)),
        Metric::context(metric::CLIENT_CPU, "cores", sum(|report| report.cpu_ns) / wall),
        Metric::context(metric::CLIENT_LATE, "ns", block.mean(|report| report.late_p99_ns as f64)),
    ]
}

/// The percentiles that a block supports.
pub(super) fn percentiles(
    block: &Timed<Report>,
    metric: fn(&str, &str, f64) -> Metric,
) -> Vec<Metric> {
    let Some(latencies) = merged(block) else { return Vec::new() };
    let supported = |share: f64| {
        let fewest = runtime_bench_results::stats::fewest_samples(share);
        fewest.is_some_and(|fewest| latencies.len() >= fewest)
    };
    let percentiles = [("p50", 0.5), ("p90", 0.9), (metric::P99, 0.99), ("p99.9", 0.999)];
    let mut metrics: Vec<Metric> = percentiles
        .into_iter()
        .filter(|(_, share)| supported(*share))
        .map(|(name, share)| metric(name, "ns", latencies.value_at_quantile(share) as f64))
        .collect();
    metrics.push(Metric::context("max", "ns", latencies.max() as f64));
    metrics
}

/// All latencies of a block, encoded again.
pub(super) fn histogram(block: &Timed<Report>) -> Option<String> {
    if let [only] = block.answers.as_slice() {
        return Some(only.histogram.clone());
    }
    histogram::encode(&merged(block)?).ok()
}

fn merged(block: &Timed<Report>) -> Option<Histogram<u64>> {
    let mut all: Option<Histogram<u64>> = None;
    for report in &block.answers {
        let one = histogram::decode(&report.histogram).ok()?;
        match &mut all {
            Some(all) => all.add(one).ok()?,
            None => all = Some(one),
        }
    }
    all
}

/// A server on the runtime, and its clients.
pub(super) struct Served(Clients);

impl Served {
    /// Listens, serves each connection with a task of its own, and starts the clients.
    ///
    /// # Errors
    /// When the server cannot listen or the clients cannot be started.
    pub(super) async fn on_async<R, F, H>(
        setup: &Setup,
        shape: &Shape,
        handle: H,
    ) -> Result<Self, Failure>
    where
        R: AsyncRuntime,
        F: Future<Output = ()> + Send + 'static,
        H: Fn(R::Tcp) -> F + Clone + Send + 'static,
    {
        let sockets = setup.traffic.listen(R::acceptors())?;
        let address = address(&sockets)?;
        for (number, socket) in sockets.into_iter().enumerate() {
            socket.set_nonblocking(true).map_err(Failure::io(LISTENER))?;
            let handle = handle.clone();
            R::spawn_acceptor(number, async move {
                // Here, because it belongs to the runtime that this task runs on.
                let Ok(listener) = R::listener(socket) else { return };
                loop {
                    match R::accept(&listener).await {
                        Ok(stream) => R::detach(R::spawn(handle(stream))),
                        Err(_) => R::sleep(AFTER_REFUSAL).await,
                    }
                }
            });
        }
        // Not on this worker, which may be the one that accepts: more clients than the backlog holds
        // would wait for it for ever.
        let (setup, shape) = (setup.clone(), shape.clone());
        let start = Foreign::start(move |()| Self::with_clients(&setup, &shape, address));
        start.map_err(Failure::io("starting a thread"))?.ask(()).await
    }

    /// Listens, serves each connection on a thread, and starts the clients.
    ///
    /// # Errors
    /// When the server cannot listen or the clients cannot be started.
    pub(super) fn on_threads<T, H>(setup: &Setup, shape: &Shape, handle: H) -> Result<Self, Failure>
    where
        T: ThreadRuntime,
        H: Fn(TcpStream) + Clone + Send + 'static,
    {
        let mut sockets = setup.traffic.listen(1)?;
        let address = address(&sockets)?;
        let socket = sockets.swap_remove(0);
        // Tasks that are dropped go on alone.
        drop(T::spawn(move || {
            for stream in socket.incoming() {
                let Ok(stream) = stream else {
                    thread::sleep(AFTER_REFUSAL);
                    continue;
                };
                let handle = handle.clone();
                drop(T::spawn(move || handle(stream)));
            }
        }));
        Self::with_clients(setup, shape, address)
    }

    fn with_clients(setup: &Setup, shape: &Shape, address: SocketAddr) -> Result<Self, Failure> {
        load::clients(setup, address, shape.connections, shape.talk.clone()).map(Self)
    }

    /// Drives the clients, from a task.
    ///
    /// # Errors
    /// When the clients are gone.
    pub(super) async fn drive_async(&mut self, drive: Drive) -> Result<Report, Failure> {
        self.0.ask(drive).await
    }

    /// Drives the clients, on a thread.
    ///
    /// # Errors
    /// When the clients are gone.
    pub(super) fn drive(&mut self, drive: Drive) -> Result<Report, Failure> {
        self.0.ask_blocking(drive)
    }
}

fn address(sockets: &[TcpListener]) -> Result<SocketAddr, Failure> {
    let first = sockets.first().ok_or_else(|| Failure::Request("no socket to listen on".into()))?;
    first.local_addr().map_err(Failure::io(LISTENER))
}

/// A session that drives the clients once an iteration; the first time as a warm-up.
pub(super) struct Driven {
    served: Served,
    shape: Shape,
}

impl Driven {
    pub(super) fn new(served: Served, shape: Shape) -> Self {
        Self { served, shape }
    }
}

impl AsyncSession for Driven {
    type Answer = Report;

    async fn iterate(&mut self) -> Result<Report, Failure> {
        self.served.drive_async(self.shape.next()).await
    }
}

impl Session for Driven {
    type Answer = Report;

    fn iterate(&mut self) -> Result<Report, Failure> {
        self.served.drive(self.shape.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10 000 messages in a second, each 50 µs under way.
    fn report() -> Report {
        let (sent, answered, wall_ns) = (10_000, 10_000, 1_000_000_000);
        Report { sent, answered, wall_ns, mean_ns: 50e3, in_flight: 0.5, ..Report::default() }
    }

    #[test]
    fn a_generator_that_stood_still_is_no_wrong_answer() {
        verify(&report()).unwrap();
        // 95 messages had to wait for it, 5 ms on average, and p99 knows nothing of them.
        let late_mean_ns = 95.0 * 5e6 / 10e3;
        let late = Report { mean_ns: 50e3 + late_mean_ns, late_mean_ns, ..report() };
        verify(&late).unwrap();
    }

    #[test]
    fn what_does_not_agree_is_a_wrong_answer() {
        let wrong = |report: &Report| verify(report).is_err();
        assert!(wrong(&Report { in_flight: 0.8, ..report() }));
        assert!(wrong(&Report { mean_ns: 100e3, ..report() }));
        assert!(wrong(&Report { answered: 9_999, ..report() }));
        assert!(wrong(&Report { wrong: 1, ..report() }));
        assert!(wrong(&Report::default()), "nothing was sent");
    }
}

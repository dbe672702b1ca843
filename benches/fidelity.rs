//! Is the vocabulary free? Cells written by hand against tokio, measured in the same rounds as the
//! generic ones:
//!
//! ```text
//! cargo bench --bench fidelity -- 'spawn-join|tcp-echo' --runners tokio,tokio-by-hand
//! ```

use std::process::ExitCode;
use std::time::Duration;

use runtime_bench::registry::{Case, Registry};
use runtime_bench::results::catalogue::{Class, RunnerInfo};
use runtime_bench::results::key::Point;
use runtime_bench::results::trial::Metric;
use runtime_bench::workloads::clock::{Clock, Timing};
use runtime_bench::workloads::instance::{Instance, Sample};
use runtime_bench::workloads::io::loopback;
use runtime_bench::workloads::runtime::Family;
use runtime_bench::workloads::workload::{Failure, Needs, Setup, Unfit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    let registry = Registry::standard()
        .with_case("spawn-join", ByHand { start: spawn_join })
        .with_case("tcp-echo", ByHand { start: tcp_echo });
    runtime_bench::bench_main(&registry)
}

/// A cell that knows neither the vocabulary nor the generic clock loop.
struct ByHand {
    start: fn(&Setup, Runtime) -> Result<Box<dyn Instance>, Failure>,
}

impl Case for ByHand {
    fn runner(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            name: "tokio-by-hand".into(),
            title: "tokio, written by hand".into(),
            class: Class::MultiThread,
            configuration: format!("multi-thread scheduler, {workers} worker threads, enable_all"),
            packages: std::collections::BTreeMap::new(),
            notes: vec!["The same work without the generic vocabulary.".into()],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn tasks_block(&self) -> bool {
        false
    }

    fn needs(&self, point: &Point) -> Result<Needs, Unfit> {
        match &point.variant {
            None => Ok(Needs::default()),
            Some(variant) => Err(Unfit::Family(format!("{variant} is not written by hand"))),
        }
    }

    fn environment(&self, _: usize) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn start(&self, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        let runtime =
            Builder::new_multi_thread().worker_threads(setup.workers).enable_all().build();
        (self.start)(&setup, runtime.map_err(Failure::io("building the runtime"))?)
    }
}

/// What a block took and the metric that the workload headlines.
fn sample(iterations: u64, timing: Timing, metric: Metric, answer: String) -> Sample {
    Sample { iterations, timing, metrics: vec![metric], answer }
}

struct SpawnJoin {
    runtime: Runtime,
    tasks: u64,
    clock: &'static dyn Clock,
}

fn spawn_join(setup: &Setup, runtime: Runtime) -> Result<Box<dyn Instance>, Failure> {
    Ok(Box::new(SpawnJoin { runtime, tasks: setup.count("tasks")? as u64, clock: setup.clock }))
}

impl Instance for SpawnJoin {
    fn measure(&mut self, iterations: u64) -> Result<Sample, Failure> {
        let (tasks, clock) = (self.tasks, self.clock);
        let root = self.runtime.spawn(async move {
            let mut sums = Vec::with_capacity(iterations as usize);
            let mut shortest = Duration::MAX;
            let usage = clock.usage();
            let start = clock.now();
            let mut last = start;
            for _ in 0..iterations {
                let handles: Vec<_> =
                    (0..tasks).map(|number| tokio::spawn(async move { number })).collect();
                let mut sum = 0;
                for handle in handles {
                    sum += handle.await.expect("the task does not panic");
                }
                sums.push(sum);
                let now = clock.now();
                shortest = shortest.min(now - last);
                last = now;
            }
            (sums, Timing { wall: last - start, shortest, usage: clock.usage().since(usage) })
        });
        let (sums, timing) = self.runtime.block_on(root).expect("the root does not panic");
        let expected = tasks * tasks.saturating_sub(1) / 2;
        if sums.iter().any(|sum| *sum != expected) {
            return Err(Failure::WrongAnswer(format!("the tasks do not add up to {expected}")));
        }
        let each = timing.wall.as_nanos() as f64 / iterations as f64;
        let metric = Metric::lower("per-task", "ns", each / tasks as f64);
        Ok(sample(iterations, timing, metric, expected.to_string()))
    }

    fn build_time(&self) -> Duration {
        Duration::ZERO
    }
}

struct TcpEcho {
    runtime: Runtime,
    clients: Vec<TcpStream>,
    messages: usize,
    size: usize,
    clock: &'static dyn Clock,
}

fn tcp_echo(setup: &Setup, runtime: Runtime) -> Result<Box<dyn Instance>, Failure> {
    let (connections, size) = (setup.count("connections")?, setup.count("size")?);
    let refused = Failure::io("connecting on loopback");
    let entered = runtime.enter();
    let mut clients = Vec::with_capacity(connections);
    for (client, server) in loopback::pairs(connections).map_err(&refused)? {
        for stream in [&client, &server] {
            stream.set_nonblocking(true).map_err(&refused)?;
        }
        let mut server = TcpStream::from_std(server).map_err(&refused)?;
        tokio::spawn(async move {
            let mut message = vec![0; size];
            while server.read_exact(&mut message).await.is_ok() {
                if server.write_all(&message).await.is_err() {
                    return;
                }
            }
        });
        clients.push(TcpStream::from_std(client).map_err(&refused)?);
    }
    drop(entered);
    let (messages, clock) = (setup.count("messages")?, setup.clock);
    Ok(Box::new(TcpEcho { runtime, clients, messages, size, clock }))
}

/// Sends messages, each unlike the one before, and counts the right echoes.
async fn talk(client: &mut TcpStream, connection: usize, messages: usize, size: usize) -> usize {
    let (mut message, mut echo) = (vec![0_u8; size], vec![0_u8; size]);
    let mut right = 0;
    for number in 0..messages {
        let first = (connection * 31 + number * 7) as u8;
        for (offset, byte) in message.iter_mut().enumerate() {
            *byte = first.wrapping_add(offset as u8);
        }
        client.write_all(&message).await.expect("the server listens");
        client.read_exact(&mut echo).await.expect("the server answers");
        right += usize::from(message == echo);
    }
    right
}

impl Instance for TcpEcho {
    fn measure(&mut self, iterations: u64) -> Result<Sample, Failure> {
        let (messages, size, clock) = (self.messages, self.size, self.clock);
        let mut clients = std::mem::take(&mut self.clients);
        let connections = clients.len();
        let root = self.runtime.spawn(async move {
            let mut right = 0;
            let mut shortest = Duration::MAX;
            let usage = clock.usage();
            let start = clock.now();
            let mut last = start;
            for _ in 0..iterations {
                let handles: Vec<_> = clients
                    .drain(..)
                    .enumerate()
                    .map(|(connection, mut client)| {
                        tokio::spawn(async move {
                            let right = talk(&mut client, connection, messages, size).await;
                            (client, right)
                        })
                    })
                    .collect();
                for handle in handles {
                    let (client, echoed) = handle.await.expect("the client does not panic");
                    clients.push(client);
                    right += echoed;
                }
                let now = clock.now();
                shortest = shortest.min(now - last);
                last = now;
            }
            let timing = Timing { wall: last - start, shortest, usage: clock.usage().since(usage) };
            (clients, right, timing)
        });
        let (clients, right, timing) =
            self.runtime.block_on(root).expect("the root does not panic");
        self.clients = clients;
        let sent = connections * messages * iterations as usize;
        if right != sent {
            return Err(Failure::WrongAnswer(format!(
                "of {sent} messages {right} came back right"
            )));
        }
        let rate = sent as f64 / timing.wall.as_secs_f64();
        let metric = Metric::higher("throughput", "messages/s", rate);
        Ok(sample(iterations, timing, metric, format!("{right} echoed")))
    }

    fn build_time(&self) -> Duration {
        Duration::ZERO
    }
}

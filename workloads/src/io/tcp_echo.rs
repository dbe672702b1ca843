//! `tcp-echo`: messages sent and echoed over established connections.

use std::net::TcpStream;
use std::{mem, slice};

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::trial::{Age, Metric};

use crate::io::echo::{Echoed, serve, serve_async, serve_local, talk, talk_async, talk_local};
use runtime_bench_api::instance::{AsyncSession, LocalSession, Session};
use runtime_bench_api::loopback::{self, hand_over, waits_for_sockets};
use runtime_bench_api::runtime::{AsyncRuntime, Family, LocalRuntime, ThreadRuntime};
use runtime_bench_api::workload::{
    Failure, PointSet, Requirements, Setup, Timed, Unsupported, Workload, over_workers,
};

/// The variant with one client for all connections.
const FAN_OUT: &str = "fan-out";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct TcpEcho;

#[derive(Clone, Copy)]
struct Shape {
    connections: usize,
    messages: usize,
    size: usize,
    /// Client tasks, which share the connections evenly.
    clients: usize,
}

impl Shape {
    fn of(point: &Point) -> Result<Self, Unsupported> {
        let clients = match point.variant.as_deref() {
            None => point.count("connections")?,
            Some(FAN_OUT) => 1,
            Some(_) => {
                return Err(Unsupported::Point(format!("tcp-echo has the variant `{FAN_OUT}`")));
            }
        };
        Ok(Self {
            clients,
            connections: point.count_in("connections", 1..=1_000_000)?,
            messages: point.count_in("messages", 1..=1_000_000)?,
            size: point.count_in("size", 1..=1 << 26)?,
        })
    }

    fn total(self) -> usize {
        self.connections * self.messages
    }
}

impl Workload for TcpEcho {
    type Output = Echoed;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "tcp-echo".into(),
            title: "TCP echo on loopback".into(),
            kind: Kind::Io,
            model: "Connections are established outside the clock, each with a server task that \
                    echoes. In an iteration one client task a connection sends messages, one at a \
                    time, and waits for each echo. In `fan-out` one client task sends a message \
                    over every connection and then waits for all echoes."
                .into(),
            check: "Every byte of every echo, and their count.".into(),
            headline: "throughput".into(),
            headline_age: Age::Steady,
            notes: vec![
                "Clients and servers run on the same runtime, so the CPU time is that of both."
                    .into(),
                "On loopback, round trips fall into modes that depend on where the scheduler puts \
                 the two ends."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, workers: usize) -> Vec<Point> {
        let point = |connections: u64, messages: u64, size: u64| {
            Point::new()
                .with("connections", connections, "")
                .with("messages", messages, "")
                .with("size", size, "B")
        };
        match set {
            PointSet::Smoke => vec![point(2, 3, 64), point(2, 3, 64).variant(FAN_OUT)],
            PointSet::Quick => vec![point(64, 10, 64)],
            PointSet::Full => {
                let sizes = [64, 16_384].into_iter();
                let points = sizes.flat_map(|size| [1, 64, 1_000].map(|c| point(c, 100, size)));
                let fan_out = [point(64, 100, 64).variant(FAN_OUT)];
                points.chain(fan_out).chain(over_workers(&point(64, 100, 64), workers)).collect()
            }
        }
    }

    fn requirements(&self, point: &Point, family: Family) -> Result<Requirements, Unsupported> {
        waits_for_sockets(family)?;
        let shape = Shape::of(point)?;
        let tasks = shape.clients + shape.connections;
        Ok(Requirements {
            tasks,
            blocking: tasks,
            files: 4 * shape.connections,
            memory: (2 * shape.connections * (2 * shape.size + 4_096)) as u64,
            ..Requirements::default()
        })
    }

    fn verify(&self, setup: &Setup, echoed: &Echoed) -> Result<(), String> {
        let expected =
            Shape::of(&setup.point).map_err(|unsupported| unsupported.to_string())?.total();
        if *echoed == (Echoed { messages: expected, wrong: 0 }) {
            return Ok(());
        }
        let Echoed { messages, wrong } = echoed;
        Err(format!("of {expected} messages {messages} were echoed, {wrong} of them wrongly"))
    }

    fn describe(&self, echoed: &Echoed) -> String {
        format!("{} echoed", echoed.messages)
    }

    fn metrics(&self, setup: &Setup, block: &Timed<Echoed>) -> Vec<Metric> {
        let messages = Shape::of(&setup.point).map_or(1, Shape::total) as f64;
        vec![
            Metric::higher("throughput", "messages/s", messages / block.wall_ns() * 1e9),
            Metric::lower("cpu-per-message", "ns", block.cpu_ns() / messages),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl AsyncSession<Output = Echoed>, Failure> {
        let shape = Shape::of(&setup.point)?;
        let mut clients = Vec::with_capacity(shape.connections);
        let mut servers = Vec::with_capacity(shape.connections);
        for (client, server) in connect(shape.connections)? {
            let server = hand_over::<R>(server)?;
            servers.push(R::spawn(serve_async::<R>(server, shape.size)));
            clients.push(hand_over::<R>(client)?);
        }
        let clients = shared(clients, shape.clients);
        Ok(OnAsync::<R> { shape, clients, _servers: servers })
    }

    fn supports_local(&self, _: &Point) -> Result<(), Unsupported> {
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl LocalSession<Output = Echoed>, Failure> {
        let shape = Shape::of(&setup.point)?;
        let mut clients = Vec::with_capacity(shape.connections);
        for (client, server) in connect(shape.connections)? {
            let refused = Failure::io("handing a connection to the runtime");
            R::detach(R::spawn(serve_local::<R>(R::tcp(server).map_err(&refused)?, shape.size)));
            clients.push(R::tcp(client).map_err(&refused)?);
        }
        let clients = shared(clients, shape.clients);
        Ok(Local::<R> { shape, clients })
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Output = Echoed>, Failure> {
        let shape = Shape::of(&setup.point)?;
        let mut clients = Vec::with_capacity(shape.connections);
        let mut servers = Vec::with_capacity(shape.connections);
        for (mut client, server) in connect(shape.connections)? {
            servers.push(T::spawn(move || serve(server, shape.size)));
            // A first echo proves that the server has a thread of its own. A pool's join helps
            // with waiting jobs, and must never find one that ends with the connection.
            talk(slice::from_mut(&mut client), 0, 1, shape.size)
                .map_err(Failure::io("the first echo"))?;
            clients.push(client);
        }
        let clients = shared(clients, shape.clients);
        Ok(OnThreads::<T> { shape, clients, _servers: servers })
    }
}

/// The connections of each client.
fn shared<T>(connections: Vec<T>, clients: usize) -> Vec<Vec<T>> {
    let each = connections.len().div_ceil(clients.max(1));
    let mut connections = connections.into_iter();
    (0..clients).map(|_| connections.by_ref().take(each).collect()).collect()
}

fn connect(count: usize) -> Result<Vec<(TcpStream, TcpStream)>, Failure> {
    loopback::pairs(count).map_err(Failure::io("connecting on loopback"))
}

struct OnAsync<R: AsyncRuntime> {
    shape: Shape,
    /// The connections of each client task.
    clients: Vec<Vec<R::Tcp>>,
    /// They end when their connection does.
    _servers: Vec<R::Task<()>>,
}

impl<R: AsyncRuntime> AsyncSession for OnAsync<R> {
    type Output = Echoed;

    async fn iterate(&mut self) -> Result<Echoed, Failure> {
        let shape = self.shape;
        let tasks: Vec<_> = mem::take(&mut self.clients)
            .into_iter()
            .enumerate()
            .map(|(client, mut connections)| {
                R::spawn(async move {
                    let Shape { messages, size, .. } = shape;
                    let first = client * connections.len();
                    let echoed = talk_async::<R>(&mut connections, first, messages, size).await;
                    (connections, echoed)
                })
            })
            .collect();
        let mut all = Echoed::default();
        for task in tasks {
            let (connections, echoed) = task.await;
            self.clients.push(connections);
            all.add(echoed.map_err(Failure::io("talking to the echo server"))?);
        }
        Ok(all)
    }
}

struct Local<R: LocalRuntime> {
    shape: Shape,
    /// The connections of each client task.
    clients: Vec<Vec<R::Tcp>>,
}

impl<R: LocalRuntime> LocalSession for Local<R> {
    type Output = Echoed;

    async fn iterate(&mut self) -> Result<Echoed, Failure> {
        let Shape { messages, size, .. } = self.shape;
        let tasks: Vec<_> = mem::take(&mut self.clients)
            .into_iter()
            .enumerate()
            .map(|(client, mut connections)| {
                R::spawn(async move {
                    let first = client * connections.len();
                    let echoed = talk_local::<R>(&mut connections, first, messages, size).await;
                    (connections, echoed)
                })
            })
            .collect();
        let mut all = Echoed::default();
        for task in tasks {
            let (connections, echoed) = task.await;
            self.clients.push(connections);
            all.add(echoed.map_err(Failure::io("talking to the echo server"))?);
        }
        Ok(all)
    }
}

struct OnThreads<T: ThreadRuntime> {
    shape: Shape,
    /// The connections of each client task.
    clients: Vec<Vec<TcpStream>>,
    /// They end when their connection does.
    _servers: Vec<T::Task<()>>,
}

impl<T: ThreadRuntime> Session for OnThreads<T> {
    type Output = Echoed;

    fn iterate(&mut self) -> Result<Echoed, Failure> {
        let shape = self.shape;
        let tasks: Vec<_> = mem::take(&mut self.clients)
            .into_iter()
            .enumerate()
            .map(|(client, mut connections)| {
                T::spawn(move || {
                    let Shape { messages, size, .. } = shape;
                    let first = client * connections.len();
                    let echoed = talk(&mut connections, first, messages, size);
                    (connections, echoed)
                })
            })
            .collect();
        let mut all = Echoed::default();
        for task in tasks {
            let (connections, echoed) = T::join(task);
            self.clients.push(connections);
            all.add(echoed.map_err(Failure::io("talking to the echo server"))?);
        }
        Ok(all)
    }
}

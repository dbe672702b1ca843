//! `tcp-echo`: messages echoed over established connections: TCP, Unix sockets or UDP.

use std::net::TcpStream;
use std::{mem, slice};

use crate::io::echo::{Echoed, serve, serve_async, serve_local, talk, talk_async, talk_local};
use runtime_bench_api::loopback::{hand_over, waits_for_sockets};
use runtime_bench_api::prelude::*;
use runtime_bench_api::transport::Transport;

/// The variant with one client for all connections.
const FAN_OUT: &str = "fan-out";

/// Bytes of the largest datagram.
const LARGEST_DATAGRAM: usize = 65_507;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct TcpEcho;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    connections: usize,
    messages: usize,
    size: usize,
    /// Client tasks, which share the connections evenly.
    clients: usize,
    transport: Transport,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let clients = match point.variant.as_deref() {
            None => point.count("connections")?,
            Some(FAN_OUT) => 1,
            Some(_) => return Err(Unsupported::variant(&[FAN_OUT])),
        };
        let transport = Transport::of(point)?;
        let largest = if transport == Transport::Udp { LARGEST_DATAGRAM } else { 1 << 26 };
        Ok(Self {
            clients,
            transport,
            connections: point.count_in("connections", 1..=1_000_000)?,
            messages: point.count_in("messages", 1..=1_000_000)?,
            size: point.count_in("size", 1..=largest)?,
        })
    }
}

impl Params {
    fn total(self) -> usize {
        self.connections * self.messages
    }
}

impl Workload for TcpEcho {
    type Params = Params;
    type Output = Echoed;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::MESSAGE_THROUGHPUT, &metric::CPU_PER_MESSAGE];

    const OPTIONS: &'static [(&'static str, &'static str)] = &[Transport::OPTION];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "tcp-echo".into(),
            title: "Echo over established connections".into(),
            kind: Kind::Io,
            model: "Connection setup is not timed. Each connection has a server task that echoes, \
                    and a client task that sends one message at a time and waits for its echo. In \
                    `fan-out`, a single client task sends a message on every connection and then \
                    waits for all echoes."
                .into(),
            check: "The number of echoes and every byte of each are correct.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Steady,
            notes: vec![
                "Connections are TCP over loopback, or pairs of Unix sockets (`transport=unix`) or of \
                 connected UDP sockets (`transport=udp`), where a message is a datagram. Every \
                 runtime makes the same system calls on all of them."
                    .into(),
                "Clients and servers run on the same runtime. The CPU time covers both, and an \
                 exchange often needs no wake-up of another CPU: with few connections, latency is \
                 far below that of two processes."
                    .into(),
                "Round trips over loopback fall into modes, depending on where the scheduler \
                 places the two ends."
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
        let over = |transport: &str, point: Point| point.with(Transport::OPTION.0, transport, "");
        match set {
            PointSet::Smoke => {
                let small = point(2, 3, 64);
                let others = ["unix", "udp"].map(|transport| over(transport, small.clone()));
                [small.clone(), small.variant(FAN_OUT)].into_iter().chain(others).collect()
            }
            PointSet::Quick => vec![point(64, 10, 64)],
            PointSet::Full => {
                let sizes = [64, 16_384].into_iter();
                let points = sizes.flat_map(|size| [1, 64, 1_000].map(|c| point(c, 100, size)));
                let others = [
                    point(64, 100, 64).variant(FAN_OUT),
                    over("unix", point(64, 100, 64)),
                    over("udp", point(64, 100, 64)),
                ];
                points.chain(others).chain(over_workers(&point(64, 100, 64), workers)).collect()
            }
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        waits_for_sockets(family)?;
        let tasks = params.clients + params.connections;
        Ok(Requirements {
            tasks,
            blocking: tasks,
            files: 4 * params.connections,
            memory: (2 * params.connections * (2 * params.size + 4_096)) as u64,
            ..Requirements::default()
        })
    }

    fn supports_external(&self, params: &Params) -> Result<(), Unsupported> {
        params.transport.supports_external()
    }

    fn verify(&self, trial: &Trial<Params>, echoed: &Echoed) -> Result<(), String> {
        let expected = trial.params.total();
        let Echoed { messages, wrong } = echoed;
        ensure(*echoed == (Echoed { messages: expected, wrong: 0 }), || {
            format!("{messages} of {expected} messages were echoed, {wrong} of them wrongly")
        })
    }

    fn describe(&self, echoed: &Echoed) -> String {
        format!("{} echoed", echoed.messages)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Echoed>) -> Vec<Metric> {
        let messages = trial.params.total() as f64;
        block.pieces_per_second(messages, &metric::MESSAGE_THROUGHPUT, &metric::CPU_PER_MESSAGE)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Echoed>, Failure> {
        let mut clients = Vec::with_capacity(params.connections);
        let mut servers = Vec::with_capacity(params.connections);
        for (client, server) in params.transport.pairs(params.connections)? {
            let server = hand_over::<R>(server)?;
            servers.push(R::spawn(serve_async::<R>(server, params.size)));
            clients.push(hand_over::<R>(client)?);
        }
        let clients = shared(clients, params.clients);
        Ok(OnAsync::<R> { params, clients, _servers: servers })
    }

    fn supports_local(&self, _: &Params) -> Result<(), Unsupported> {
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl LocalSession<Output = Echoed>, Failure> {
        let mut clients = Vec::with_capacity(params.connections);
        for (client, server) in params.transport.pairs(params.connections)? {
            let refused = Failure::io("handing a connection to the runtime");
            R::detach(R::spawn(serve_local::<R>(R::tcp(server).map_err(&refused)?, params.size)));
            clients.push(R::tcp(client).map_err(&refused)?);
        }
        let clients = shared(clients, params.clients);
        Ok(Local::<R> { params, clients })
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Echoed>, Failure> {
        let mut clients = Vec::with_capacity(params.connections);
        let mut servers = Vec::with_capacity(params.connections);
        for (mut client, server) in params.transport.pairs(params.connections)? {
            servers.push(T::spawn(move || serve(server, params.size)));
            // A first echo proves that the server has its own thread. A pool's join runs queued jobs and must
            // never run one that ends only with the connection.
            talk(slice::from_mut(&mut client), 0, 1, params.size)
                .map_err(Failure::io("the first echo"))?;
            clients.push(client);
        }
        let clients = shared(clients, params.clients);
        Ok(OnThreads::<T> { params, clients, _servers: servers })
    }
}

/// The connections of each client.
fn shared<T>(connections: Vec<T>, clients: usize) -> Vec<Vec<T>> {
    let each = connections.len().div_ceil(clients.max(1));
    let mut connections = connections.into_iter();
    (0..clients).map(|_| connections.by_ref().take(each).collect()).collect()
}

struct OnAsync<R: AsyncRuntime> {
    params: Params,
    /// The connections of each client task.
    clients: Vec<Vec<R::Tcp>>,
    /// Each task ends with its connection.
    _servers: Vec<R::Task<()>>,
}

impl<R: AsyncRuntime> AsyncSession for OnAsync<R> {
    type Output = Echoed;

    async fn iterate(&mut self) -> Result<Echoed, Failure> {
        let params = self.params;
        let tasks: Vec<_> = mem::take(&mut self.clients)
            .into_iter()
            .enumerate()
            .map(|(client, mut connections)| {
                R::spawn(async move {
                    let Params { messages, size, .. } = params;
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
    params: Params,
    /// The connections of each client task.
    clients: Vec<Vec<R::Tcp>>,
}

impl<R: LocalRuntime> LocalSession for Local<R> {
    type Output = Echoed;

    async fn iterate(&mut self) -> Result<Echoed, Failure> {
        let Params { messages, size, .. } = self.params;
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
    params: Params,
    /// The connections of each client task.
    clients: Vec<Vec<TcpStream>>,
    /// Each task ends with its connection.
    _servers: Vec<T::Task<()>>,
}

impl<T: ThreadRuntime> Session for OnThreads<T> {
    type Output = Echoed;

    fn iterate(&mut self) -> Result<Echoed, Failure> {
        let params = self.params;
        let tasks: Vec<_> = mem::take(&mut self.clients)
            .into_iter()
            .enumerate()
            .map(|(client, mut connections)| {
                T::spawn(move || {
                    let Params { messages, size, .. } = params;
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

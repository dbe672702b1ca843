//! `tcp-echo`: messages sent and echoed over established connections.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::{io, mem};

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::trial::{Age, Metric};

use crate::instance::{AsyncSession, Session};
use crate::io::loopback::{self, hand_over, waits_for_sockets};
use crate::io::message::fill;
use crate::runtime::{AsyncRuntime, Family, ThreadRuntime};
use crate::workload::{Failure, Needs, PointSet, Setup, Timed, Unfit, Workload};

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct TcpEcho;

/// What the clients of one iteration saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Echoed {
    messages: usize,
    wrong: usize,
}

#[derive(Clone, Copy)]
struct Shape {
    connections: usize,
    messages: usize,
    size: usize,
}

impl Shape {
    fn of(point: &Point) -> Result<Self, Unfit> {
        Ok(Self {
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
    type Answer = Echoed;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "tcp-echo".into(),
            title: "TCP echo on loopback".into(),
            kind: Kind::Io,
            model: "Connections are established outside the clock, each with a server task that \
                    echoes. In an iteration one client task a connection sends messages, one at a \
                    time, and waits for each echo."
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

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |connections: u64, messages: u64, size: u64| {
            Point::new()
                .with("connections", connections, "")
                .with("messages", messages, "")
                .with("size", size, "B")
        };
        match set {
            PointSet::Smoke => vec![point(2, 3, 64)],
            PointSet::Quick => vec![point(64, 10, 64)],
            PointSet::Full => [64, 16_384]
                .into_iter()
                .flat_map(|size| [1, 64, 1_000].map(|connections| point(connections, 100, size)))
                .collect(),
        }
    }

    fn needs(&self, point: &Point, family: Family) -> Result<Needs, Unfit> {
        waits_for_sockets(family)?;
        let shape = Shape::of(point)?;
        let tasks = 2 * shape.connections;
        Ok(Needs {
            tasks,
            blocking: tasks,
            files: 2 * tasks,
            memory: (tasks * (2 * shape.size + 4_096)) as u64,
        })
    }

    fn verify(&self, setup: &Setup, echoed: &Echoed) -> Result<(), String> {
        let expected = Shape::of(&setup.point).map_err(|unfit| unfit.to_string())?.total();
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
    ) -> Result<impl AsyncSession<Answer = Echoed>, Failure> {
        let shape = Shape::of(&setup.point)?;
        let mut clients = Vec::with_capacity(shape.connections);
        let mut servers = Vec::with_capacity(shape.connections);
        for (client, server) in connect(shape.connections)? {
            let server = hand_over::<R>(server)?;
            servers.push(R::spawn(serve_async::<R>(server, shape.size)));
            clients.push(hand_over::<R>(client)?);
        }
        Ok(OnAsync::<R> { shape, clients, _servers: servers })
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Answer = Echoed>, Failure> {
        let shape = Shape::of(&setup.point)?;
        let mut clients = Vec::with_capacity(shape.connections);
        let mut servers = Vec::with_capacity(shape.connections);
        for (mut client, server) in connect(shape.connections)? {
            servers.push(T::spawn(move || serve(server, shape.size)));
            // A first echo proves that the server has a thread of its own. A pool's join helps
            // with waiting jobs, and must never find one that ends with the connection.
            talk(&mut client, Shape { messages: 1, ..shape }, 0)
                .map_err(Failure::io("the first echo"))?;
            clients.push(client);
        }
        Ok(OnThreads::<T> { shape, clients, _servers: servers })
    }
}

fn connect(count: usize) -> Result<Vec<(TcpStream, TcpStream)>, Failure> {
    loopback::pairs(count).map_err(Failure::io("connecting on loopback"))
}

struct OnAsync<R: AsyncRuntime> {
    shape: Shape,
    clients: Vec<R::Tcp>,
    /// They end when their connection does.
    _servers: Vec<R::Task<()>>,
}

impl<R: AsyncRuntime> AsyncSession for OnAsync<R> {
    type Answer = Echoed;

    async fn iterate(&mut self) -> Result<Echoed, Failure> {
        let shape = self.shape;
        let tasks: Vec<_> = mem::take(&mut self.clients)
            .into_iter()
            .enumerate()
            .map(|(connection, mut client)| {
                R::spawn(async move {
                    let echoed = talk_async::<R>(&mut client, shape, connection).await;
                    (client, echoed)
                })
            })
            .collect();
        let mut all = Echoed::default();
        for task in tasks {
            let (client, echoed) = task.await;
            self.clients.push(client);
            all.add(echoed.map_err(Failure::io("talking to the echo server"))?);
        }
        Ok(all)
    }
}

struct OnThreads<T: ThreadRuntime> {
    shape: Shape,
    clients: Vec<TcpStream>,
    /// They end when their connection does.
    _servers: Vec<T::Task<()>>,
}

impl<T: ThreadRuntime> Session for OnThreads<T> {
    type Answer = Echoed;

    fn iterate(&mut self) -> Result<Echoed, Failure> {
        let shape = self.shape;
        let tasks: Vec<_> = mem::take(&mut self.clients)
            .into_iter()
            .enumerate()
            .map(|(connection, mut client)| {
                T::spawn(move || {
                    let echoed = talk(&mut client, shape, connection);
                    (client, echoed)
                })
            })
            .collect();
        let mut all = Echoed::default();
        for task in tasks {
            let (client, echoed) = T::join(task);
            self.clients.push(client);
            all.add(echoed.map_err(Failure::io("talking to the echo server"))?);
        }
        Ok(all)
    }
}

impl Echoed {
    fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.wrong += other.wrong;
    }

    fn count(&mut self, sent: &[u8], echo: &[u8]) {
        self.messages += 1;
        self.wrong += usize::from(sent != echo);
    }
}

async fn talk_async<R: AsyncRuntime>(
    client: &mut R::Tcp,
    shape: Shape,
    connection: usize,
) -> io::Result<Echoed> {
    let (mut message, mut echo) = (vec![0; shape.size], vec![0; shape.size]);
    let mut echoed = Echoed::default();
    for number in 0..shape.messages {
        fill(&mut message, connection, number);
        R::write_all(client, &message).await?;
        R::read_exact(client, &mut echo).await?;
        echoed.count(&message, &echo);
    }
    Ok(echoed)
}

fn talk(client: &mut TcpStream, shape: Shape, connection: usize) -> io::Result<Echoed> {
    let (mut message, mut echo) = (vec![0; shape.size], vec![0; shape.size]);
    let mut echoed = Echoed::default();
    for number in 0..shape.messages {
        fill(&mut message, connection, number);
        client.write_all(&message)?;
        client.read_exact(&mut echo)?;
        echoed.count(&message, &echo);
    }
    Ok(echoed)
}

async fn serve_async<R: AsyncRuntime>(mut server: R::Tcp, size: usize) {
    let mut message = vec![0; size];
    while R::read_exact(&mut server, &mut message).await.is_ok() {
        if R::write_all(&mut server, &message).await.is_err() {
            return;
        }
    }
}

fn serve(mut server: TcpStream, size: usize) {
    let mut message = vec![0; size];
    while server.read_exact(&mut message).is_ok() {
        if server.write_all(&message).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_echo_is_counted_as_such() {
        let mut echoed = Echoed::default();
        echoed.count(b"sent", b"came");
        echoed.count(b"sent", b"sent");
        assert_eq!(echoed, Echoed { messages: 2, wrong: 1 });
    }
}

//! `tcp-echo`: messages sent and echoed over established connections.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::{io, mem};

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::trial::{Age, Metric};

use super::{echo, loopback};
use crate::instance::{AsyncSession, Session};
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

/// Message number `number` on a connection: no two in a row are alike.
fn fill(message: &mut [u8], connection: usize, number: usize) {
    let first = (connection * 31 + number * 7) as u8;
    for (offset, byte) in message.iter_mut().enumerate() {
        *byte = first.wrapping_add(offset as u8);
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
        if family == Family::DataParallel {
            return Err(Unfit::Family(
                "a task that waits for a socket holds a worker of the pool, and the work would \
                 stand still"
                    .to_owned(),
            ));
        }
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
            let server = non_blocking::<R>(server)?;
            servers.push(R::spawn(echo::on_task::<R>(server, shape.size)));
            clients.push(non_blocking::<R>(client)?);
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
            servers.push(T::spawn(move || echo::on_thread(server, shape.size)));
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

fn non_blocking<R: AsyncRuntime>(stream: TcpStream) -> Result<R::Tcp, Failure> {
    stream
        .set_nonblocking(true)
        .and_then(|()| R::tcp(stream))
        .map_err(Failure::io("handing a connection to the runtime"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_follow_each_other_differ() {
        let (mut a, mut b) = ([0; 64], [0; 64]);
        fill(&mut a, 1, 4);
        fill(&mut b, 1, 5);
        assert_ne!(a, b);
        let mut echoed = Echoed::default();
        echoed.count(&a, &b);
        echoed.count(&a, &a);
        assert_eq!(echoed, Echoed { messages: 2, wrong: 1 });
    }
}

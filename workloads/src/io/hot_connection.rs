//! `hot-connection`: quiet connections next to one that is always ready.

use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::mem;
use std::net::TcpStream;
use std::time::Duration;

use super::hot_clients::{CHUNK, Clients, Echoes, QUIET, Schedule, is_last};
use runtime_bench_api::loopback::{self, hand_over, waits_for_sockets};
use runtime_bench_api::prelude::*;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct HotConnection;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    quiet: usize,
    schedule: Schedule,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let quiet = point.count_in("quiet", 1..=10_000)?;
        let period = Duration::from_millis(point.count_in("period", 1..=1_000)? as u64);
        let messages = point.count_in("messages", 1..=100_000)?;
        Ok(Self { quiet, schedule: Schedule { messages, period } })
    }
}

impl Params {
    fn total(self) -> usize {
        self.quiet * self.schedule.messages
    }
}

impl Workload for HotConnection {
    type Params = Params;
    type Output = Echoes;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::ROUND_TRIP, &metric::ROUND_TRIP_WORST, &metric::HOT_THROUGHPUT];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "hot-connection".into(),
            title: "Quiet connections next to a busy one".into(),
            kind: Kind::Io,
            model: "One connection of an echo server always has data to read. Other connections \
                    send a small message now and then. The result is how long the quiet \
                    connections wait for their echoes."
                .into(),
            check: "The number of echoes and every byte of each are correct.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The clients are two OS threads outside the runtime. One keeps the busy \
                 connection full; the other sends on each quiet connection in turn and waits for \
                 each echo. Both use CPU time, equally for every runner. While the busy client \
                 waits for a core, the server may run out of data."
                    .into(),
                "A read that is always ready never waits, so a task that never yields keeps its \
                 worker. tokio's cooperative budget makes a busy task yield after 128 operations. \
                 The operating system preempts threads."
                    .into(),
                "The busy client stops after at most one second. A result close to one second \
                 means that quiet connections starved."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |quiet: u64, period: u64, messages: u64| {
            Point::new()
                .with("quiet", quiet, "")
                .with("period", period, "ms")
                .with("messages", messages, "")
        };
        match set {
            PointSet::Smoke => vec![point(2, 1, 2)],
            PointSet::Quick => vec![point(15, 2, 3)],
            PointSet::Full => vec![point(15, 2, 50), point(99, 10, 50)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        waits_for_sockets(family)?;
        let tasks = params.quiet + 1;
        most_threads(family, tasks, 1_001)?;
        let memory = tasks as u64 * 8_192;
        Ok(Requirements {
            tasks,
            blocking: tasks,
            files: 2 * tasks,
            memory,
            ..Requirements::default()
        })
    }

    fn verify(&self, trial: &Trial<Params>, echoes: &Echoes) -> Result<(), String> {
        let expected = trial.params.total();
        let Echoes { quiet, hot, wrong, .. } = *echoes;
        if quiet == expected && hot > 0 && wrong == 0 {
            return Ok(());
        }
        Err(format!(
            "{quiet} of {expected} quiet messages and {hot} busy chunks were echoed; {wrong} echoes were wrong"
        ))
    }

    fn describe(&self, echoes: &Echoes) -> String {
        format!("{} echoed", echoes.quiet)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Echoes>) -> Vec<Metric> {
        let quiet = trial.params.total() as f64;
        let round_trips = block.mean(|echoes| echoes.round_trips.as_nanos() as f64);
        let worst = block.outputs.iter().map(|echoes| echoes.worst).max().unwrap_or_default();
        let hot = block.mean(|echoes| (echoes.hot * CHUNK) as f64) / (1_024.0 * 1_024.0);
        vec![
            Metric::of(&metric::ROUND_TRIP, round_trips / quiet),
            Metric::of(&metric::ROUND_TRIP_WORST, worst.as_nanos() as f64),
            Metric::of(&metric::HOT_THROUGHPUT, hot / block.wall_ns() * 1e9),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Echoes>, Failure> {
        let (clients, hot, quiet) = connect(params)?;
        let quiet = quiet.into_iter().map(hand_over::<R>).collect::<Result<_, _>>()?;
        let ends = Some((clients, hand_over::<R>(hot)?));
        Ok(OnAsync::<R> { schedule: params.schedule, ends, quiet })
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Echoes>, Failure> {
        let (clients, hot, quiet) = connect(params)?;
        let ends = Some((clients, hot));
        Ok(OnThreads::<T> { schedule: params.schedule, ends, quiet, own: PhantomData })
    }
}

/// The clients and the server ends: the busy one and the quiet ones.
fn connect(params: Params) -> Result<(Clients, TcpStream, Vec<TcpStream>), Failure> {
    let connect = || {
        let (hot_client, hot) = loopback::pair()?;
        let (clients, quiet) = loopback::pairs(params.quiet)?.into_iter().unzip();
        Ok((Clients::of(hot_client, clients)?, hot, quiet))
    };
    connect().map_err(Failure::io("connecting on loopback"))
}

/// The connections are gone after a failed iteration.
fn gone() -> Failure {
    Failure::Request("cannot reuse the connections of a failed iteration".to_owned())
}

struct OnAsync<R: AsyncRuntime> {
    schedule: Schedule,
    /// The clients and the busy server; `None` during an iteration.
    ends: Option<(Clients, R::Tcp)>,
    quiet: Vec<R::Tcp>,
}

impl<R: AsyncRuntime> AsyncSession for OnAsync<R> {
    type Output = Echoes;

    async fn iterate(&mut self) -> Result<Echoes, Failure> {
        let failed = Failure::io("echoing");
        let messages = self.schedule.messages;
        let (clients, hot) = self.ends.take().ok_or_else(gone)?;
        let quiet: Vec<_> = mem::take(&mut self.quiet)
            .into_iter()
            .map(|stream| R::spawn(echo_async::<R>(stream, messages)))
            .collect();
        let hot = R::spawn(echo_hot_async::<R>(hot));
        let talking = clients.start(self.schedule)?;
        for task in quiet {
            self.quiet.push(task.await.map_err(&failed)?);
        }
        let hot = hot.await.map_err(&failed)?;
        let (clients, echoes) = talking.ended()?;
        self.ends = Some((clients, hot));
        Ok(echoes)
    }
}

struct OnThreads<T> {
    schedule: Schedule,
    ends: Option<(Clients, TcpStream)>,
    quiet: Vec<TcpStream>,
    own: PhantomData<fn() -> T>,
}

impl<T: ThreadRuntime> Session for OnThreads<T> {
    type Output = Echoes;

    fn iterate(&mut self) -> Result<Echoes, Failure> {
        let failed = Failure::io("echoing");
        let messages = self.schedule.messages;
        let (clients, hot) = self.ends.take().ok_or_else(gone)?;
        let quiet: Vec<_> = mem::take(&mut self.quiet)
            .into_iter()
            .map(|stream| T::spawn(move || echo(stream, messages)))
            .collect();
        let hot = T::spawn(move || echo_hot(hot));
        let talking = clients.start(self.schedule)?;
        for task in quiet {
            self.quiet.push(T::join(task).map_err(&failed)?);
        }
        let hot = T::join(hot).map_err(&failed)?;
        let (clients, echoes) = talking.ended()?;
        self.ends = Some((clients, hot));
        Ok(echoes)
    }
}

/// Echoes the messages of a quiet connection.
async fn echo_async<R: AsyncRuntime>(mut stream: R::Tcp, messages: usize) -> io::Result<R::Tcp> {
    let mut message = [0; QUIET];
    for _ in 0..messages {
        R::read_exact(&mut stream, &mut message).await?;
        R::write_all(&mut stream, &message).await?;
    }
    Ok(stream)
}

fn echo(mut stream: TcpStream, messages: usize) -> io::Result<TcpStream> {
    let mut message = [0; QUIET];
    for _ in 0..messages {
        stream.read_exact(&mut message)?;
        stream.write_all(&message)?;
    }
    Ok(stream)
}

/// Echoes the busy connection until its last chunk.
async fn echo_hot_async<R: AsyncRuntime>(mut stream: R::Tcp) -> io::Result<R::Tcp> {
    let mut chunk = vec![0; CHUNK];
    while !is_last(&chunk) {
        R::read_exact(&mut stream, &mut chunk).await?;
        R::write_all(&mut stream, &chunk).await?;
    }
    Ok(stream)
}

fn echo_hot(mut stream: TcpStream) -> io::Result<TcpStream> {
    let mut chunk = vec![0; CHUNK];
    while !is_last(&chunk) {
        stream.read_exact(&mut chunk)?;
        stream.write_all(&chunk)?;
    }
    Ok(stream)
}

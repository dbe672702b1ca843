//! Clients of a server as tasks of the runtime under test, in a separate process.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::pin::Pin;

use hyper::rt::{Read, ReadBuf, Write};
use runtime_bench_api::clock::{Clock, SYSTEM};
use runtime_bench_api::load::{
    self, BlockingClients, Drive, PATIENCE, Recording, Report, Schedule, Target, Turns, Wire,
};
use runtime_bench_api::runtime::{AsyncRuntime, ExternalThread, Receiver, Sender, ThreadRuntime};
#[cfg(feature = "tls")]
use runtime_bench_api::tls::Stream;
use runtime_bench_api::workload::Failure;

/// Bytes to read from a connection at once.
const BUFFER: usize = 4 * 1_024;

const CONNECTING: &str = "connecting the clients";

/// Answers the drives of a trial from a thread of the runtime for each connection.
///
/// # Errors
/// When the clients cannot connect, or a drive fails.
pub(super) fn on_threads<T: ThreadRuntime>(target: &Target) -> Result<(), Failure> {
    let spawn = |job: Box<dyn FnOnce() + Send>| {
        drop(T::spawn(job));
        Ok(())
    };
    let connected = BlockingClients::connect(target, spawn);
    let mut clients = connected.map_err(Failure::io(CONNECTING))?;
    load::drives(|drive| clients.drive(drive)).map_err(Failure::Request)
}

/// Answers the drives of a trial from a task for each connection.
///
/// # Errors
/// When the clients cannot connect, or a drive fails.
pub(super) async fn on_async<R: AsyncRuntime>(target: Target) -> Result<(), Failure> {
    let mut clients = Clients::<R>::connect(&target).map_err(Failure::io(CONNECTING))?;
    let trial = |report: Option<Report>| load::next_drive(report.as_ref());
    let trial = ExternalThread::start(trial).map_err(Failure::io("starting a thread"))?;
    let mut report = None;
    while let Some(drive) = trial.ask(report).await.map_err(Failure::Request)? {
        report = Some(clients.drive(drive).await.map_err(Failure::Request)?);
    }
    Ok(())
}

/// Connected clients, which end when this is dropped.
struct Clients<R: AsyncRuntime> {
    drives: Vec<Sender<R, Schedule>>,
    recordings: Receiver<R, Result<Recording, String>>,
}

impl<R: AsyncRuntime> Clients<R> {
    fn connect(target: &Target) -> io::Result<Self> {
        let connections = target.connections;
        let (record, recordings) = R::channel::<Result<Recording, String>>(connections);
        let mut drives = Vec::with_capacity(connections);
        for (index, wire) in Wire::connect(target)?.into_iter().enumerate() {
            wire.socket().set_nonblocking(true)?;
            let (drive, scheduled) = R::channel::<Schedule>(1);
            let turns = Turns::new(target.talk.clone(), index, connections);
            let client =
                Client::<R> { turns, index, connections, scheduled, record: record.clone() };
            // Clients are spread over a runner's runtimes in the same way as its servers.
            R::spawn_acceptor(index % R::acceptors(), async move {
                match wire {
                    Wire::Plain(stream) => {
                        let Ok(stream) = R::tcp(stream) else { return };
                        client.obey(R::hyper(stream)).await;
                    }
                    #[cfg(feature = "tls")]
                    Wire::Tls(stream) => {
                        let (connection, stream) = stream.into_parts();
                        let Ok(stream) = R::tcp(stream) else { return };
                        client.obey(Stream::over(R::hyper(stream), connection.into())).await;
                    }
                }
            });
            drives.push(drive);
        }
        Ok(Self { drives, recordings })
    }

    /// Drives the server once, in a closed loop.
    async fn drive(&mut self, drive: Drive) -> Result<Report, String> {
        let before = SYSTEM.usage();
        let schedule = Schedule::of(drive, self.drives.len());
        let mut all = Recording::new(&schedule)?;
        let ended = || "a client has ended".to_owned();
        for drive in &self.drives {
            if !R::send(drive, schedule).await {
                return Err(ended());
            }
        }
        for _ in &self.drives {
            let recording = R::timeout(PATIENCE, R::receive(&mut self.recordings)).await;
            let recording = recording.ok_or("the clients timed out without a reply")?;
            all.add(&recording.ok_or_else(ended)??)?;
        }
        all.report(SYSTEM.usage().since(before).cpu)
    }
}

/// A client with one connection.
struct Client<R: AsyncRuntime> {
    turns: Turns,
    index: usize,
    connections: usize,
    scheduled: Receiver<R, Schedule>,
    record: Sender<R, Result<Recording, String>>,
}

impl<R: AsyncRuntime> Client<R> {
    /// Serves the drives until the trial ends.
    async fn obey(mut self, mut stream: impl Read + Write + Unpin + Send) {
        while let Some(schedule) = R::receive(&mut self.scheduled).await {
            let messages = schedule.turns(self.index, self.connections).count();
            let recording = talk(&mut stream, &mut self.turns, &schedule, messages).await;
            if !R::send(&self.record, recording).await {
                return;
            }
        }
    }
}

/// Sends this many messages on a connection, each after the reply to the one before.
async fn talk<S: Read + Write + Unpin>(
    stream: &mut S,
    turns: &mut Turns,
    schedule: &Schedule,
    messages: usize,
) -> Result<Recording, String> {
    let mut recording = Recording::new(schedule)?;
    let mut buffer = [0; BUFFER];
    let failed = |error: io::Error| format!("talking to the server: {error}");
    for _ in 0..messages {
        write_all(stream, turns.send(None, &mut recording)).await.map_err(failed)?;
        loop {
            let mut read = ReadBuf::new(&mut buffer);
            let ready =
                poll_fn(|context| Pin::new(&mut *stream).poll_read(context, read.unfilled()));
            ready.await.map_err(failed)?;
            if read.filled().is_empty() {
                return Err(failed(ErrorKind::UnexpectedEof.into()));
            }
            if turns.receive(read.filled(), &mut recording) {
                break;
            }
        }
    }
    Ok(recording)
}

async fn write_all<S: Write + Unpin>(stream: &mut S, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match poll_fn(|context| Pin::new(&mut *stream).poll_write(context, bytes)).await? {
            0 => return Err(ErrorKind::WriteZero.into()),
            written => bytes = &bytes[written..],
        }
    }
    poll_fn(|context| Pin::new(&mut *stream).poll_flush(context)).await
}

//! Clients of a server as tasks of the runtime under test, in a separate process.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::pin::Pin;

use hyper::rt::{Read, ReadBuf, Write};
use runtime_bench_api::clock::{Clock, SYSTEM};
use runtime_bench_api::load::{
    self, BlockingClients, Drive, PATIENCE, Recording, Report, Schedule, Target, Turns,
};
use runtime_bench_api::runtime::{AsyncRuntime, ExternalThread, Receiver, Sender, ThreadRuntime};
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
        for index in 0..connections {
            let stream = target.transport.connect(target.address)?;
            stream.set_nonblocking(true)?;
            let (drive, mut scheduled) = R::channel::<Schedule>(1);
            let (record, mut turns) =
                (record.clone(), Turns::new(target.talk.clone(), index, connections));
            // Clients are spread over a runner's runtimes in the same way as its servers.
            R::spawn_acceptor(index % R::acceptors(), async move {
                let Ok(stream) = R::tcp(stream) else { return };
                let mut stream = R::hyper(stream);
                while let Some(schedule) = R::receive(&mut scheduled).await {
                    let messages = schedule.turns(index, connections).count();
                    let recording = talk(&mut stream, &mut turns, &schedule, messages).await;
                    if !R::send(&record, recording).await {
                        return;
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
    Ok(())
}

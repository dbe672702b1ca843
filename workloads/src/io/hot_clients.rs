//! The clients of `hot-connection`: two OS threads outside the runtime.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::io::message::fill;
use runtime_bench_api::workload::Failure;

/// Bytes that the server of the busy connection reads and echoes at once.
pub(super) const CHUNK: usize = 4 * 1_024;
/// Chunks that the busy client sends at a time; twice as many are in flight. The kernel buffers more than one
/// batch in each direction, so neither end can get stuck.
const BATCH: usize = 16;
/// Bytes of a quiet message.
pub(super) const QUIET: usize = 64;
/// First byte of the last chunk; no other chunk starts with it.
const LAST: u8 = 1;
/// Time limit of the busy client, so that a runtime that starves the others gets a result instead of a hang.
const AT_MOST: Duration = Duration::from_secs(1);
/// An echo that takes longer than this counts as lost.
const PATIENCE: Duration = Duration::from_secs(15);

/// When the quiet clients send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub(super) messages: usize,
    pub(super) period: Duration,
}

/// The echoes that the clients of one iteration received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Echoes {
    /// Quiet messages echoed.
    pub(super) quiet: usize,
    /// Chunks of the hot connection echoed.
    pub(super) hot: usize,
    /// Echoes that differ from the message sent.
    pub(super) wrong: usize,
    /// Total latency of all quiet messages.
    #[serde(rename = "round_trips_ns", with = "runtime_bench_api::external::nanoseconds")]
    pub(super) round_trips: Duration,
    /// Latency of the slowest quiet message.
    #[serde(rename = "worst_ns", with = "runtime_bench_api::external::nanoseconds")]
    pub(super) worst: Duration,
}

/// The clients' ends.
pub(super) struct Clients {
    hot: TcpStream,
    quiet: Vec<TcpStream>,
}

impl Clients {
    pub(super) fn of(hot: TcpStream, quiet: Vec<TcpStream>) -> io::Result<Self> {
        for stream in quiet.iter().chain([&hot]) {
            stream.set_read_timeout(Some(PATIENCE))?;
        }
        Ok(Self { hot, quiet })
    }

    /// Starts both threads. The busy client stops when the quiet clients have received all their echoes.
    pub(super) fn start(self, schedule: Schedule) -> Result<Talking, Failure> {
        let Self { mut hot, mut quiet } = self;
        let done = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&done);
        let spawn = || {
            let quiet = thread::Builder::new().spawn(move || {
                let echoes = take_turns(&mut quiet, schedule);
                done.store(true, Ordering::Relaxed);
                Ok((quiet, echoes?))
            })?;
            let hot = thread::Builder::new().spawn(move || {
                let echoes = keep_full(&mut hot, &over)?;
                Ok((hot, echoes))
            })?;
            Ok(Talking { hot, quiet })
        };
        spawn().map_err(Failure::io("starting the clients' threads"))
    }
}

type Client<S> = JoinHandle<io::Result<(S, Echoes)>>;

/// The running client threads.
pub(super) struct Talking {
    hot: Client<TcpStream>,
    quiet: Client<Vec<TcpStream>>,
}

impl Talking {
    /// Joins both threads. They depend on no task once all servers have written their last echo.
    pub(super) fn ended(self) -> Result<(Clients, Echoes), Failure> {
        let (quiet, echoes) = joined(self.quiet)?;
        let (hot, hot_echoes) = joined(self.hot)?;
        let wrong = echoes.wrong + hot_echoes.wrong;
        Ok((Clients { hot, quiet }, Echoes { hot: hot_echoes.hot, wrong, ..echoes }))
    }
}

fn joined<S>(client: Client<S>) -> Result<(S, Echoes), Failure> {
    let ended = client.join().unwrap_or_else(|panic| resume_unwind(panic));
    ended.map_err(Failure::io("talking to the echo server"))
}

/// The quiet clients: each sends once per period, in turn.
fn take_turns(clients: &mut [TcpStream], schedule: Schedule) -> io::Result<Echoes> {
    let Schedule { messages, period } = schedule;
    let (mut message, mut echo) = ([0; QUIET], [0; QUIET]);
    let mut echoes = Echoes::default();
    let turn = period / clients.len().max(1) as u32;
    // Waits one period first, while the busy connection fills.
    let mut next = Instant::now() + period;
    for number in 0..messages {
        for (connection, client) in clients.iter_mut().enumerate() {
            next += turn;
            thread::sleep(next.saturating_duration_since(Instant::now()));
            fill(&mut message, connection, number);
            let sent = Instant::now();
            client.write_all(&message)?;
            client.read_exact(&mut echo)?;
            let took = sent.elapsed();
            echoes.quiet += 1;
            echoes.wrong += usize::from(message != echo);
            echoes.round_trips += took;
            echoes.worst = echoes.worst.max(took);
        }
    }
    Ok(echoes)
}

/// The busy client: keeps a batch in flight that the server has not read.
fn keep_full(client: &mut TcpStream, over: &AtomicBool) -> io::Result<Echoes> {
    let (batch, mut echo) = (batch(), vec![0; BATCH * CHUNK]);
    let mut echoes = Echoes::default();
    let end = Instant::now() + AT_MOST;
    client.write_all(&batch)?;
    loop {
        let go_on = !over.load(Ordering::Relaxed) && Instant::now() < end;
        if go_on {
            client.write_all(&batch)?;
        }
        client.read_exact(&mut echo)?;
        echoes.hot += BATCH;
        echoes.wrong += usize::from(batch != echo);
        if !go_on {
            break;
        }
    }
    let last = [LAST; CHUNK];
    client.write_all(&last)?;
    client.read_exact(&mut echo[..CHUNK])?;
    echoes.wrong += usize::from(last[..] != echo[..CHUNK]);
    Ok(echoes)
}

/// Chunks that differ from each other.
fn batch() -> Vec<u8> {
    let mut batch = vec![0; BATCH * CHUNK];
    for (number, chunk) in batch.chunks_mut(CHUNK).enumerate() {
        fill(chunk, 0, number);
        chunk[0] = 0;
    }
    batch
}

/// Whether a chunk is the last one of the busy connection in this iteration.
pub(super) fn is_last(chunk: &[u8]) -> bool {
    chunk.first() == Some(&LAST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_api::loopback;

    #[test]
    fn only_the_last_chunk_is_marked() {
        assert!(batch().chunks(CHUNK).all(|chunk| !is_last(chunk)));
        assert!(is_last(&[LAST; CHUNK]));
        assert_ne!(batch()[..CHUNK], batch()[CHUNK..2 * CHUNK]);
    }

    #[test]
    fn clients_receive_every_echo_and_are_reusable() {
        let mut ends = loopback::pairs(3).unwrap();
        let (hot, mut hot_server) = ends.pop().unwrap();
        let (quiet, mut quiet_servers): (Vec<_>, Vec<_>) = ends.into_iter().unzip();
        let schedule = Schedule { messages: 2, period: Duration::from_millis(1) };
        let talking = Clients::of(hot, quiet).unwrap().start(schedule).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..schedule.messages {
                    for server in &mut quiet_servers {
                        let mut message = [0; QUIET];
                        server.read_exact(&mut message).unwrap();
                        server.write_all(&message).unwrap();
                    }
                }
            });
            let mut chunk = [0; CHUNK];
            while !is_last(&chunk) {
                hot_server.read_exact(&mut chunk).unwrap();
                hot_server.write_all(&chunk).unwrap();
            }
        });
        let (clients, echoes) = talking.ended().unwrap();
        assert_eq!((clients.quiet.len(), echoes.quiet, echoes.wrong), (2, 4, 0));
        assert!(echoes.hot >= BATCH && echoes.worst <= echoes.round_trips);
    }
}

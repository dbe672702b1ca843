//! The generator's side: one thread for all connections.

use std::io::{self, BufRead, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::recording::Recording;
use super::waiting::Waiting;
use super::{Drive, Report, Talk, Target};
use crate::clock::{Clock, SYSTEM};
use crate::io::loopback;

/// A server that answers nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(5);
/// Read at once from a connection.
const BUFFER: usize = 64 * 1_024;

/// Loads a server as told on standard input, until that ends, and reports on standard output.
///
/// # Errors
/// What went wrong, in a sentence.
pub fn run() -> Result<(), String> {
    let mut lines = io::stdin().lock().lines();
    let mut next = || {
        let line = lines.next().transpose().map_err(|error| format!("nothing to do: {error}"))?;
        Ok::<_, String>(line)
    };
    let Some(target) = next()? else { return Ok(()) };
    let target = serde_json::from_str(&target).map_err(|error| format!("no target: {error}"))?;
    let mut client = Client::connect(&target)
        .map_err(|error| format!("cannot connect to {}: {error}", target.address))?;
    say("ready")?;
    while let Some(drive) = next()? {
        let drive = serde_json::from_str(&drive).map_err(|error| format!("no drive: {error}"))?;
        let report = client.drive(drive)?;
        say(&serde_json::to_string(&report).map_err(|error| error.to_string())?)?;
    }
    Ok(())
}

fn say(line: &str) -> Result<(), String> {
    let mut stdout = io::stdout().lock();
    let said = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    said.map_err(|error| format!("nobody listens: {error}"))
}

struct Client {
    talk: Talk,
    connections: Vec<Connection>,
    waiting: Waiting,
    buffer: Vec<u8>,
    /// Of the next message; never the same again.
    number: u64,
}

/// When the messages of a drive are to be sent.
#[derive(Clone, Copy)]
struct Schedule {
    start: Instant,
    total: u64,
    /// Between two messages; `None` where each waits for the answer to the one before.
    every: Option<Duration>,
}

impl Schedule {
    fn of(drive: Drive, connections: usize) -> Self {
        let start = Instant::now();
        match drive {
            Drive::Open { rate, milliseconds } => {
                let total = (rate * milliseconds / 1_000).max(1);
                Self { start, total, every: Some(Duration::from_secs(1) / rate.max(1) as u32) }
            }
            Drive::Closed { messages } => {
                Self { start, total: messages * connections as u64, every: None }
            }
        }
    }

    /// When the message of a place is due, if the schedule knows.
    fn due(&self, place: u64) -> Option<Instant> {
        let every = self.every.filter(|_| place < self.total)?;
        Some(self.start + Duration::from_nanos(every.as_nanos() as u64 * place))
    }
}

impl Client {
    fn connect(target: &Target) -> io::Result<Self> {
        let connect = |_| {
            let stream: TcpStream = loopback::connect(target.address)?;
            stream.set_nonblocking(true)?;
            Ok(Connection::new(stream))
        };
        let connections = (0..target.connections).map(connect).collect::<io::Result<Vec<_>>>()?;
        let waiting = Waiting::on(&connections)?;
        let talk = target.talk.clone();
        Ok(Self { talk, connections, waiting, buffer: vec![0; BUFFER], number: 0 })
    }

    fn drive(&mut self, drive: Drive) -> Result<Report, String> {
        let before = SYSTEM.usage();
        let schedule = Schedule::of(drive, self.connections.len());
        let mut recording = Recording::new(schedule.start)?;
        self.talk(schedule, &mut recording)
            .map_err(|error| format!("talking to the server: {error}"))?;
        recording.report(SYSTEM.usage().since(before).cpu)
    }

    fn talk(&mut self, schedule: Schedule, recording: &mut Recording) -> io::Result<()> {
        if schedule.every.is_none() {
            for index in 0..self.connections.len() {
                self.send(index, schedule.start, recording)?;
            }
        }
        let mut progress = Instant::now();
        let mut sent = 0;
        while recording.answered() < schedule.total && progress.elapsed() < PATIENCE {
            let now = Instant::now();
            while let Some(due) = schedule.due(sent).filter(|due| *due <= now) {
                self.send(sent as usize % self.connections.len(), due, recording)?;
                sent += 1;
            }
            let next = schedule.due(sent).map(|due| due.saturating_duration_since(Instant::now()));
            for index in self.waiting.wait(next)? {
                self.attend(index, schedule, recording)?;
                progress = Instant::now();
            }
        }
        Ok(())
    }

    /// Sends on a connection what was to be sent at `due`.
    fn send(&mut self, index: usize, due: Instant, recording: &mut Recording) -> io::Result<()> {
        let connection = &mut self.connections[index];
        let had_room = !connection.full();
        recording.send(Instant::now(), due);
        connection.send(&self.talk, self.number, due)?;
        self.number += 1;
        if had_room && connection.full() {
            self.waiting.room(index, connection, true)?;
        }
        Ok(())
    }

    /// Takes what a connection has: room, or answers. In a closed loop each answer sends the next.
    fn attend(
        &mut self,
        index: usize,
        schedule: Schedule,
        recording: &mut Recording,
    ) -> io::Result<()> {
        let connection = &mut self.connections[index];
        if connection.full() {
            connection.flush()?;
            if !connection.full() {
                self.waiting.room(index, connection, false)?;
            }
        }
        let mut answers = 0;
        connection.receive(&self.talk, &mut self.buffer, |correct, due| {
            answers += 1;
            recording.answer(Instant::now(), due, correct);
        })?;
        for _ in 0..answers {
            if schedule.every.is_none() && recording.sent() < schedule.total {
                self.send(index, Instant::now(), recording)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_results::histogram;
    use std::io::Read;
    use std::thread;

    /// An echo server for one connection that changes the last byte of message `wrong`, and stands still
    /// before message `stall` for a time.
    fn server(size: usize, wrong: usize, stall: usize, pause: Duration) -> Target {
        let listener = loopback::listen().unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut message = vec![0; size];
            for number in 0.. {
                if stream.read_exact(&mut message).is_err() {
                    return;
                }
                if number == stall {
                    thread::sleep(pause);
                }
                message[size - 1] ^= u8::from(number == wrong);
                stream.write_all(&message).unwrap();
            }
        });
        Target { address, connections: 1, talk: Talk::Echo { size } }
    }

    #[test]
    fn a_closed_loop_sends_as_many_as_told_and_finds_the_wrong_one() {
        let target = server(64, 3, usize::MAX, Duration::ZERO);
        let mut client = Client::connect(&target).unwrap();
        let report = client.drive(Drive::Closed { messages: 10 }).unwrap();
        assert_eq!((report.sent, report.answered, report.wrong), (10, 10, 1));
        let again = client.drive(Drive::Closed { messages: 5 }).unwrap();
        assert_eq!((again.sent, again.answered, again.wrong), (5, 5, 0));
    }

    #[test]
    fn large_messages_that_fill_the_socket_arrive_whole() {
        let target = server(1 << 20, usize::MAX, usize::MAX, Duration::ZERO);
        let mut client = Client::connect(&target).unwrap();
        let report = client.drive(Drive::Closed { messages: 3 }).unwrap();
        assert_eq!((report.answered, report.wrong), (3, 0));
    }

    #[test]
    fn an_open_loop_charges_a_stall_with_everything_that_had_to_wait() {
        let target = server(64, usize::MAX, 20, Duration::from_millis(100));
        let mut client = Client::connect(&target).unwrap();
        let report = client.drive(Drive::Open { rate: 1_000, milliseconds: 200 }).unwrap();
        assert_eq!((report.sent, report.answered, report.wrong), (200, 200, 0));
        // Of the hundred messages that fell due during the stall, half waited for half of it at least;
        // a client that waits for each answer would know of one.
        let latencies = histogram::decode(&report.histogram).unwrap();
        let waited = latencies.count_between(49_000_000, u64::MAX);
        assert!(waited >= 45, "{waited} of {}", latencies.len());
    }
}

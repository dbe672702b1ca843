//! Clients on one thread, for all connections.

use std::io;
use std::time::Instant;

use super::connection::Connection;
use super::recording::Recording;
use super::schedule::Schedule;
use super::waiting::Waiting;
use super::wire::Wire;
use super::{BUFFER, Drive, PATIENCE, Report, Talk, Target};
use crate::clock::{Clock, SYSTEM};

/// Clients on one thread.
pub(super) struct Client {
    talk: Talk,
    connections: Vec<Connection>,
    waiting: Waiting,
    buffer: Vec<u8>,
    /// Number of the next message; never reused.
    number: u64,
}

impl Client {
    pub(super) fn connect(target: &Target) -> io::Result<Self> {
        let connection = |stream: Wire| {
            stream.socket().set_nonblocking(true)?;
            Ok(Connection::new(stream))
        };
        let streams = Wire::connect(target)?.into_iter();
        let connections = streams.map(connection).collect::<io::Result<Vec<_>>>()?;
        let waiting = Waiting::on(&connections)?;
        let talk = target.talk.clone();
        Ok(Self { talk, connections, waiting, buffer: vec![0; BUFFER], number: 0 })
    }

    pub(super) fn drive(&mut self, drive: Drive) -> Result<Report, String> {
        let before = SYSTEM.usage();
        let schedule = Schedule::of(drive, self.connections.len());
        let mut recording = Recording::new(&schedule)?;
        self.talk(schedule, &mut recording)
            .map_err(|error| format!("talking to the server: {error}"))?;
        recording.report(SYSTEM.usage().since(before).cpu)
    }

    fn talk(&mut self, schedule: Schedule, recording: &mut Recording) -> io::Result<()> {
        if schedule.rate.is_none() {
            for index in 0..self.connections.len() {
                self.send(index, None, recording)?;
            }
        }
        let mut progress = Instant::now();
        let mut sent = 0;
        while recording.answered() < schedule.total && progress.elapsed() < PATIENCE {
            let now = Instant::now();
            while let Some(due) = schedule.due(sent).filter(|due| *due <= now) {
                self.send(sent as usize % self.connections.len(), Some(due), recording)?;
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

    /// Sends a message that was due at `due`, or now.
    fn send(
        &mut self,
        index: usize,
        due: Option<Instant>,
        recording: &mut Recording,
    ) -> io::Result<()> {
        let connection = &mut self.connections[index];
        let had_room = !connection.full();
        let now = Instant::now();
        let due = due.unwrap_or(now);
        recording.send(now, due);
        connection.send(&self.talk, self.number, due)?;
        self.number += 1;
        if had_room && connection.full() {
            self.waiting.room(index, connection, true)?;
        }
        Ok(())
    }

    /// Handles a connection that is writable or has replies. In a closed loop, each reply sends the next
    /// message.
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
            if schedule.rate.is_none() && recording.sent() < schedule.total {
                self.send(index, None, recording)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_results::histogram;
    use std::io::{Read, Write};
    use std::thread;
    use std::time::Duration;

    use crate::load::ClientForm;
    use crate::load::blocking::BlockingClients;
    use crate::loopback;
    use crate::transport::Transport;

    /// An echo server for one connection that corrupts message `wrong` and pauses before message `stall`.
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
        let (talk, client) = (Talk::Echo { size }, ClientForm::Epoll);
        let (transport, certificate) = (Transport::Tcp, None);
        Target { address, connections: 1, talk, client, transport, certificate }
    }

    #[test]
    fn closed_loop_sends_the_requested_messages_and_detects_wrong_echoes() {
        let target = server(64, 3, usize::MAX, Duration::ZERO);
        let mut client = Client::connect(&target).unwrap();
        let report = client.drive(Drive::Closed { messages: 10 }).unwrap();
        assert_eq!((report.sent, report.answered, report.wrong), (10, 10, 1));
        assert_eq!(report.late_p99_ns, 0, "a closed loop has no send schedule");
        let again = client.drive(Drive::Closed { messages: 5 }).unwrap();
        assert_eq!((again.sent, again.answered, again.wrong), (5, 5, 0));
    }

    #[cfg(feature = "tls")]
    #[test]
    fn clients_of_both_forms_talk_over_tls_and_reject_other_certificates() {
        let (server, certificate) = crate::tls::Server::new().unwrap();
        let listener = loopback::listen().unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let server = server.clone();
                thread::spawn(move || -> io::Result<()> {
                    let (mut stream, mut message) = (server.accept_blocking(stream?)?, [0; 64]);
                    loop {
                        stream.read_exact(&mut message)?;
                        stream.write_all(&message)?;
                    }
                });
            }
        });
        let (talk, client, transport) =
            (Talk::Echo { size: 64 }, ClientForm::Epoll, Transport::Tcp);
        let certificate = Some(certificate);
        let target = Target { address, connections: 3, talk, client, transport, certificate };
        let mut client = Client::connect(&target).unwrap();
        let report = client.drive(Drive::Closed { messages: 10 }).unwrap();
        assert_eq!((report.sent, report.answered, report.wrong), (30, 30, 0));
        let spawn = |job: Box<dyn FnOnce() + Send>| thread::Builder::new().spawn(job).map(drop);
        let mut clients = BlockingClients::connect(&target, spawn).unwrap();
        let report = clients.drive(Drive::Closed { messages: 10 }).unwrap();
        assert_eq!((report.sent, report.answered, report.wrong), (30, 30, 0));
        let (_, other) = crate::tls::Server::new().unwrap();
        let refused =
            Client::connect(&Target { certificate: Some(other), ..target }).err().unwrap();
        assert!(
            refused.to_string().starts_with("TLS handshake: invalid peer certificate"),
            "{refused}"
        );
    }

    #[test]
    fn blocking_clients_send_the_requested_messages_and_detect_wrong_echoes() {
        let target = server(64, 3, usize::MAX, Duration::ZERO);
        let spawn = |job: Box<dyn FnOnce() + Send>| thread::Builder::new().spawn(job).map(drop);
        let mut clients = BlockingClients::connect(&target, spawn).unwrap();
        let report = clients.drive(Drive::Closed { messages: 10 }).unwrap();
        assert_eq!((report.sent, report.answered, report.wrong), (10, 10, 1));
        let start = Instant::now();
        let open = clients.drive(Drive::Open { rate: 1_000, milliseconds: 20 }).unwrap();
        assert_eq!((open.sent, open.answered, open.wrong), (20, 20, 0));
        assert!(start.elapsed() >= Duration::from_millis(19), "{:?}", start.elapsed());
    }

    #[test]
    fn messages_larger_than_the_socket_buffer_arrive_whole() {
        let target = server(1 << 20, usize::MAX, usize::MAX, Duration::ZERO);
        let mut client = Client::connect(&target).unwrap();
        let report = client.drive(Drive::Closed { messages: 3 }).unwrap();
        assert_eq!((report.answered, report.wrong), (3, 0));
    }

    #[test]
    fn open_loop_latencies_include_waiting_behind_a_stall() {
        let target = server(64, usize::MAX, 20, Duration::from_millis(100));
        let mut client = Client::connect(&target).unwrap();
        let report = client.drive(Drive::Open { rate: 1_000, milliseconds: 200 }).unwrap();
        assert_eq!((report.sent, report.answered, report.wrong), (200, 200, 0));
        // Of the hundred messages due during the stall, half waited for at least half of it. A closed loop
        // would record one of them.
        let latencies = histogram::decode(&report.histogram).unwrap();
        let waited = latencies.count_between(49_000_000, u64::MAX);
        assert!(waited >= 45, "{waited} of {}", latencies.len());
    }
}

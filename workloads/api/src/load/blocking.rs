//! Clients on threads that block: one for each connection.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use super::recording::Recording;
use super::schedule::Schedule;
use super::turns::Turns;
use super::wire::Wire;
use super::{BUFFER, Drive, PATIENCE, Report, Target};
use crate::clock::{Clock, SYSTEM};

/// Connected clients, which end when this is dropped.
pub struct BlockingClients {
    drives: Vec<mpsc::Sender<Schedule>>,
    recordings: mpsc::Receiver<Result<Recording, String>>,
}

/// One client.
struct Client {
    stream: Wire,
    turns: Turns,
    index: usize,
    connections: usize,
}

impl BlockingClients {
    /// Connects to a server, with one blocking job for each connection.
    ///
    /// # Errors
    /// When the system refuses a connection or a thread.
    pub fn connect(
        target: &Target,
        spawn: impl Fn(Box<dyn FnOnce() + Send>) -> io::Result<()>,
    ) -> io::Result<Self> {
        let connections = target.connections;
        let (record, recordings) = mpsc::channel();
        let mut drives = Vec::with_capacity(connections);
        for (index, stream) in Wire::connect(target)?.into_iter().enumerate() {
            stream.socket().set_read_timeout(Some(PATIENCE))?;
            let turns = Turns::new(target.talk.clone(), index, connections);
            let mut client = Client { stream, turns, index, connections };
            let record = record.clone();
            let (drive, scheduled) = mpsc::channel();
            spawn(Box::new(move || {
                for schedule in scheduled {
                    if record.send(client.drive(schedule)).is_err() {
                        return;
                    }
                }
            }))?;
            drives.push(drive);
        }
        Ok(Self { drives, recordings })
    }

    /// Drives the server once.
    ///
    /// # Errors
    /// When a connection fails.
    pub fn drive(&mut self, drive: Drive) -> Result<Report, String> {
        let before = SYSTEM.usage();
        let schedule = Schedule::of(drive, self.drives.len());
        let mut all = Recording::new(&schedule)?;
        let ended = || "a client has ended".to_owned();
        for drive in &self.drives {
            drive.send(schedule).map_err(|_| ended())?;
        }
        for _ in &self.drives {
            all.add(&self.recordings.recv().map_err(|_| ended())??)?;
        }
        all.report(SYSTEM.usage().since(before).cpu)
    }
}

impl Client {
    fn drive(&mut self, schedule: Schedule) -> Result<Recording, String> {
        let mut recording = Recording::new(&schedule)?;
        if schedule.rate.is_some() {
            // By default, the kernel may end a sleep 50 µs late. If this fails, `client-late-p99` shows it.
            #[cfg(target_os = "linux")]
            let _ = nix::sys::prctl::set_timerslack(1);
        }
        match self.talk(schedule, &mut recording) {
            // A server that does not reply in time is a wrong output, not a failure.
            Err(error) if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Err(format!("talking to the server: {error}"))
            }
            Ok(()) | Err(_) => Ok(recording),
        }
    }

    fn talk(&mut self, schedule: Schedule, recording: &mut Recording) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER];
        for due in schedule.turns(self.index, self.connections) {
            if let Some(due) = due {
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            self.stream.write_all(self.turns.send(due, recording))?;
            loop {
                let read = match self.stream.read(&mut buffer) {
                    Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                    Ok(read) => read,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => return Err(error),
                };
                if self.turns.receive(&buffer[..read], recording) {
                    break;
                }
            }
        }
        Ok(())
    }
}

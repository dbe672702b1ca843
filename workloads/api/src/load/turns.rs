//! Clients that wait for each reply before they send the next message, without I/O.

use std::time::Instant;

use super::message::Talk;
use super::recording::Recording;

/// A client of one connection.
pub struct Turns {
    talk: Talk,
    /// Number of the next message.
    number: u64,
    /// Distance to the one after it, so that no two connections use the same number.
    step: u64,
    message: Vec<u8>,
    /// Bytes received and not yet parsed.
    come: Vec<u8>,
    due: Instant,
}

impl Turns {
    /// The client of one of `connections`.
    pub fn new(talk: Talk, index: usize, connections: usize) -> Self {
        let (number, step) = (index as u64, connections as u64);
        Self { talk, number, step, message: Vec::new(), come: Vec::new(), due: Instant::now() }
    }

    /// Records that a message that was due at `due`, or now, is sent, and returns its bytes.
    pub fn send(&mut self, due: Option<Instant>, recording: &mut Recording) -> &[u8] {
        self.message.clear();
        self.talk.write(self.number, &mut self.message);
        let now = Instant::now();
        self.due = due.unwrap_or(now);
        recording.send(now, self.due);
        &self.message
    }

    /// Takes received bytes. Records the reply and returns `true` once it is complete.
    pub fn receive(&mut self, bytes: &[u8], recording: &mut Recording) -> bool {
        self.come.extend_from_slice(bytes);
        let Some(answer) = self.talk.read(self.number, &self.come) else { return false };
        recording.answer(Instant::now(), self.due, answer.correct);
        self.come.drain(..answer.length);
        self.number += self.step;
        true
    }
}

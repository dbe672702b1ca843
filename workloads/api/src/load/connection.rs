//! One connection of the generator, non-blocking.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::time::Instant;

use super::message::Talk;
use super::wire::Wire;

/// A connection and its messages in flight.
pub(super) struct Connection {
    pub(super) stream: Wire,
    /// Bytes to send, from `written` on.
    out: Vec<u8>,
    written: usize,
    /// Bytes received and not yet parsed.
    come: Vec<u8>,
    /// Messages without a reply: their number and due time.
    waiting: VecDeque<(u64, Instant)>,
}

impl Connection {
    pub(super) fn new(stream: Wire) -> Self {
        let (out, come) = (Vec::new(), Vec::new());
        Self { stream, out, written: 0, come, waiting: VecDeque::new() }
    }

    /// Sends a message as far as the socket has room; [`Connection::flush`] sends the rest.
    pub(super) fn send(&mut self, talk: &Talk, number: u64, due: Instant) -> io::Result<()> {
        talk.write(number, &mut self.out);
        self.waiting.push_back((number, due));
        self.flush()
    }

    /// Sends the remaining bytes as far as the socket has room.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while self.written < self.out.len() {
            match self.stream.write(&self.out[self.written..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => self.written += written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.out.clear();
        self.written = 0;
        match self.stream.flush() {
            Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
            _ => Ok(()),
        }
    }

    /// Whether something is left to send.
    pub(super) fn full(&self) -> bool {
        self.written < self.out.len() || self.stream.holds_back()
    }

    /// Reads available bytes and reports every reply: whether it is correct, and when its message was due.
    pub(super) fn receive(
        &mut self,
        talk: &Talk,
        buffer: &mut [u8],
        mut answered: impl FnMut(bool, Instant),
    ) -> io::Result<()> {
        match self.stream.read(buffer) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => self.come.extend_from_slice(&buffer[..read]),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        let mut understood = 0;
        while let Some(&(number, due)) = self.waiting.front() {
            let Some(answer) = talk.read(number, &self.come[understood..]) else { break };
            understood += answer.length;
            self.waiting.pop_front();
            answered(answer.correct, due);
        }
        self.come.drain(..understood);
        Ok(())
    }
}

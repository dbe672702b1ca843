//! The line of `brigade`, with Unix sockets between its tasks.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use runtime_bench_api::instance::{AsyncSession, Session};
use runtime_bench_api::loopback::hand_over;
use runtime_bench_api::runtime::{AsyncRuntime, ThreadRuntime};
use runtime_bench_api::transport::Transport;
use runtime_bench_api::workload::Failure;

const PASSING: fn(io::Error) -> Failure =
    |source| Failure::Io { what: "passing the message on", source };

/// Bytes of the message: the number of tasks that it has passed through.
type Message = [u8; 8];

/// The message that a task passes on.
fn next(message: Message) -> Message {
    (u64::from_le_bytes(message) + 1).to_le_bytes()
}

/// A socket to the first task, two for each task, and one from the last task.
type Sockets = (TcpStream, Vec<(TcpStream, TcpStream)>, TcpStream);

/// The sockets of a line of `tasks` tasks.
fn sockets(tasks: usize) -> Result<Sockets, Failure> {
    let pairs = Transport::Unix.pairs(tasks + 1)?;
    let (mut outs, ins): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let first = outs.remove(0);
    let mut ins = ins.into_iter();
    let line: Vec<_> = ins.by_ref().take(tasks).zip(outs).collect();
    let last = ins.next().ok_or_else(|| Failure::Request("a line has an end".to_owned()))?;
    Ok((first, line, last))
}

/// A line of async tasks.
pub(super) struct SocketLine<R: AsyncRuntime> {
    first: R::Tcp,
    last: R::Tcp,
    /// Each task ends when its socket closes.
    _line: Vec<R::Task<()>>,
}

impl<R: AsyncRuntime> SocketLine<R> {
    pub(super) fn stand(tasks: usize) -> Result<Self, Failure> {
        let (first, pairs, last) = sockets(tasks)?;
        let mut line = Vec::with_capacity(tasks);
        for (take, pass_on) in pairs {
            let (mut take, mut pass_on) = (hand_over::<R>(take)?, hand_over::<R>(pass_on)?);
            line.push(R::spawn(async move {
                let mut message = Message::default();
                while R::read_exact(&mut take, &mut message).await.is_ok() {
                    message = next(message);
                    if R::write_all(&mut pass_on, &message).await.is_err() {
                        return;
                    }
                }
            }));
        }
        Ok(Self { first: hand_over::<R>(first)?, last: hand_over::<R>(last)?, _line: line })
    }
}

impl<R: AsyncRuntime> AsyncSession for SocketLine<R> {
    type Output = u64;

    async fn iterate(&mut self) -> Result<u64, Failure> {
        let mut message = Message::default();
        R::write_all(&mut self.first, &message).await.map_err(PASSING)?;
        R::read_exact(&mut self.last, &mut message).await.map_err(PASSING)?;
        Ok(u64::from_le_bytes(message))
    }
}

/// A line of threads.
pub(super) struct ThreadSocketLine<T: ThreadRuntime> {
    first: TcpStream,
    last: TcpStream,
    /// Each task ends when its socket closes.
    _line: Vec<T::Task<()>>,
}

impl<T: ThreadRuntime> ThreadSocketLine<T> {
    pub(super) fn stand(tasks: usize) -> Result<Self, Failure> {
        let (first, pairs, last) = sockets(tasks)?;
        let stand = |(mut take, mut pass_on): (TcpStream, TcpStream)| {
            T::spawn(move || {
                let mut message = Message::default();
                while take.read_exact(&mut message).is_ok() {
                    message = next(message);
                    if pass_on.write_all(&message).is_err() {
                        return;
                    }
                }
            })
        };
        Ok(Self { first, last, _line: pairs.into_iter().map(stand).collect() })
    }
}

impl<T: ThreadRuntime> Session for ThreadSocketLine<T> {
    type Output = u64;

    fn iterate(&mut self) -> Result<u64, Failure> {
        let mut message = Message::default();
        self.first.write_all(&message).map_err(PASSING)?;
        self.last.read_exact(&mut message).map_err(PASSING)?;
        Ok(u64::from_le_bytes(message))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn each_socket_leads_to_the_next_task() {
        let (mut first, mut line, mut last) = sockets(2).unwrap();
        let mut message = Message::default();
        first.write_all(&message).unwrap();
        for (take, pass_on) in &mut line {
            take.read_exact(&mut message).unwrap();
            message = next(message);
            pass_on.write_all(&message).unwrap();
        }
        last.read_exact(&mut message).unwrap();
        assert_eq!(u64::from_le_bytes(message), 2);
    }
}

//! Waiting for connections and for the next moment of a schedule, on one thread.

use std::io;
use std::time::Duration;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use super::connection::Connection;

/// Connections looked at in one go.
const AT_ONCE: usize = 256;
/// Nothing is waited for longer than this without a look around.
const LOOK_MS: u16 = 100;
/// Stands for the timer among the connections.
const TIMER: u64 = u64::MAX;

/// What a thread waits for.
pub(super) struct Waiting {
    epoll: Epoll,
    /// To the nanosecond, where the timeout of `epoll_wait` counts milliseconds.
    timer: TimerFd,
    events: Vec<EpollEvent>,
}

impl Waiting {
    pub(super) fn on(connections: &[Connection]) -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_CLOEXEC)?;
        epoll.add(&timer, EpollEvent::new(EpollFlags::EPOLLIN, TIMER))?;
        for (index, connection) in connections.iter().enumerate() {
            epoll.add(&connection.stream, EpollEvent::new(EpollFlags::EPOLLIN, index as u64))?;
        }
        Ok(Self { epoll, timer, events: vec![EpollEvent::empty(); AT_ONCE] })
    }

    /// Asks, or no longer, to be told when a connection has room to send.
    pub(super) fn room(
        &self,
        index: usize,
        connection: &Connection,
        wanted: bool,
    ) -> io::Result<()> {
        let out = if wanted { EpollFlags::EPOLLOUT } else { EpollFlags::empty() };
        let mut event = EpollEvent::new(EpollFlags::EPOLLIN | out, index as u64);
        Ok(self.epoll.modify(&connection.stream, &mut event)?)
    }

    /// Waits until a connection has something, or for a time; gives the connections by their index.
    pub(super) fn wait(&mut self, most: Option<Duration>) -> io::Result<Vec<usize>> {
        if let Some(most) = most {
            // Zero would disarm it.
            let most = most.max(Duration::from_nanos(1));
            let once = Expiration::OneShot(TimeSpec::from_duration(most));
            self.timer.set(once, TimerSetTimeFlags::empty())?;
        }
        let ready = match self.epoll.wait(&mut self.events, EpollTimeout::from(LOOK_MS)) {
            Ok(ready) => ready,
            Err(nix::errno::Errno::EINTR) => 0,
            Err(error) => return Err(error.into()),
        };
        let ready = self.events[..ready].iter().map(EpollEvent::data);
        Ok(ready.filter(|data| *data != TIMER).map(|data| data as usize).collect())
    }
}

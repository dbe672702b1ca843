//! Waits for connections and for the next scheduled message, on one thread.

use std::io;
use std::time::Duration;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use super::connection::Connection;

/// Events handled per call.
const AT_ONCE: usize = 256;
/// Longest wait without checking the timeout.
const LOOK_MS: u16 = 100;
/// The event number of the timer.
const TIMER: u64 = u64::MAX;

/// The events that the thread waits for.
pub(super) struct Waiting {
    epoll: Epoll,
    /// Has nanosecond resolution; the timeout of `epoll_wait` counts milliseconds.
    timer: TimerFd,
    /// Whether the timer is armed, or has expired and was not reset.
    armed: bool,
    events: Vec<EpollEvent>,
}

impl Waiting {
    pub(super) fn on(connections: &[Connection]) -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_CLOEXEC)?;
        epoll.add(&timer, EpollEvent::new(EpollFlags::EPOLLIN, TIMER))?;
        for (index, connection) in connections.iter().enumerate() {
            epoll.add(
                connection.stream.socket(),
                EpollEvent::new(EpollFlags::EPOLLIN, index as u64),
            )?;
        }
        Ok(Self { epoll, timer, armed: false, events: vec![EpollEvent::empty(); AT_ONCE] })
    }

    /// Starts or stops waiting until a connection is writable.
    pub(super) fn room(
        &self,
        index: usize,
        connection: &Connection,
        wanted: bool,
    ) -> io::Result<()> {
        let out = if wanted { EpollFlags::EPOLLOUT } else { EpollFlags::empty() };
        let mut event = EpollEvent::new(EpollFlags::EPOLLIN | out, index as u64);
        Ok(self.epoll.modify(connection.stream.socket(), &mut event)?)
    }

    /// Waits until a connection is ready or a time has passed. Returns the indexes of ready connections.
    pub(super) fn wait(&mut self, most: Option<Duration>) -> io::Result<Vec<usize>> {
        if let Some(most) = most {
            // Zero would disarm the timer.
            let most = most.max(Duration::from_nanos(1));
            let once = Expiration::OneShot(TimeSpec::from_duration(most));
            self.timer.set(once, TimerSetTimeFlags::empty())?;
            self.armed = true;
        } else if self.armed {
            // An expired timer stays readable, and the thread would never wait again.
            self.timer.unset()?;
            self.armed = false;
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn expired_timer_does_not_end_later_waits() {
        let mut waiting = Waiting::on(&[]).unwrap();
        assert!(waiting.wait(Some(Duration::ZERO)).unwrap().is_empty());
        let start = Instant::now();
        assert!(waiting.wait(None).unwrap().is_empty());
        let least = Duration::from_millis(u64::from(LOOK_MS) / 2);
        assert!(start.elapsed() >= least, "it came back after {:?}", start.elapsed());
    }
}

//! Send times of the messages of a drive.

use std::time::{Duration, Instant};

use super::Drive;

/// When the messages of a drive are due, and how many there are.
#[derive(Clone, Copy)]
pub struct Schedule {
    pub(super) start: Instant,
    pub(super) total: u64,
    /// Messages per second; `None` in a closed loop.
    pub(super) rate: Option<u64>,
}

impl Schedule {
    /// The schedule of a drive over this many connections, from now on.
    pub fn of(drive: Drive, connections: usize) -> Self {
        let start = Instant::now();
        match drive {
            Drive::Open { rate, milliseconds } => {
                let total = (rate.saturating_mul(milliseconds) / 1_000).max(1);
                Self { start, total, rate: Some(rate.max(1)) }
            }
            Drive::Closed { messages } => {
                Self { start, total: messages.saturating_mul(connections as u64), rate: None }
            }
        }
    }

    /// When a message is due; `None` in a closed loop and after the last message.
    pub(super) fn due(&self, place: u64) -> Option<Instant> {
        let rate = self.rate.filter(|_| place < self.total)?;
        // Computed from the start, so that rounding errors do not accumulate.
        let after = u128::from(place) * 1_000_000_000 / u128::from(rate);
        Some(self.start + Duration::from_nanos(u64::try_from(after).unwrap_or(u64::MAX)))
    }

    /// When the messages of one of `connections` are due; `None` sends as soon as the reply to the previous
    /// message arrives.
    pub fn turns(
        self,
        index: usize,
        connections: usize,
    ) -> impl Iterator<Item = Option<Instant>> + Send {
        (index as u64..self.total).step_by(connections.max(1)).map(move |place| self.due(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedule_keeps_its_rate_for_all_numbers() {
        let open = |rate, milliseconds| Schedule::of(Drive::Open { rate, milliseconds }, 1);
        let after =
            |schedule: &Schedule, place| schedule.due(place).map(|due| due - schedule.start);
        let minute = open(700_000, 60_000);
        assert_eq!(minute.total, 42_000_000);
        // Rounding the interval to nanoseconds would send the last one 24 ms early.
        assert_eq!(after(&minute, 700_000), Some(Duration::from_secs(1)));
        assert_eq!(after(&minute, 41_999_300), Some(Duration::from_millis(59_999)));
        assert_eq!(after(&minute, 42_000_000), None);
        // These used to cause a division by zero and an overflow.
        assert_eq!(after(&open(1 << 32, 1_000), 1 << 31), Some(Duration::from_millis(500)));
        assert_eq!(after(&open(u64::MAX, 60_000), 1), Some(Duration::ZERO));
    }

    #[test]
    fn schedule_of_all_connections_covers_the_messages_of_a_drive() {
        let closed = Schedule::of(Drive::Closed { messages: 5 }, 3);
        assert!((0..3).all(|index| closed.turns(index, 3).count() == 5));
        let open = Schedule::of(Drive::Open { rate: 1_000, milliseconds: 10 }, 3);
        let turns: Vec<usize> = (0..3).map(|index| open.turns(index, 3).count()).collect();
        assert_eq!(turns, [4, 3, 3]);
        assert!(open.turns(2, 3).eq([2, 5, 8].map(|place| open.due(place))));
    }
}

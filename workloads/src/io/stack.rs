//! A stack of connections that are taken for an exchange and returned.

use std::sync::{Mutex, MutexGuard, PoisonError};

use runtime_bench_api::workload::Failure;

/// Idle connections, and the largest number in use at once.
pub(super) struct Stack<C> {
    all: usize,
    idle: Mutex<Idle<C>>,
}

struct Idle<C> {
    connections: Vec<C>,
    /// The smallest number of idle connections.
    fewest: usize,
}

impl<C> Stack<C> {
    pub(super) fn of(connections: Vec<C>) -> Self {
        let all = connections.len();
        Self { all, idle: Mutex::new(Idle { connections, fewest: all }) }
    }

    /// Takes a connection.
    ///
    /// # Errors
    /// When all are in use, although there are as many permits as connections.
    pub(super) fn take(&self) -> Result<C, Failure> {
        let mut idle = self.idle();
        let connection = idle.connections.pop().ok_or_else(|| {
            Failure::WrongOutput(format!("more than {} connections were in use", self.all))
        })?;
        idle.fewest = idle.fewest.min(idle.connections.len());
        Ok(connection)
    }

    pub(super) fn give_back(&self, connection: C) {
        self.idle().connections.push(connection);
    }

    /// The largest number in use at once.
    pub(super) fn most(&self) -> usize {
        self.all - self.idle().fewest
    }

    /// Resets the largest number, while all connections are idle.
    pub(super) fn forget_most(&self) {
        self.idle().fewest = self.all;
    }

    fn idle(&self) -> MutexGuard<'_, Idle<C>> {
        // No code panics while the lock is held.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_records_the_maximum_and_refuses_more() {
        let stack = Stack::of(vec!['a', 'b', 'c']);
        let (c, b) = (stack.take().unwrap(), stack.take().unwrap());
        stack.give_back(b);
        stack.give_back(c);
        assert_eq!(stack.most(), 2);
        stack.forget_most();
        assert_eq!(stack.most(), 0);
        let taken: Vec<char> = (0..3).map(|_| stack.take().unwrap()).collect();
        assert_eq!((taken.len(), stack.most()), (3, 3));
        assert!(stack.take().is_err());
    }
}

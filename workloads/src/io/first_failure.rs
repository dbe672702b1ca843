//! The first failure among the clients of a listener, which ends accepting.

use std::io;
use std::net::{Shutdown, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use socket2::SockRef;

use runtime_bench_api::workload::Failure;

/// Ends accepting when a client fails: the connections that it owes would be waited for in vain.
pub(super) struct FirstFailure {
    /// The socket that accepts.
    listener: Arc<TcpListener>,
    error: Mutex<Option<io::Error>>,
}

impl FirstFailure {
    /// Nothing has failed yet.
    pub(super) fn among_clients_of(listener: &Arc<TcpListener>) -> Self {
        Self { listener: Arc::clone(listener), error: Mutex::new(None) }
    }

    /// What a client saw. When it failed, that is nothing, and nobody accepts any more.
    ///
    /// Shutting down the listening socket wakes who waits for it, here and in any runtime, needs no
    /// further file, and resets the connections that were not accepted, so that their clients end too.
    /// Elsewhere than on Linux it may wake nobody.
    pub(super) fn seen<T: Default>(&self, outcome: io::Result<T>) -> T {
        outcome.unwrap_or_else(|error| {
            self.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            // If it cannot be, the trial's limit ends the wait.
            let _ = SockRef::from(&*self.listener).shutdown(Shutdown::Both);
            T::default()
        })
    }

    /// Why accepting ended: because a client had failed, or of itself.
    pub(super) fn ended(&self, accepting: io::Error) -> Failure {
        self.outcome(()).err().unwrap_or_else(|| Failure::io("accepting")(accepting))
    }

    /// What all have seen, unless one has failed.
    ///
    /// # Errors
    /// The first failure.
    pub(super) fn outcome<T>(&self, all: T) -> Result<T, Failure> {
        let first = self.error.lock().unwrap_or_else(PoisonError::into_inner).take();
        first.map_or(Ok(all), |error| Err(Failure::io("connecting and asking")(error)))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use runtime_bench_api::loopback::{connect, listen};
    use std::io::Read;
    use std::thread;

    #[test]
    fn the_first_failure_ends_accepting_and_whom_nobody_accepted() {
        let listener = Arc::new(listen().unwrap());
        let failure = Arc::new(FirstFailure::among_clients_of(&listener));
        let accepting = thread::spawn({
            let (listener, failure) = (Arc::clone(&listener), Arc::clone(&failure));
            move || {
                loop {
                    if let Err(error) = listener.accept() {
                        return failure.ended(error).to_string();
                    }
                }
            }
        });
        let mut client = connect(listener.local_addr().unwrap()).unwrap();
        assert_eq!(failure.seen(Ok(7)), 7);
        assert_eq!(failure.seen::<u8>(Err(io::ErrorKind::TimedOut.into())), 0);
        assert_eq!(failure.seen::<u8>(Err(io::ErrorKind::BrokenPipe.into())), 0);
        let ended = accepting.join().unwrap();
        assert!(ended.contains("connecting and asking: timed out"), "{ended}");
        // Accepted or not, the client is not left waiting.
        assert!(client.read(&mut [0]).map_or(true, |read| read == 0));
        assert!(connect(listener.local_addr().unwrap()).is_err());
    }

    #[test]
    fn without_a_failure_accepting_ends_of_itself() {
        let failure = FirstFailure::among_clients_of(&Arc::new(listen().unwrap()));
        assert_eq!(failure.outcome(3).unwrap(), 3);
        let ended = failure.ended(io::ErrorKind::InvalidInput.into()).to_string();
        assert!(ended.starts_with("accepting: "), "{ended}");
    }
}

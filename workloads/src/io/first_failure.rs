//! Records the first failure among the clients of a listener and stops accepting.

use std::io;
use std::net::{Shutdown, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use socket2::SockRef;

use runtime_bench_api::workload::Failure;

/// Stops accepting when a client fails, because its remaining connections would never arrive.
pub(super) struct FirstFailure {
    /// The accepting socket.
    listener: Arc<TcpListener>,
    error: Mutex<Option<io::Error>>,
}

impl FirstFailure {
    /// Starts without a failure.
    pub(super) fn among_clients_of(listener: &Arc<TcpListener>) -> Self {
        Self { listener: Arc::clone(listener), error: Mutex::new(None) }
    }

    /// Takes the outcome of a client. After a failure, returns the default and stops accepting.
    ///
    /// Shutting down the listening socket wakes the accepting task in any runtime, needs no additional
    /// file, and resets pending connections, so that their clients end too. Outside Linux it may not wake
    /// the task.
    pub(super) fn seen<T: Default>(&self, outcome: io::Result<T>) -> T {
        outcome.unwrap_or_else(|error| {
            self.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            // If this fails, the time limit of the trial ends the wait.
            let _ = SockRef::from(&*self.listener).shutdown(Shutdown::Both);
            T::default()
        })
    }

    /// Why accepting ended: a failure of a client, or this error.
    pub(super) fn ended(&self, accepting: io::Error) -> Failure {
        self.outcome(()).err().unwrap_or_else(|| Failure::io("accepting")(accepting))
    }

    /// Returns the total, unless a client has failed.
    ///
    /// # Errors
    /// The first failure.
    pub(super) fn outcome<T>(&self, all: T) -> Result<T, Failure> {
        let first = self.error.lock().unwrap_or_else(PoisonError::into_inner).take();
        first.map_or(Ok(all), |error| Err(Failure::io("client of the listener")(error)))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use runtime_bench_api::loopback::{connect, listen};
    use std::io::Read;
    use std::thread;

    #[test]
    fn first_failure_stops_accepting_and_resets_pending_clients() {
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
        assert!(ended.contains("client of the listener: timed out"), "{ended}");
        // The client must not be left waiting, accepted or not.
        assert!(client.read(&mut [0]).map_or(true, |read| read == 0));
        assert!(connect(listener.local_addr().unwrap()).is_err());
    }

    #[test]
    fn accept_errors_are_reported_without_a_client_failure() {
        let failure = FirstFailure::among_clients_of(&Arc::new(listen().unwrap()));
        assert_eq!(failure.outcome(3).unwrap(), 3);
        let ended = failure.ended(io::ErrorKind::InvalidInput.into()).to_string();
        assert!(ended.starts_with("accepting: "), "{ended}");
    }
}

//! Code shared by the forms of `connect-churn`.

use std::io;

use runtime_bench_results::key::Point;
use serde::{Deserialize, Serialize};

use runtime_bench_api::tls;
use runtime_bench_api::workload::{FromPoint, Unsupported};

/// Bytes of the message and of its echo.
pub(super) const SIZE: usize = 64;

/// The exchanges that both ends counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Churned {
    /// Connections whose client received an echo.
    pub(super) answered: usize,
    /// Echoes that differ from the message sent.
    pub(super) wrong: usize,
    /// Connections whose server saw one message followed by the end.
    pub(super) served: usize,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    pub(super) connections: usize,
    pub(super) at_once: usize,
    pub(super) tls: bool,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        Ok(Self {
            connections: point.count_in("connections", 1..=10_000_000)?,
            at_once: point.count_in("at-once", 1..=4_096)?,
            tls: tls::requested(point)?,
        })
    }
}

impl Churned {
    /// Adds the counts of a client.
    pub(super) fn add(&mut self, client: Self) {
        self.answered += client.answered;
        self.wrong += client.wrong;
    }

    /// Counts a server task if it saw the end of its connection.
    pub(super) fn serve(&mut self, to_the_end: bool) {
        self.served += usize::from(to_the_end);
    }

    /// Compares an echo.
    pub(super) fn count(&mut self, sent: &[u8], echo: &[u8]) {
        self.answered += 1;
        self.wrong += usize::from(sent != echo);
    }
}

/// Expects the end of the connection when one more byte is read.
pub(super) fn ended(byte: io::Result<()>) -> io::Result<()> {
    match byte {
        Ok(()) => Err(io::ErrorKind::InvalidData.into()),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_must_end_after_its_message() {
        assert!(ended(Ok(())).is_err());
        assert!(ended(Err(io::ErrorKind::UnexpectedEof.into())).is_ok());
        assert!(ended(Err(io::ErrorKind::ConnectionReset.into())).is_err());
    }
}

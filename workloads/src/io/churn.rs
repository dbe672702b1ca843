//! What the forms of `connect-churn` share.

use std::io;

use runtime_bench_results::key::Point;
use serde::Deserialize;

use runtime_bench_api::workload::{FromPoint, Unsupported};

/// Bytes of the message and of its echo.
pub(super) const SIZE: usize = 64;

/// What both ends saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Churned {
    /// Connections whose client got an echo.
    pub(super) answered: usize,
    /// Echoes that were not what had been sent.
    pub(super) wrong: usize,
    /// Connections whose server saw one message and then the end.
    pub(super) served: usize,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    pub(super) connections: usize,
    pub(super) at_once: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        Ok(Self {
            connections: point.count_in("connections", 1..=10_000_000)?,
            at_once: point.count_in("at-once", 1..=4_096)?,
        })
    }
}

impl Churned {
    /// Adds what a client saw.
    pub(super) fn add(&mut self, client: Self) {
        self.answered += client.answered;
        self.wrong += client.wrong;
    }

    /// Counts a server, which saw its connection to the end or not.
    pub(super) fn serve(&mut self, to_the_end: bool) {
        self.served += usize::from(to_the_end);
    }

    /// Compares an echo.
    pub(super) fn count(&mut self, sent: &[u8], echo: &[u8]) {
        self.answered += 1;
        self.wrong += usize::from(sent != echo);
    }
}

/// Reading one byte more must find the end.
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

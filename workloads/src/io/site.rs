//! The server of `scrape`: pages that take their time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use fastrand::Rng;

use crate::io::loopback;
use crate::workload::Failure;

/// Bytes of a page.
pub(super) const PAGE: usize = 2_048;
/// Bytes of a request: the page's number.
const REQUEST: usize = 8;

/// A web site, known from its seed: what it answers and how long it takes.
#[derive(Clone, Copy)]
pub(super) struct Site {
    seed: u64,
    most_ms: usize,
}

impl Site {
    /// A site whose pages take from a quarter of `most_ms` up to it.
    pub(super) fn new(seed: u64, most_ms: usize) -> Self {
        Self { seed, most_ms }
    }

    /// How long the server thinks about a page.
    pub(super) fn latency(self, page: usize) -> Duration {
        let most_us = self.most_ms as u64 * 1_000;
        Duration::from_micros(self.rng(page, 1).u64(most_us / 4..=most_us))
    }

    /// What the page says.
    pub(super) fn content(self, page: usize) -> [u8; PAGE] {
        let mut content = [0; PAGE];
        self.rng(page, 2).fill(&mut content);
        content
    }

    /// How a page is asked for.
    pub(super) fn request(page: usize) -> [u8; REQUEST] {
        (page as u64).to_le_bytes()
    }

    /// Connects so many clients, each to an OS thread of its own that serves it until it hangs up.
    pub(super) fn serve(self, connections: usize) -> Result<Vec<TcpStream>, Failure> {
        let pairs = loopback::pairs(connections).map_err(Failure::io("connecting on loopback"))?;
        pairs
            .into_iter()
            .map(|(client, server)| {
                let thread = thread::Builder::new().name("page-server".into());
                thread.spawn(move || self.answer(server))?;
                Ok(client)
            })
            .collect::<Result<_, _>>()
            .map_err(Failure::io("starting the server's threads"))
    }

    fn answer(self, mut stream: TcpStream) {
        let mut request = [0; REQUEST];
        while stream.read_exact(&mut request).is_ok() {
            let page = u64::from_le_bytes(request) as usize;
            thread::sleep(self.latency(page));
            if stream.write_all(&self.content(page)).is_err() {
                return;
            }
        }
    }

    /// Numbers of a page; `purpose` tells its latency from its content.
    fn rng(self, page: usize, purpose: u64) -> Rng {
        let mut of_page = Rng::with_seed(self.seed.wrapping_add(page as u64));
        Rng::with_seed(of_page.u64(..).wrapping_add(purpose))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_differ_and_their_latencies_lie_in_the_range() {
        let site = Site::new(7, 4);
        assert_ne!(site.content(1), site.content(2));
        assert_eq!(site.content(1), Site::new(7, 4).content(1));
        let latencies: Vec<Duration> = (0..1_000).map(|page| site.latency(page)).collect();
        let (least, most) = (latencies.iter().min().unwrap(), latencies.iter().max().unwrap());
        assert!(*least >= Duration::from_millis(1) && *most <= Duration::from_millis(4));
        assert!(*least < Duration::from_micros(1_100) && *most > Duration::from_micros(3_900));
    }

    #[test]
    fn every_connection_gets_the_page_that_it_asked_for() {
        let site = Site::new(7, 1);
        let mut clients = site.serve(2).unwrap();
        for (page, client) in clients.iter_mut().enumerate() {
            client.write_all(&Site::request(page)).unwrap();
            let mut content = [0; PAGE];
            client.read_exact(&mut content).unwrap();
            assert_eq!(content, site.content(page));
        }
    }
}

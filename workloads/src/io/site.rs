//! The slow server of `scrape`.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use fastrand::Rng;

use runtime_bench_api::loopback;
use runtime_bench_api::workload::Failure;

/// Bytes of a page.
pub(super) const PAGE: usize = 2_048;
/// Bytes of a request: the page's number.
const REQUEST: usize = 8;

/// The same pages over HTTP/1.1 for other clients: `GET /NUMBER` on a keep-alive connection.
mod http {
    use std::io::Read;
    use std::net::TcpStream;

    /// Longest head of a request.
    const LONGEST: usize = 8 * 1_024;

    /// Reads the rest of a request that starts with `begun`. Returns the number of the requested page, if
    /// any.
    pub(super) fn page(begun: &[u8], stream: &mut TcpStream) -> Option<usize> {
        let mut head = begun.to_vec();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).ok().filter(|()| head.len() < LONGEST)?;
            head.push(byte[0]);
        }
        let path = str::from_utf8(&head).ok()?.split(' ').nth(1)?;
        path.strip_prefix('/')?.parse().ok()
    }

    /// The head of a reply with a body of `length` bytes.
    pub(super) fn head(length: usize) -> String {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n"
        )
    }
}

/// A web site whose pages and delays follow from its seed.
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

    /// The delay of a page.
    pub(super) fn latency(self, page: usize) -> Duration {
        let most_us = self.most_ms as u64 * 1_000;
        Duration::from_micros(self.rng(page, 1).u64(most_us / 4..=most_us))
    }

    /// The content of a page.
    pub(super) fn content(self, page: usize) -> [u8; PAGE] {
        let mut content = [0; PAGE];
        self.rng(page, 2).fill(&mut content);
        content
    }

    /// The request for a page.
    pub(super) fn request(page: usize) -> [u8; REQUEST] {
        (page as u64).to_le_bytes()
    }

    /// Connects clients, each to its own OS thread, which serves it until it disconnects.
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

    /// Listens on loopback and serves each client on its own OS thread until this process ends.
    pub(super) fn open(self) -> Result<SocketAddr, Failure> {
        let open = || {
            let listener = loopback::listen()?;
            let address = listener.local_addr()?;
            thread::Builder::new().name("site".into()).spawn(move || {
                for stream in listener.incoming().flatten() {
                    // If a thread is refused, the client is disconnected and reports it.
                    let _ = thread::Builder::new().spawn(move || self.answer(stream));
                }
            })?;
            Ok(address)
        };
        open().map_err(Failure::io("opening the site"))
    }

    /// Serves a client until it disconnects.
    fn answer(self, mut stream: TcpStream) {
        let mut request = [0; REQUEST];
        while stream.read_exact(&mut request).is_ok() {
            let speaks_http = request.starts_with(b"GET ");
            let page = if speaks_http {
                http::page(&request, &mut stream)
            } else {
                Some(u64::from_le_bytes(request) as usize)
            };
            let Some(page) = page else { return };
            thread::sleep(self.latency(page));
            let content = self.content(page);
            let sent = if speaks_http {
                stream.write_all(&[http::head(PAGE).as_bytes(), &content].concat())
            } else {
                stream.write_all(&content)
            };
            if sent.is_err() {
                return;
            }
        }
    }

    /// Random numbers of a page; `purpose` separates its latency from its content.
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
    fn external_clients_get_pages_by_number_and_http() {
        let site = Site::new(7, 1);
        let mut client = TcpStream::connect(site.open().unwrap()).unwrap();
        let mut content = [0; PAGE];
        for page in [3, 4] {
            client.write_all(&Site::request(page)).unwrap();
            client.read_exact(&mut content).unwrap();
            assert_eq!(content, site.content(page));
        }
        client.write_all(b"GET /5 HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut head = vec![0; http::head(PAGE).len()];
        client.read_exact(&mut head).unwrap();
        assert_eq!(head, http::head(PAGE).as_bytes());
        client.read_exact(&mut content).unwrap();
        assert_eq!(content, site.content(5));
        client.write_all(b"GET /nothing HTTP/1.1\r\n\r\n").unwrap();
        assert_eq!(client.read(&mut content).unwrap_or(0), 0, "it hangs up");
    }

    #[test]
    fn every_connection_gets_the_requested_page() {
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

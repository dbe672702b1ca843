//! TLS on connections, with rustls. The cargo feature `tls` enables it.
//!
//! TLS 1.3 only, with the ring provider. A server makes its key and its certificate when it starts. No session is
//! resumed: every connection is a full handshake, and clients verify the certificate.

#[cfg(feature = "tls")]
mod identity;
#[cfg(feature = "tls")]
mod stream;

#[cfg(feature = "tls")]
pub use identity::{BlockingClient, BlockingServer, Client, Server, pair};
#[cfg(feature = "tls")]
pub use stream::Stream;

use runtime_bench_results::key::Point;

use crate::failure::Unsupported;

/// Upper estimate of the memory of rustls for one end of a connection: its state, and buffers of 4 KiB and
/// more.
const END_ESTIMATE: u64 = 32 * 1_024;

/// The parameter and its default, for [`crate::workload::Workload::OPTIONS`].
pub const OPTION: (&str, &str) = ("tls", "off");

/// The facts to know about TLS before quoting a number.
pub const NOTE: &str = "`tls=on` (`--features tls`) is rustls with ring: TLS 1.3, a certificate that is \
                        created at the start of the trial and verified by the clients, and no resumed \
                        sessions. Async runners use one adapter around their own sockets, built like those \
                        of tokio-rustls and futures-rustls; threads use rustls's blocking stream.";

/// Whether a point asks for TLS.
///
/// # Errors
/// When the value is unknown, or TLS is not compiled in.
pub fn requested(point: &Point) -> Result<bool, Unsupported> {
    match point.value(OPTION.0).map(ToString::to_string).as_deref() {
        None | Some("off") => Ok(false),
        Some("on") if cfg!(feature = "tls") => Ok(true),
        Some("on") => {
            Err(Unsupported::Point("TLS is not compiled in; build with --features tls".to_owned()))
        }
        Some(_) => Err(Unsupported::Point("`tls` must be one of off, on".to_owned())),
    }
}

/// Adds these points over TLS, if it is compiled in.
pub fn also(points: Vec<Point>) -> Vec<Point> {
    if !cfg!(feature = "tls") {
        return points;
    }
    let over = |point: &Point| point.clone().with(OPTION.0, "on", "");
    let others = points.iter().map(over).collect();
    [points, others].concat()
}

/// Upper estimate of the memory of one end of a connection, bytes.
pub fn memory(tls: bool) -> u64 {
    if tls { END_ESTIMATE } else { 0 }
}

/// Rejects TLS, which the protocol of external runners does not have.
///
/// # Errors
/// With TLS.
pub fn supports_external(tls: bool) -> Result<(), Unsupported> {
    if !tls {
        return Ok(());
    }
    Err(Unsupported::Family("The runner protocol does not include TLS.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_off_unless_a_point_asks_for_it() {
        let with = |value: &str| requested(&Point::new().with("tls", value, ""));
        assert_eq!(requested(&Point::new()), Ok(false));
        assert_eq!(with("off"), Ok(false));
        assert!(with("1.2").unwrap_err().to_string().contains("off, on"));
        if cfg!(feature = "tls") {
            assert_eq!(with("on"), Ok(true));
        } else {
            assert!(with("on").unwrap_err().to_string().contains("--features tls"));
        }
        let plain = Point::new().with("connections", 2, "");
        let points = also(vec![plain.clone()]);
        assert_eq!(points[0], plain);
        assert!(points[1..].iter().all(|point| requested(point) == Ok(true)));
        assert_eq!(points.len(), if cfg!(feature = "tls") { 2 } else { 1 });
    }
}

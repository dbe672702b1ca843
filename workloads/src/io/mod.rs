//! Waiting for timers, sockets and files.

pub mod echo_latency;
pub mod file_read;
pub mod http_server;
pub mod loopback;
mod server;
pub mod tcp_echo;
pub mod timer_gather;

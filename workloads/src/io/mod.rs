//! Waiting for timers, sockets and files.

mod echo;
pub mod echo_latency;
pub mod file_read;
pub mod http_server;
pub mod loopback;
pub mod mixed_load;
pub mod overload;
mod server;
pub mod tcp_echo;
pub mod timer_gather;

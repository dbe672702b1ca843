//! Waiting for timers, sockets and files.

mod echo;
pub mod file_read;
pub mod loopback;
pub mod tcp_echo;
pub mod timer_gather;

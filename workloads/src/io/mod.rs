//! Waiting for timers, sockets and files.

pub mod connect_churn;
pub mod file_read;
mod hot_clients;
pub mod hot_connection;
pub mod loopback;
pub(crate) mod message;
pub mod scrape;
pub mod sensor_streams;
mod site;
mod stack;
pub mod tcp_echo;
pub mod timer_gather;
pub mod timer_precision;

//! Waiting for timers, sockets and files.

mod acceptor;
mod churn;
mod churn_local;
mod churn_threads;
#[cfg(feature = "tls")]
mod churn_tls;
mod clients;
mod cold;
pub mod connect_churn;
mod echo;
pub mod echo_latency;
pub mod file_read;
pub mod file_write;
mod files;
mod first_failure;
mod hot_clients;
pub mod hot_connection;
pub mod http_server;
pub(crate) mod message;
pub mod mixed_load;
pub mod overload;
pub mod reported;
pub mod scrape;
pub mod sensor_streams;
pub mod server;
mod site;
mod stack;
pub mod tcp_echo;
pub mod timer_gather;
pub mod timer_precision;

//! Scheduling and synchronization.

mod batch;
pub mod blocking_pool;
pub mod bounded_queue;
pub mod brigade;
pub mod broadcast;
pub mod cancellation;
mod delivery;
pub mod failures;
mod flag;
pub mod future_size;
pub mod idle_cost;
pub mod joining;
mod latencies;
pub mod mutex;
pub mod ping_pong;
pub mod remote_wake;
pub mod request_reply;
pub mod rwlock;
mod shared;
pub mod shutdown;
mod socket_line;
mod spawn_forms;
pub mod spawn_join;
pub mod timeout_churn;
pub(crate) mod watch;
pub mod worker_pool;
pub mod yielding;

//! Scheduling and synchronisation.

pub mod bounded_queue;
pub mod brigade;
pub mod mutex;
pub mod ping_pong;
pub mod rwlock;
mod shared;
mod spawn_forms;
pub mod spawn_join;
pub mod worker_pool;
pub mod yielding;

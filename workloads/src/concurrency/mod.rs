//! Scheduling and synchronisation.

pub mod bounded_queue;
pub mod brigade;
pub mod ping_pong;
pub mod spawn_join;
pub mod yielding;

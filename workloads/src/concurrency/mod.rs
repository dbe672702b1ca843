//! Scheduling and synchronisation.

pub mod bounded_queue;
pub mod spawn_join;

//! Computing.

pub mod cpu_batch;
pub mod fork_join;

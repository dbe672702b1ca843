//! Folklore and common mistakes.

pub mod await_granularity;
mod barrier;
pub mod blocking_in_async;
pub mod deadlock;
pub mod lock_per_call;
pub mod pool_starvation;

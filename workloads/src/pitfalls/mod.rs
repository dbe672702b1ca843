//! Folklore and classic mistakes.

pub mod await_granularity;
pub mod blocking_in_async;
pub mod deadlock;
pub mod lock_per_call;
mod meeting;
pub mod pool_starvation;

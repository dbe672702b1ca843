//! Folklore and classic mistakes.

pub mod blocking_in_async;

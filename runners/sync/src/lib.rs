//! Locks and channels that work on every asynchronous runtime, so that a workload can choose among them.

pub mod channels;
pub mod locks;
pub mod placement;

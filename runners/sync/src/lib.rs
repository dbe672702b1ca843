//! Locks and channels that work on every async runtime.

pub mod channels;
pub mod locks;
pub mod placement;

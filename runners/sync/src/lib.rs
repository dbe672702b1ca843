//! Locks and channels that work on every async runtime.

pub mod broadcasts;
pub mod channels;
pub mod locks;
pub mod placement;

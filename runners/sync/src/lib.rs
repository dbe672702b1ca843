//! Locks and channels that work on every async runtime.

pub mod broadcasts;
#[cfg(feature = "channel-crates")]
mod channel_crates;
pub mod channels;
pub mod locks;
pub mod placement;

//! Cost of the measurement itself.

pub mod null;

//! What measuring itself costs.

pub mod null;

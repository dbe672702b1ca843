//! CPU-bound work.

pub mod cpu_batch;
pub mod fork_join;
pub mod matmul;
pub mod preprocess;
mod shard;
pub mod sort;
pub(crate) mod xorshift;

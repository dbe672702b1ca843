//! CPU-bound work.

pub mod cpu_batch;
pub mod fork_join;
mod irregular;
pub mod matmul;
pub mod preprocess;
mod quarters;
mod shard;
pub mod sort;
pub mod tree_search;
pub(crate) mod xorshift;

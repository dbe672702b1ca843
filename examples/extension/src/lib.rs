//! A workload and a runner of your own, measured beside those of `runtime-bench`:
//!
//! ```text
//! cargo run --release --manifest-path examples/extension/Cargo.toml -- bench collatz
//! ```

mod collatz;
mod small_stacks;

pub use collatz::Collatz;
pub use small_stacks::SmallStacks;

//! The machine and its limits.
//!
//! Linux is supported completely. On other systems, values that cannot be read are `None`, and the report
//! says so.

mod affinity;
mod capacity;
mod environment;
mod files;
mod limits;
mod measuring;
mod noise;
mod tuning;

pub use affinity::{allowed_cores, on_core};
pub use capacity::{Capacity, Probe};
pub use environment::{cores, cpu_quota, describe};
pub use limits::{Limits, Pool, Refusal};
pub use measuring::Measuring;
pub use noise::{Busy, Counters, load};
pub use tuning::{Tuning, tuning};

//! What the machine is and what it can hold.
//!
//! Linux is complete; elsewhere what cannot be read is `None`, and the report says so.

mod affinity;
mod capacity;
mod environment;
mod files;
mod limits;
mod noise;
mod parent;
mod tuning;

pub use affinity::{allowed_cores, on_core};
pub use capacity::{Capacity, Probe};
pub use environment::{build, describe};
pub use files::{peak_memory, threads};
pub use limits::{Limits, Pool, Refusal, raise_open_files};
pub use noise::{Busy, Counters, load};
pub use parent::{WAITS, adopt_orphans, die_with_parent, orphaned};
pub use tuning::{Tuning, tuning};

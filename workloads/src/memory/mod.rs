//! What a task occupies.

pub(crate) mod gate;
mod resident;
pub mod task_memory;

//! What a task occupies.

mod gate;
mod resident;
pub mod task_memory;

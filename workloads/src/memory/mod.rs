//! Memory of tasks and connections.

mod ends;
pub(crate) mod gate;
pub mod idle_connections;
mod pending;
mod resident;
pub mod task_memory;

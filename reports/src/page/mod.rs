//! The page: one file per section, each a function from the view to markup.

mod badge;
mod cards;
mod chooser;
mod controls;
mod document;
mod environment;
mod figures;
mod header;
pub(crate) mod index;
mod matrix;
mod method;
mod notes;
mod phases;
mod raw;
mod runners;
mod script;
mod tails;
mod workload;

//! Any bytes as a results file: a document or lines, compressed or not.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../analysis/tests/any/mod.rs"]
mod any;

fuzz_target!(|bytes: &[u8]| any::results(bytes));

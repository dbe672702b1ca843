//! Any bytes as the request and the reply of a trial, and as the latencies in it.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../analysis/tests/any/mod.rs"]
mod any;

fuzz_target!(|bytes: &[u8]| any::trial(bytes));

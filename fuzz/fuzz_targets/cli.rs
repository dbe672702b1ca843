//! Any arguments, separated by zero bytes, as the command line. Nothing is run.
#![no_main]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/any/mod.rs"]
mod any;

fuzz_target!(|bytes: &[u8]| {
    let args = bytes.split(|byte| *byte == 0).map(|arg| OsStr::from_bytes(arg).to_os_string());
    any::arguments(args.collect());
});

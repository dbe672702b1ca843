//! Any bytes as the reply of a runner in another language, and as the file that declares it.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../analysis/tests/any/mod.rs"]
mod answers;
#[path = "../../tests/any/mod.rs"]
mod declarations;

fuzz_target!(|bytes: &[u8]| {
    answers::answer(bytes);
    declarations::declarations(&String::from_utf8_lossy(bytes));
});

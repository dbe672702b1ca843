//! Any runs that a valid results file can hold, rendered in every way: their data never becomes markup, and
//! no file is outside the site.
#![no_main]

use libfuzzer_sys::fuzz_target;
use runtime_bench_reports::Options;

#[path = "../../reports/tests/arbitrary/mod.rs"]
mod arbitrary;

fuzz_target!(|bytes: &[u8]| {
    if let [first, rest @ ..] = bytes {
        arbitrary::check::check(
            &arbitrary::runs(rest),
            Options { single_file: first % 4 == 0, url: None },
        );
    }
});

//! The summary of made-up runs.

use super::*;
use runtime_bench_analysis::analysis::analyze;

#[test]
fn nothing_measured_says_what_to_do() {
    let run = crate::fixtures::run();
    let text = text(&run, &analyze(&run), Detail { verbose: false, columns: 100 });
    assert!(text.contains("--verbose"), "{text}");
}

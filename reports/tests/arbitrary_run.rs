//! The report of any valid results file is rendered in bounded time, and is harmless.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use runtime_bench_reports::Options;

mod arbitrary;

/// Longer than any report of that few cells takes, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Checks the runs that the bytes encode; fails if that does not end.
fn checked(bytes: Vec<u8>, single_file: bool) {
    let (done, ended) = channel();
    let work = thread::spawn(move || {
        arbitrary::check::check(&arbitrary::runs(&bytes), Options { single_file, url: None });
        let _ = done.send(());
    });
    if ended.recv_timeout(LIMIT).is_err() {
        assert!(work.is_finished(), "it hangs");
        // The message has been printed already.
        assert!(work.join().is_ok(), "it panics");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_runs_render_safely(bytes in vec(any::<u8>(), 0..4000), single_file: bool) {
        checked(bytes, single_file);
    }
}

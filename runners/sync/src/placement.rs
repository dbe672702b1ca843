//! Checks where root tasks run; used by the tests of every async runner.

use std::thread;

use runtime_bench_api::runtime::AsyncRuntime;

/// A spawned root must run on a worker, a root on the caller on the waiting thread; both must be able to
/// spawn.
///
/// # Panics
/// If a root runs elsewhere.
pub fn check<R: AsyncRuntime>(runtime: &R) {
    let root = || async {
        R::spawn(async {}).await;
        thread::current().id()
    };
    assert_ne!(runtime.run(root()), thread::current().id());
    assert_eq!(runtime.run_on_caller(root()), thread::current().id());
}

//! Where roots run: asked of every asynchronous runner's own tests.

use std::thread;

use runtime_bench_api::runtime::AsyncRuntime;

/// A spawned root runs on a worker, one on the caller on the thread that waits for it, and both can
/// spawn.
///
/// # Panics
/// Where they do not: it is a test of a runner.
pub fn check<R: AsyncRuntime>(runtime: &R) {
    let root = || async {
        R::spawn(async {}).await;
        thread::current().id()
    };
    assert_ne!(runtime.run(root()), thread::current().id());
    assert_eq!(runtime.run_on_caller(root()), thread::current().id());
}

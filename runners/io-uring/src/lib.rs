//! The runners on `io_uring`, each with one thread or with one runtime per core. Linux only.

#![cfg(all(target_os = "linux", any(feature = "compio", feature = "monoio")))]

#[cfg(feature = "compio")]
mod compio;
#[cfg(feature = "monoio")]
mod monoio;

#[cfg(feature = "compio")]
pub use compio::{Compio, PerCore};
#[cfg(feature = "monoio")]
pub use monoio::Monoio;

use std::io;

use runtime_bench_api::cells::Cells;
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_results::key::Point;

/// Every workload on every runner on `io_uring`.
pub fn cells() -> Cells {
    let cells = Cells::default();
    #[cfg(feature = "compio")]
    let cells =
        cells.with(Compio, runtime_bench_catalog::each).with(PerCore, runtime_bench_catalog::each);
    #[cfg(feature = "monoio")]
    let cells = cells.with(Monoio, runtime_bench_catalog::each);
    cells
}

/// Why these runners cannot run a workload at a point; `None` where they can.
fn refusal(workload: &dyn DynWorkload, point: &Point) -> Option<String> {
    if let Err(unsupported) = workload.supports_local(point) {
        return Some(unsupported.to_string());
    }
    let one_thread = "It has one thread: the number of workers cannot be set.";
    point.workers().map(|_| one_thread.to_owned())
}

/// Why a runtime could not be built; `None` if it was.
fn without_io_uring<R>(built: io::Result<R>) -> Option<String> {
    built.err().map(|error| format!("io_uring is unavailable: {error} (sysctl or seccomp?)"))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};
    use std::rc::Rc;
    use std::time::{Duration, Instant};

    use runtime_bench_api::runtime::LocalRuntime;
    use runtime_bench_api::workload::PointSet;
    use runtime_bench_workloads::concurrency::bounded_queue::BoundedQueue;
    use runtime_bench_workloads::concurrency::spawn_join::SpawnJoin;

    use super::*;

    #[test]
    fn refusal_contains_the_kernel_error() {
        let refused = io::Error::from_raw_os_error(1);
        let reason = without_io_uring::<()>(Err(refused)).unwrap();
        assert!(reason.contains("not permitted"), "{reason}");
        assert_eq!(without_io_uring(Ok(())), None);
    }

    #[test]
    fn points_without_local_form_or_with_workers_are_refused() {
        let point = Point::new().with("tasks", 2, "");
        assert_eq!(refusal(&SpawnJoin, &point), None);
        let workers = point.clone().with("workers", 2, "");
        assert!(refusal(&SpawnJoin, &workers).unwrap().contains("one thread"));
        let own = DynWorkload::points(&BoundedQueue, PointSet::Smoke, 2).remove(0);
        assert!(refusal(&BoundedQueue, &own).unwrap().contains("can move"));
    }

    /// Checks the operations of a local runtime.
    pub(super) fn check<R: LocalRuntime>(runtime: &R) {
        tasks(runtime);
        streams(runtime);
        assert!(runtime.run(async { woken_from_outside().await }));
    }

    fn tasks<R: LocalRuntime>(runtime: &R) {
        let done = Rc::new(Cell::new(0));
        let counted = Rc::clone(&done);
        let root = async move {
            let start = Instant::now();
            R::sleep(Duration::from_millis(2)).await;
            let slept = start.elapsed();
            let once_more = Rc::clone(&counted);
            R::detach(R::spawn(async move { once_more.set(once_more.get() + 1) }));
            let task = R::spawn(async move { counted.replace(counted.get() + 1) });
            (slept, task.await)
        };
        let (slept, before) = runtime.run(root);
        assert!(slept >= Duration::from_millis(2), "{slept:?}");
        assert_eq!((before, done.get()), (1, 2));
        assert_eq!(runtime.run_on_caller(async { R::spawn(async { 7 }).await }), 7);
    }

    fn streams<R: LocalRuntime>(runtime: &R) {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let mut outside = TcpStream::connect(address).unwrap();
        outside.write_all(b"abc").unwrap();
        drop(outside);
        let (first, rest) = runtime.run(async move {
            let listener = R::listener(socket).unwrap();
            let mut stream = R::accept(&listener).await.unwrap();
            let (read, first) = R::read_exact(&mut stream, vec![0; 2].into()).await;
            read.unwrap();
            // Only one of the two requested bytes is left.
            let (rest, _) = R::read_exact(&mut stream, vec![0; 2].into()).await;
            let mut client = R::connect(address).await.unwrap();
            let mut server = R::accept(&listener).await.unwrap();
            let (written, message) = R::write_all(&mut client, first).await;
            written.unwrap();
            let (read, echo) = R::read_exact(&mut server, vec![0; 2].into()).await;
            read.unwrap();
            assert_eq!(message, echo);
            (echo, rest)
        });
        assert_eq!(&*first, b"ab");
        assert_eq!(rest.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    /// Servers learn about their clients from another thread.
    async fn woken_from_outside() -> bool {
        let (sender, receiver) = async_channel::bounded(1);
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(5));
            sender.send_blocking(true)
        });
        receiver.recv().await.unwrap_or(false)
    }
}

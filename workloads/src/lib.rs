//! The workloads.
//!
//! A workload is written once, against [`runtime_bench_api::runtime`], and the compiler makes a native
//! copy of it for every runner. This crate names no runtime.
//!
//! - [`io`], [`cpu`], [`concurrency`], [`memory`], [`pitfalls`], [`calibration`]: one file per workload.
//!
//! [`each`] is the registry: one line per workload.

pub mod calibration;
pub mod concurrency;
pub mod cpu;
pub mod io;
pub mod memory;
pub mod pitfalls;

use runtime_bench_api::cells::WorkloadVisitor;

/// Shows every workload of this crate to `visitor`, in the order of the report.
pub fn each(visitor: &mut impl WorkloadVisitor) {
    visitor.visit(io::timer_gather::TimerGather);
    visitor.visit(io::timer_precision::TimerPrecision);
    visitor.visit(io::tcp_echo::TcpEcho);
    visitor.visit(io::connect_churn::ConnectChurn);
    visitor.visit(io::scrape::Scrape);
    visitor.visit(io::sensor_streams::SensorStreams);
    visitor.visit(io::hot_connection::HotConnection);
    visitor.visit(io::echo_latency::EchoLatency);
    visitor.visit(io::http_server::HttpServer);
    visitor.visit(io::mixed_load::MixedLoad);
    visitor.visit(io::overload::Overload);
    visitor.visit(io::file_read::FileRead);
    visitor.visit(cpu::cpu_batch::CpuBatch);
    visitor.visit(cpu::fork_join::ForkJoin);
    visitor.visit(cpu::matmul::Matmul);
    visitor.visit(cpu::sort::Sort);
    visitor.visit(cpu::preprocess::Preprocess);
    visitor.visit(concurrency::spawn_join::SpawnJoin);
    visitor.visit(concurrency::yielding::Yield);
    visitor.visit(concurrency::ping_pong::PingPong);
    visitor.visit(concurrency::brigade::Brigade);
    visitor.visit(concurrency::mutex::Mutex);
    visitor.visit(concurrency::rwlock::RwLock);
    visitor.visit(concurrency::worker_pool::WorkerPool);
    visitor.visit(concurrency::bounded_queue::BoundedQueue);
    visitor.visit(concurrency::failures::Failures);
    visitor.visit(concurrency::cancellation::Cancellation);
    visitor.visit(concurrency::shutdown::Shutdown);
    visitor.visit(concurrency::timeout_churn::TimeoutChurn);
    visitor.visit(concurrency::remote_wake::RemoteWake);
    visitor.visit(concurrency::idle_cost::IdleCost);
    visitor.visit(memory::task_memory::TaskMemory);
    visitor.visit(memory::idle_connections::IdleConnections);
    visitor.visit(pitfalls::blocking_in_async::BlockingInAsync);
    visitor.visit(pitfalls::await_granularity::AwaitGranularity);
    visitor.visit(pitfalls::lock_per_call::LockPerCall);
    visitor.visit(pitfalls::deadlock::Deadlock);
    visitor.visit(pitfalls::pool_starvation::PoolStarvation);
    visitor.visit(calibration::null::Null);
}

#[cfg(test)]
mod tests {
    use runtime_bench_api::runtime::Family;
    use runtime_bench_api::workload::{PointSet, Workload};

    use super::*;

    struct Offloads;

    impl WorkloadVisitor for Offloads {
        fn visit<W: Workload>(&mut self, workload: W) {
            let sets = [PointSet::Smoke, PointSet::Quick, PointSet::Full];
            let points = sets.into_iter().flat_map(|set| workload.points(set, 4));
            let points: Vec<_> = points.chain(workload.long_points(4)).collect();
            let offloads = points.iter().any(|point| {
                let requirements = workload.requirements(point, Family::Async);
                requirements.is_ok_and(|requirements| requirements.offloads)
            });
            assert_eq!(W::OFFLOADS, offloads, "{}", workload.info().name);
        }
    }

    #[test]
    fn offloads_is_set_where_any_point_offloads() {
        each(&mut Offloads);
    }
}

//! The workloads.
//!
//! A workload is written once, against [`runtime_bench_api::runtime`], and compiled to native code for
//! every runner. This crate does not depend on any runtime.
//!
//! - [`io`], [`cpu`], [`concurrency`], [`memory`], [`pitfalls`], [`calibration`]: one file per workload.
//!
//! [`each`] is the registry: one line per workload. [`SUITES`] names sets of cells.

pub mod calibration;
pub mod concurrency;
pub mod cpu;
pub mod io;
pub mod memory;
pub mod pitfalls;
mod suites;

pub use suites::SUITES;

use runtime_bench_api::cells::WorkloadVisitor;

/// Passes every workload to `visitor`, in the order of the report.
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
    visitor.visit(io::file_write::FileWrite);
    visitor.visit(cpu::cpu_batch::CpuBatch);
    visitor.visit(cpu::fork_join::ForkJoin);
    visitor.visit(cpu::tree_search::TreeSearch);
    visitor.visit(cpu::matmul::Matmul);
    visitor.visit(cpu::sort::Sort);
    visitor.visit(cpu::preprocess::Preprocess);
    visitor.visit(concurrency::spawn_join::SpawnJoin);
    visitor.visit(concurrency::joining::Joining);
    visitor.visit(concurrency::future_size::FutureSize);
    visitor.visit(concurrency::yielding::Yield);
    visitor.visit(concurrency::ping_pong::PingPong);
    visitor.visit(concurrency::brigade::Brigade);
    visitor.visit(concurrency::mutex::Mutex);
    visitor.visit(concurrency::rwlock::RwLock);
    visitor.visit(concurrency::worker_pool::WorkerPool);
    visitor.visit(concurrency::blocking_pool::BlockingPool);
    visitor.visit(concurrency::bounded_queue::BoundedQueue);
    visitor.visit(concurrency::broadcast::Broadcasts);
    visitor.visit(concurrency::request_reply::RequestReply);
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
    use runtime_bench_api::clock::{SYSTEM, Timing};
    use runtime_bench_api::load::Traffic;
    use runtime_bench_api::runtime::Family;
    use runtime_bench_api::suite::Members;
    use runtime_bench_api::workload::{FromPoint, Placement, PointSet, Setup, Timed, Trial};
    use runtime_bench_results::key::Point;

    use super::*;

    /// Most characters of a reason why a cell does not run: it must fit into a table.
    const LONGEST_REASON: usize = 90;

    const FAMILIES: [Family; 4] =
        [Family::Async, Family::ThreadPerTask, Family::ThreadPool, Family::DataParallel];

    struct Checks;

    fn setup() -> Setup {
        Setup {
            point: Point::new(),
            workers: 1,
            pool_threads: 1,
            seed: 0,
            scratch: std::path::PathBuf::new(),
            traffic: Traffic::default(),
            clock: &SYSTEM,
        }
    }

    impl WorkloadVisitor for Checks {
        fn visit<W: runtime_bench_api::workload::Workload>(&mut self, workload: W) {
            let sets = [PointSet::Smoke, PointSet::Quick, PointSet::Full];
            let points: Vec<_> = sets.iter().flat_map(|set| workload.points(*set, 2)).collect();
            let params: Vec<_> =
                points.iter().filter_map(|point| W::Params::from_point(point).ok()).collect();
            let offloads = params.iter().any(|params| {
                workload.requirements(params, Family::Async).is_ok_and(|needs| needs.offloads)
            });
            let name = workload.info().name;
            assert_eq!(params.len(), points.len(), "{name}");
            assert_eq!(W::OFFLOADS, offloads, "{name}");
            assert_eq!(
                W::METRICS.first().map(|metric| metric.id),
                Some(&*workload.info().headline)
            );
            let setup = Setup { point: points[0].clone(), ..setup() };
            let empty = Timed::of(Vec::new(), Timing::default());
            for metric in workload.metrics(&Trial::new(setup).unwrap(), &empty) {
                let declared = W::METRICS.iter().any(|def| {
                    metric.name == def.id
                        && metric.unit == def.unit
                        && metric.better == def.direction
                });
                assert!(declared, "{name}: {}", metric.name);
            }
            for params in &params {
                let required =
                    FAMILIES.map(|family| workload.requirements(params, family).map(|_| ()));
                let other = [workload.supports_local(params), workload.supports_external(params)];
                for unsupported in required.into_iter().chain(other).filter_map(Result::err) {
                    let reason = unsupported.to_string();
                    assert!(reason.chars().count() <= LONGEST_REASON, "{name}: {reason}");
                }
            }
            let on_caller =
                params.iter().any(|params| workload.placement(params) == Placement::OnCaller);
            assert_eq!(W::ON_CALLER, on_caller, "{name}");
        }
    }

    /// What a suite names and has not found yet.
    struct Missing(Vec<(&'static str, Option<Point>)>);

    impl WorkloadVisitor for Missing {
        fn visit<W: runtime_bench_api::workload::Workload>(&mut self, workload: W) {
            let name = workload.info().name;
            self.0.retain(|(member, point)| {
                let valid =
                    |point| workload.requirements(&W::Params::from_point(point)?, Family::Async);
                *member != name || point.as_ref().is_some_and(|point| valid(point).is_err())
            });
        }
    }

    #[test]
    fn suites_name_workloads_and_points_that_exist() {
        for suite in SUITES {
            let members = match suite.members {
                Members::Usual | Members::Sweeps => Vec::new(),
                Members::Workloads(names) => names.iter().map(|name| (*name, None)).collect(),
                Members::Points(list) => {
                    list().into_iter().map(|(name, point)| (name, Some(point))).collect()
                }
            };
            let mut missing = Missing(members);
            each(&mut missing);
            assert!(missing.0.is_empty(), "{}: {:?}", suite.name, missing.0);
        }
    }

    #[test]
    fn constants_and_reasons_are_valid_at_every_point() {
        each(&mut Checks);
    }
}

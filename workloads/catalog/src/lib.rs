//! The catalog: every workload, and named sets of cells.
//!
//! [`each`] is the registry: one line per workload. [`SUITES`] names sets of cells.
//!
//! This is a separate crate to reduce compile time: code that is generic over the workloads and runs outside
//! the clock, such as reading and checking outputs, is compiled here, without optimization.

mod suites;

pub use suites::SUITES;

use runtime_bench_api::cells::WorkloadVisitor;
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::workload::Workload;
use runtime_bench_workloads::{calibration, concurrency, cpu, io, memory, pitfalls};

/// The feature that compiles everything for runners. Without it, they have only the workloads that a run
/// without arguments measures, because each workload adds compile time to every runner.
const FEATURE: &str = "all-workloads";

/// Passes a workload to a visitor.
fn pass<W: Workload>(workload: W, half: &'static dyn DynWorkload, to: &mut impl WorkloadVisitor) {
    if W::BY_NAME && !cfg!(feature = "all-workloads") {
        to.visit_left_out(workload, half, FEATURE);
    } else {
        to.visit_both(workload, half);
    }
}

/// The registry: one line per workload, in the order of the report.
macro_rules! catalog {
    ($($workload:expr),* $(,)?) => {
        /// Passes every workload to `visitor`, in the order of the report.
        pub fn each(visitor: &mut impl WorkloadVisitor) {
            $({
                // A static is compiled in this crate, regardless of the visitor.
                static HALF: &dyn DynWorkload = &$workload;
                pass($workload, HALF, visitor);
            })*
        }
    };
}

catalog![
    io::timer_gather::TimerGather,
    io::timer_precision::TimerPrecision,
    io::tcp_echo::TcpEcho,
    io::connect_churn::ConnectChurn,
    io::scrape::Scrape,
    io::sensor_streams::SensorStreams,
    io::hot_connection::HotConnection,
    io::echo_latency::EchoLatency,
    io::http_server::HttpServer,
    io::mixed_load::MixedLoad,
    io::overload::Overload,
    io::file_read::FileRead,
    io::file_write::FileWrite,
    cpu::cpu_batch::CpuBatch,
    cpu::fork_join::ForkJoin,
    cpu::tree_search::TreeSearch,
    cpu::matmul::Matmul,
    cpu::sort::Sort,
    cpu::preprocess::Preprocess,
    concurrency::spawn_join::SpawnJoin,
    concurrency::joining::Joining,
    concurrency::future_size::FutureSize,
    concurrency::yielding::Yield,
    concurrency::ping_pong::PingPong,
    concurrency::brigade::Brigade,
    concurrency::mutex::Mutex,
    concurrency::rwlock::RwLock,
    concurrency::worker_pool::WorkerPool,
    concurrency::blocking_pool::BlockingPool,
    concurrency::bounded_queue::BoundedQueue,
    concurrency::broadcast::Broadcasts,
    concurrency::request_reply::RequestReply,
    concurrency::failures::Failures,
    concurrency::cancellation::Cancellation,
    concurrency::shutdown::Shutdown,
    concurrency::timeout_churn::TimeoutChurn,
    concurrency::remote_wake::RemoteWake,
    concurrency::idle_cost::IdleCost,
    memory::task_memory::TaskMemory,
    memory::idle_connections::IdleConnections,
    pitfalls::blocking_in_async::BlockingInAsync,
    pitfalls::await_granularity::AwaitGranularity,
    pitfalls::lock_per_call::LockPerCall,
    pitfalls::deadlock::Deadlock,
    pitfalls::pool_starvation::PoolStarvation,
    calibration::null::Null,
];

#[cfg(test)]
mod tests {
    use runtime_bench_api::clock::{SYSTEM, Timing};
    use runtime_bench_api::load::Traffic;
    use runtime_bench_api::runtime::Family;
    use runtime_bench_api::suite::Members;
    use runtime_bench_api::workload::{FromPoint, PointSet, Setup, Timed, Trial, Unsupported};
    use runtime_bench_results::key::Point;

    use super::*;

    /// Maximum length of the reason why a cell does not run, in characters: it must fit into a table.
    const LONGEST_REASON: usize = 90;

    const FAMILIES: [Family; 4] =
        [Family::Async, Family::ThreadPerTask, Family::ThreadPool, Family::DataParallel];

    struct Checks;

    fn setup() -> Setup {
        Setup {
            point: Point::new(),
            settings: runtime_bench_results::setting::Settings::default(),
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
            let empty = Timed { outputs: Vec::new(), timing: Timing::default() };
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
        }
    }

    /// Members of a suite that have not been found yet.
    struct Missing(Vec<(&'static str, Option<Point>)>);

    impl WorkloadVisitor for Missing {
        fn visit<W: runtime_bench_api::workload::Workload>(&mut self, workload: W) {
            let name = workload.info().name;
            self.0.retain(|(member, point)| {
                let valid =
                    |point| workload.requirements(&W::Params::from_point(point)?, Family::Async);
                let invalid = |point| matches!(valid(point), Err(Unsupported::Point(_)));
                *member != name || point.as_ref().is_some_and(invalid)
            });
        }
    }

    #[test]
    fn suites_name_workloads_and_points_that_exist() {
        for suite in SUITES {
            let of = |members: &Members| match members {
                Members::Usual | Members::Sweeps => Vec::new(),
                Members::Workloads(names) => names.iter().map(|name| (*name, None)).collect(),
                Members::Points(list) => {
                    list().into_iter().map(|(name, point)| (name, Some(point))).collect()
                }
            };
            let mut missing = Missing(suite.members.iter().flat_map(of).collect());
            each(&mut missing);
            assert!(missing.0.is_empty(), "{}: {:?}", suite.name, missing.0);
        }
    }

    #[test]
    fn constants_and_reasons_are_valid_at_every_point() {
        each(&mut Checks);
    }
}

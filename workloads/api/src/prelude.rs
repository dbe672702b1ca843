//! Imports for almost every workload: `use runtime_bench_api::prelude::*;`.

pub use runtime_bench_results::catalog::{Kind, WorkloadInfo};
pub use runtime_bench_results::key::Point;
pub use runtime_bench_results::metric::{self, MetricDef};
pub use runtime_bench_results::trial::{Metric, Phase};

pub use crate::instance::{
    AsyncSession, LocalSession, Session, repeat, repeat_async, repeat_local,
};
pub use crate::runtime::{AsyncRuntime, DataParallel, Family, LocalRuntime, ThreadRuntime};
pub use crate::workload::{
    Failure, FromPoint, Placement, PointSet, Requirements, Timed, Trial, Unsupported, Workload,
    ensure, most_threads, over_workers,
};

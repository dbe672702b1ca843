//! A workload without its type.

use std::net::SocketAddr;
use std::time::Duration;

use runtime_bench_results::catalogue::WorkloadInfo;
use runtime_bench_results::key::Point;
use runtime_bench_results::trial::Age;
use serde_json::Value;

use crate::clock::Timing;
use crate::external::ExternalInputs;
use crate::instance::{self, Instance, Sample};
use crate::runtime::Family;
use crate::workload::{Failure, PointSet, Requirements, Setup, Unsupported, Workload};

/// Everything of a workload that needs no runtime.
#[allow(missing_docs)]
pub trait DynWorkload: Send + Sync {
    fn info(&self) -> WorkloadInfo;
    fn ages(&self) -> &'static [Age];
    fn serves(&self) -> bool;
    fn tasks_block(&self) -> bool;
    fn points(&self, set: PointSet, workers: usize) -> Vec<Point>;
    fn long_points(&self, workers: usize) -> Vec<Point>;
    fn capacity(&self, point: &Point) -> Option<Point>;
    fn requirements(&self, point: &Point, family: Family) -> Result<Requirements, Unsupported>;
    fn supports_external(&self, point: &Point) -> Result<(), Unsupported>;
    fn supports_local(&self, point: &Point) -> Result<(), Unsupported>;
    fn external_inputs(&self, setup: &Setup) -> Result<ExternalInputs, Failure>;
    fn external_sample(
        &self,
        setup: &Setup,
        outputs: Vec<Value>,
        timing: Timing,
    ) -> Result<Sample, Failure>;
    fn on_address(
        &self,
        setup: &Setup,
        address: SocketAddr,
        build_time: Duration,
    ) -> Result<Box<dyn Instance>, Failure>;
}

impl<W: Workload> DynWorkload for W {
    fn info(&self) -> WorkloadInfo {
        Workload::info(self)
    }
    fn ages(&self) -> &'static [Age] {
        Workload::ages(self)
    }
    fn serves(&self) -> bool {
        W::SERVES
    }
    fn tasks_block(&self) -> bool {
        Workload::tasks_block(self)
    }
    fn points(&self, set: PointSet, workers: usize) -> Vec<Point> {
        Workload::points(self, set, workers)
    }
    fn long_points(&self, workers: usize) -> Vec<Point> {
        Workload::long_points(self, workers)
    }
    fn capacity(&self, point: &Point) -> Option<Point> {
        Workload::capacity(self, point)
    }
    fn requirements(&self, point: &Point, family: Family) -> Result<Requirements, Unsupported> {
        Workload::requirements(self, point, family)
    }
    fn supports_external(&self, point: &Point) -> Result<(), Unsupported> {
        Workload::supports_external(self, point)
    }
    fn supports_local(&self, point: &Point) -> Result<(), Unsupported> {
        Workload::supports_local(self, point)
    }
    fn external_inputs(&self, setup: &Setup) -> Result<ExternalInputs, Failure> {
        Workload::external_inputs(self, setup)
    }
    fn external_sample(
        &self,
        setup: &Setup,
        outputs: Vec<Value>,
        timing: Timing,
    ) -> Result<Sample, Failure> {
        instance::external_sample(self, setup, outputs, timing)
    }
    fn on_address(
        &self,
        setup: &Setup,
        address: SocketAddr,
        build_time: Duration,
    ) -> Result<Box<dyn Instance>, Failure> {
        instance::on_address(self.clone(), setup.clone(), address, build_time)
    }
}

//! The object-safe part of a workload: what a harness needs without knowing its type.

use std::any::Any;
use std::net::SocketAddr;
use std::time::Duration;

use runtime_bench_results::catalog::WorkloadInfo;
use runtime_bench_results::key::Point;
use runtime_bench_results::metric::MetricDef;
use runtime_bench_results::trial::Phase;
use serde_json::Value;

use crate::clock::Timing;
use crate::external::ExternalInputs;
use crate::instance::{self, Instance, Sample};
use crate::runtime::Family;
use crate::workload::{
    Failure, FromPoint, PointSet, Requirements, Setup, Timed, Trial, Unsupported, Workload,
};

/// A [`Workload`] whose type is erased. Every workload implements it.
pub trait DynWorkload: Send + Sync {
    /// As [`Workload::info`].
    fn info(&self) -> WorkloadInfo;
    /// As [`Workload::phases`].
    fn phases(&self) -> &'static [Phase];
    /// As [`Workload::SERVES`].
    fn serves(&self) -> bool;
    /// As [`Workload::OPTIONS`].
    fn options(&self) -> &'static [(&'static str, &'static str)];
    /// As [`Workload::BY_NAME`].
    fn by_name(&self) -> bool;
    /// As [`Workload::METRICS`].
    fn metrics(&self) -> &'static [&'static MetricDef];
    /// As [`Workload::tasks_block`].
    fn tasks_block(&self) -> bool;
    /// As [`Workload::points`].
    fn points(&self, set: PointSet, workers: usize) -> Vec<Point>;
    /// As [`Workload::capacity`].
    fn capacity(&self, point: &Point) -> Option<Point>;
    /// As [`Workload::requirements`].
    ///
    /// # Errors
    /// When no runner, or none of this family, can run the point.
    fn requirements(&self, point: &Point, family: Family) -> Result<Requirements, Unsupported>;
    /// As [`Workload::supports_local`].
    ///
    /// # Errors
    /// With the reason.
    fn supports_local(&self, point: &Point) -> Result<(), Unsupported>;
    /// As [`Workload::supports_external`].
    ///
    /// # Errors
    /// With the reason.
    fn supports_external(&self, point: &Point) -> Result<(), Unsupported>;
    /// As [`Workload::external_inputs`].
    ///
    /// # Errors
    /// When they cannot be created.
    fn external_inputs(&self, setup: &Setup) -> Result<ExternalInputs, Failure>;
    /// Verifies the outputs of a block, a `Timed` of this workload's `Trial`, and computes its metrics.
    ///
    /// # Errors
    /// When an output is wrong, or either belongs to another workload.
    fn sample(&self, trial: &dyn Any, timed: &dyn Any) -> Result<Sample, Failure>;
    /// The same, and corrupts each output to see that the workload's check rejects it.
    ///
    /// # Errors
    /// Also when the check accepts a corrupted output.
    fn reject_corrupted(&self, trial: &dyn Any, timed: &dyn Any) -> Result<Sample, Failure>;
    /// Parses and verifies the outputs of an external runner, one per iteration.
    ///
    /// # Errors
    /// When one is malformed or wrong.
    fn external_sample(
        &self,
        setup: &Setup,
        outputs: Vec<Value>,
        timing: Timing,
    ) -> Result<Sample, Failure>;
    /// Prepares to load a server that another process took `build_time` to start.
    ///
    /// # Errors
    /// When its clients cannot be started.
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

    fn phases(&self) -> &'static [Phase] {
        Workload::phases(self)
    }

    fn serves(&self) -> bool {
        W::SERVES
    }

    fn options(&self) -> &'static [(&'static str, &'static str)] {
        W::OPTIONS
    }

    fn by_name(&self) -> bool {
        W::BY_NAME
    }

    fn metrics(&self) -> &'static [&'static MetricDef] {
        W::METRICS
    }

    fn tasks_block(&self) -> bool {
        Workload::tasks_block(self)
    }

    fn points(&self, set: PointSet, workers: usize) -> Vec<Point> {
        Workload::points(self, set, workers)
    }

    fn capacity(&self, point: &Point) -> Option<Point> {
        Workload::capacity(self, point)
    }

    fn requirements(&self, point: &Point, family: Family) -> Result<Requirements, Unsupported> {
        Workload::requirements(self, &W::Params::from_point(point)?, family)
    }

    fn supports_local(&self, point: &Point) -> Result<(), Unsupported> {
        Workload::supports_local(self, &W::Params::from_point(point)?)
    }

    fn supports_external(&self, point: &Point) -> Result<(), Unsupported> {
        Workload::supports_external(self, &W::Params::from_point(point)?)
    }

    fn external_inputs(&self, setup: &Setup) -> Result<ExternalInputs, Failure> {
        Workload::external_inputs(self, &Trial::new(setup.clone())?)
    }

    fn sample(&self, trial: &dyn Any, timed: &dyn Any) -> Result<Sample, Failure> {
        let (trial, timed) = typed::<W>(trial, timed)?;
        instance::sample(self, trial, timed)
    }

    fn reject_corrupted(&self, trial: &dyn Any, timed: &dyn Any) -> Result<Sample, Failure> {
        let (trial, timed) = typed::<W>(trial, timed)?;
        instance::reject_corrupted(self, trial, timed)
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

/// The trial and the outputs of a workload.
type Typed<'a, W> = (&'a Trial<<W as Workload>::Params>, &'a Timed<<W as Workload>::Output>);

fn typed<'a, W: Workload>(trial: &'a dyn Any, timed: &'a dyn Any) -> Result<Typed<'a, W>, Failure> {
    trial.downcast_ref().zip(timed.downcast_ref()).ok_or_else(Failure::no_session)
}

//! The input of a trial, and the outputs of a block.

use std::path::PathBuf;

use runtime_bench_results::key::Point;
use runtime_bench_results::metric::MetricDef;
use runtime_bench_results::setting::Settings;
use runtime_bench_results::trial::Metric;

use crate::clock::{Clock, Timing};
use crate::failure::Unsupported;
use crate::load::Traffic;

/// The parsed parameters of a workload.
pub trait FromPoint: Sized + Clone + Send + Sync + 'static {
    /// Parses the variant and the parameters of a point.
    ///
    /// # Errors
    /// [`Unsupported::Point`] when the variant is unknown, or a parameter is missing or out of range.
    fn from_point(point: &Point) -> Result<Self, Unsupported>;
}

/// The setup of a trial and its parsed parameters.
#[derive(Clone)]
pub struct Trial<P> {
    /// Parsed parameters of the point.
    pub params: P,
    /// Everything else.
    pub setup: Setup,
}

impl<P: FromPoint> Trial<P> {
    /// Parses the parameters.
    ///
    /// # Errors
    /// As [`FromPoint::from_point`].
    pub fn new(setup: Setup) -> Result<Self, Unsupported> {
        Ok(Self { params: P::from_point(&setup.point)?, setup })
    }
}

impl FromPoint for () {
    fn from_point(_: &Point) -> Result<Self, Unsupported> {
        Ok(())
    }
}

/// The setup of a trial.
#[derive(Clone)]
pub struct Setup {
    /// Variant and parameters.
    pub point: Point,
    /// Settings of the runner.
    pub settings: Settings,
    /// Worker threads of the runtime.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// Seed for the inputs.
    pub seed: u64,
    /// Folder for input files, kept for the whole run.
    pub scratch: PathBuf,
    /// The load of a server.
    pub traffic: Traffic,
    /// The clock.
    pub clock: &'static dyn Clock,
}

/// The outputs of a block and their timing.
#[derive(Clone, Debug)]
pub struct Timed<O> {
    /// One per iteration.
    pub outputs: Vec<O>,
    /// Of all iterations together.
    pub timing: Timing,
}

impl<O> Timed<O> {
    /// Mean wall time of an iteration, nanoseconds.
    pub fn wall_ns(&self) -> f64 {
        self.timing.wall.as_nanos() as f64 / self.outputs.len() as f64
    }

    /// Mean CPU time of an iteration, nanoseconds.
    pub fn cpu_ns(&self) -> f64 {
        self.timing.usage.cpu.as_nanos() as f64 / self.outputs.len() as f64
    }

    /// Wall time and CPU time of each of an iteration's `pieces`.
    pub fn per_piece(&self, pieces: f64, wall: &MetricDef, cpu: &MetricDef) -> Vec<Metric> {
        vec![Metric::of(wall, self.wall_ns() / pieces), Metric::of(cpu, self.cpu_ns() / pieces)]
    }

    /// How many of an iteration's `pieces` are done in a second, and the CPU time of each.
    pub fn pieces_per_second(&self, pieces: f64, rate: &MetricDef, cpu: &MetricDef) -> Vec<Metric> {
        let per_second = pieces / self.wall_ns() * 1e9;
        vec![Metric::of(rate, per_second), Metric::of(cpu, self.cpu_ns() / pieces)]
    }

    /// Mean of a number over the outputs.
    pub fn mean(&self, of: impl Fn(&O) -> f64) -> f64 {
        self.outputs.iter().map(of).sum::<f64>() / self.outputs.len() as f64
    }
}

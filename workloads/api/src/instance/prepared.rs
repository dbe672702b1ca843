//! A prepared session, and the verification of its outputs.

use std::time::Duration;

use runtime_bench_results::trial::Metric;
use serde_json::Value;

use super::corruption;
use crate::clock::{Clock, Timing};
use crate::workload::{Failure, Setup, Timed, Trial, Workload};

/// The result of one call of [`Instance::measure`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Number of iterations.
    pub iterations: u64,
    /// Time and resources of all of them.
    pub timing: Timing,
    /// The workload's own metrics.
    pub metrics: Vec<Metric>,
    /// Encoded latencies, if the workload recorded any.
    pub histogram: Option<String>,
    /// Short form of the last output.
    pub output: String,
}

/// One fresh, prepared instance of a cell.
pub trait Instance {
    /// Times `iterations` iterations, then verifies every output.
    ///
    /// # Errors
    /// When an output is wrong or the work fails.
    fn measure(&mut self, iterations: u64) -> Result<Sample, Failure>;

    /// Runs one iteration, and corrupts its output to see that the workload's check rejects it.
    ///
    /// # Errors
    /// When the check accepts whatever is wrong with the output, or the work fails.
    fn reject_corrupted(&mut self) -> Result<Sample, Failure>;

    /// Build time of the runtime, without the workload's inputs.
    fn build_time(&self) -> Duration;
}

/// Parses and verifies the outputs of an external runner.
///
/// # Errors
/// When an output is malformed or wrong.
pub fn external_sample<W: Workload>(
    workload: &W,
    setup: &Setup,
    outputs: Vec<Value>,
    timing: Timing,
) -> Result<Sample, Failure> {
    let trial = Trial::new(setup.clone())?;
    let outputs = workload.parse_outputs(&trial, outputs)?;
    sample(workload, &trial, &Timed { outputs, timing })
}

fn sample<W: Workload>(
    workload: &W,
    trial: &Trial<W::Params>,
    timed: &Timed<W::Output>,
) -> Result<Sample, Failure> {
    for output in &timed.outputs {
        workload.verify(trial, output).map_err(Failure::WrongOutput)?;
    }
    Ok(Sample {
        iterations: timed.outputs.len() as u64,
        timing: timed.timing,
        metrics: workload.metrics(trial, timed),
        histogram: workload.histogram(timed),
        output: timed.outputs.last().map_or_else(String::new, |last| workload.describe(last)),
    })
}

/// Verifies outputs, and that the workload's check rejects a corrupted one. Generic over the workload only, so
/// that it is compiled once per workload and not once per cell.
fn reject_corrupted<W: Workload>(
    workload: &W,
    trial: &Trial<W::Params>,
    timed: &Timed<W::Output>,
) -> Result<Sample, Failure> {
    let sample = sample(workload, trial, timed)?;
    for output in &timed.outputs {
        let output = serde_json::to_value(output)
            .map_err(|error| Failure::Request(format!("its output is not JSON: {error}")))?;
        corruption::rejected(&output, &|copy| {
            let copy = workload.parse_outputs(trial, vec![copy]).ok()?.pop()?;
            Some(workload.verify(trial, &copy))
        })
        .map_err(Failure::WrongOutput)?;
    }
    Ok(sample)
}

/// A session, which the runtime borrows for each block.
pub(super) struct Prepared<W: Workload, S, B> {
    workload: W,
    trial: Trial<W::Params>,
    build_time: Duration,
    session: Option<S>,
    block: B,
}

impl<W, S, B> Prepared<W, S, B>
where
    W: Workload,
    S: 'static,
    B: Fn(S, &'static dyn Clock, usize) -> Result<(S, Timed<W::Output>), Failure> + 'static,
{
    pub(super) fn boxed(
        workload: W,
        trial: Trial<W::Params>,
        build_time: Duration,
        session: S,
        block: B,
    ) -> Box<dyn Instance> {
        Box::new(Self { workload, trial, build_time, session: Some(session), block })
    }
}

impl<W, S, B> Prepared<W, S, B>
where
    W: Workload,
    B: Fn(S, &'static dyn Clock, usize) -> Result<(S, Timed<W::Output>), Failure>,
{
    fn iterate(&mut self, iterations: u64) -> Result<Timed<W::Output>, Failure> {
        let session = self.session.take().ok_or_else(|| {
            Failure::Request("cannot measure an instance again after a failure".to_owned())
        })?;
        let (session, timed) =
            (self.block)(session, self.trial.setup.clock, iterations.max(1) as usize)?;
        self.session = Some(session);
        Ok(timed)
    }
}

impl<W, S, B> Instance for Prepared<W, S, B>
where
    W: Workload,
    B: Fn(S, &'static dyn Clock, usize) -> Result<(S, Timed<W::Output>), Failure>,
{
    fn measure(&mut self, iterations: u64) -> Result<Sample, Failure> {
        let timed = self.iterate(iterations)?;
        sample(&self.workload, &self.trial, &timed)
    }

    fn reject_corrupted(&mut self) -> Result<Sample, Failure> {
        let timed = self.iterate(1)?;
        reject_corrupted(&self.workload, &self.trial, &timed)
    }

    fn build_time(&self) -> Duration {
        self.build_time
    }
}

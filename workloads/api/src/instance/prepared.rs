//! A prepared session, and the verification of its outputs.
//!
//! A program has hundreds of cells, and most of the code around the work is the same for all of them. Types
//! are therefore erased outside the timed code: a session, its outputs and its trial are `Any`. Code that
//! needs their types is reached through [`DynWorkload`](crate::dyn_workload::DynWorkload), which is compiled
//! once per workload and not once per cell.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use runtime_bench_results::trial::Metric;
use serde_json::Value;

use super::corruption;
use crate::clock::{Clock, Timing};
use crate::runtime::Counters;
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
    /// The runtime's own counters for them.
    pub counters: Counters,
    /// Encoded latencies, if the workload recorded any.
    pub histogram: Option<String>,
    /// Short form of the last output.
    pub output: String,
}

/// Verifies a `Timed` of the outputs of a `Trial`, and computes metrics.
pub type Verify<'a> = dyn Fn(&dyn Any, &dyn Any) -> Result<Sample, Failure> + 'a;

/// One fresh, prepared instance of a cell.
pub trait Instance {
    /// Times `iterations` iterations, then verifies every output.
    ///
    /// # Errors
    /// When an output is wrong or the work fails.
    fn measure(&mut self, iterations: u64, verify: &Verify<'_>) -> Result<Sample, Failure>;

    /// Build time of the runtime, without the workload's inputs.
    fn build_time(&self) -> Duration;
}

/// A session, or the outputs of a block, that may move between threads.
pub(super) type AnySend = dyn Any + Send;

/// The session after a block, and the block's [`Timed`] outputs.
pub(super) type Ran<A> = (Box<A>, Box<AnySend>);

/// Makes the root of one block, which leaves its result in the slot.
pub(super) type MakeRoot<A, R> = fn(Box<A>, &'static dyn Clock, usize, Slot<Ran<A>>) -> R;

/// A session `A`, which a runtime borrows for each block in a root `R`.
pub(super) struct Prepared<A: ?Sized, R> {
    pub(super) session: Option<Box<A>>,
    pub(super) root: MakeRoot<A, R>,
    pub(super) run: Box<dyn Fn(R) -> Counters>,
    /// The workload's [`Trial`].
    pub(super) trial: Box<dyn Any>,
    pub(super) build_time: Duration,
    pub(super) clock: &'static dyn Clock,
}

impl<A: ?Sized, R> Instance for Prepared<A, R> {
    fn measure(&mut self, iterations: u64, verify: &Verify<'_>) -> Result<Sample, Failure> {
        let session = self.session.take().ok_or_else(|| {
            Failure::Request("cannot measure an instance again after a failure".to_owned())
        })?;
        let slot = Slot::default();
        let iterations = iterations.max(1) as usize;
        let counters = (self.run)((self.root)(session, self.clock, iterations, slot.clone()));
        let (session, timed) = slot.take()?;
        self.session = Some(session);
        Ok(Sample { counters, ..verify(&*self.trial, &*timed)? })
    }

    fn build_time(&self) -> Duration {
        self.build_time
    }
}

/// Holds the result of a root.
pub(super) struct Slot<T>(Arc<Mutex<Option<Result<T, Failure>>>>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }
}

impl<T> Slot<T> {
    // Each root calls it, after the clock has stopped.
    #[inline(never)]
    pub(super) fn set(&self, result: Result<T, Failure>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    /// Takes the result of a finished root.
    pub(super) fn take(&self) -> Result<T, Failure> {
        let result = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.unwrap_or_else(|| Err(Failure::Request("the root task did not finish".to_owned())))
    }
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

/// Verifies the outputs of a block and computes its metrics.
///
/// # Errors
/// When an output is wrong.
pub fn sample<W: Workload>(
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
        counters: Counters::new(),
        histogram: workload.histogram(timed),
        output: timed.outputs.last().map_or_else(String::new, |last| workload.describe(last)),
    })
}

/// Verifies the outputs of a block, and that the workload's check rejects a corrupted one.
///
/// # Errors
/// When an output is wrong, or the check accepts a corrupted one.
pub fn reject_corrupted<W: Workload>(
    workload: &W,
    trial: &Trial<W::Params>,
    timed: &Timed<W::Output>,
) -> Result<Sample, Failure> {
    let sample = sample(workload, trial, timed)?;
    for output in &timed.outputs {
        let output = serde_json::to_value(output)
            .map_err(|error| Failure::Request(format!("the output is not JSON: {error}")))?;
        corruption::rejected(&output, &|copy| {
            let copy = workload.parse_outputs(trial, vec![copy]).ok()?.pop()?;
            Some(workload.verify(trial, &copy))
        })
        .map_err(Failure::WrongOutput)?;
    }
    Ok(sample)
}

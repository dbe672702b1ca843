//! `null`: an iteration that does nothing. Its time is the cost of the clock.

use runtime_bench_api::prelude::*;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Null;

impl Workload for Null {
    type Params = ();
    type Output = ();
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_ITERATION];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "null".into(),
            title: "Empty iteration".into(),
            kind: Kind::Calibration,
            model: "An iteration that does nothing. Its time is the cost of reading the clock \
                    once per iteration."
                .into(),
            check: "Nothing to check.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Every other result includes this cost once per iteration. No result is corrected \
                 for it."
                    .into(),
            ],
        }
    }

    fn points(&self, _: PointSet, _: usize) -> Vec<Point> {
        vec![Point::new()]
    }

    fn requirements(&self, (): &(), _: Family) -> Result<Requirements, Unsupported> {
        Ok(Requirements::default())
    }

    fn verify(&self, _: &Trial<()>, (): &()) -> Result<(), String> {
        Ok(())
    }

    fn describe(&self, (): &()) -> String {
        String::new()
    }

    fn metrics(&self, _: &Trial<()>, block: &Timed<()>) -> Vec<Metric> {
        vec![Metric::of(&metric::PER_ITERATION, block.wall_ns())]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        _: Trial<()>,
    ) -> Result<impl AsyncSession<Output = ()>, Failure> {
        Ok(repeat_async(|| std::future::ready(Ok(()))))
    }

    fn supports_local(&self, (): &()) -> Result<(), Unsupported> {
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        _: Trial<()>,
    ) -> Result<impl LocalSession<Output = ()>, Failure> {
        Ok(repeat_async(|| std::future::ready(Ok(()))))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        _: Trial<()>,
    ) -> Result<impl Session<Output = ()>, Failure> {
        Ok(repeat(|| Ok(())))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        _: Trial<()>,
    ) -> Result<impl Session<Output = ()>, Failure> {
        Ok(repeat(|| Ok(())))
    }
}

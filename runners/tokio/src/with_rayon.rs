//! `tokio-rayon`: tokio with rayon for computing, as tokio's documentation recommends.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rayon::ThreadPoolBuilder;
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_async};
use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;
use tokio::sync::oneshot;

use super::{Offload, Tokio, multi_thread, settings};
use runtime_bench_api::runner::{Runner, Setting, packages};

/// tokio's work-stealing scheduler with rayon's pool.
#[derive(Clone, Copy, Debug)]
pub struct WithRayon;

impl Runner for WithRayon {
    fn name(&self) -> &'static str {
        "tokio-rayon"
    }

    fn info(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "tokio + rayon".into(),
            class: Class::MultiThread,
            configuration: format!(
                "multi-thread scheduler, {workers} worker threads, enable_all; rayon's global pool \
                 of {workers} threads"
            ),
            packages: packages(&["tokio", "mio", "rayon", "rayon-core"]),
            notes: vec![
                "Offloaded work runs on rayon and returns its result over a oneshot channel. Everything \
                 else is identical to the runner `tokio`."
                    .into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn settings(&self) -> Vec<Setting> {
        settings::of_multi_thread()
    }

    fn refuses(&self, _: &dyn DynWorkload, _: &Point, needs: &Requirements) -> Option<String> {
        let reason = "Same as tokio here: this workload does not offload work.";
        (!needs.offloads).then(|| reason.to_owned())
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        // Avoids compiling code for workloads that are always rejected.
        if !W::OFFLOADS {
            return Err(Failure::no_session());
        }
        on_async(&start, workload, setup)
    }
}

/// Starts rayon's global pool, as most programs do, and tokio. A process holds one instance.
fn start(setup: &Setup) -> io::Result<Tokio<OnRayon>> {
    let pool = ThreadPoolBuilder::new().num_threads(setup.workers).build_global();
    pool.map_err(io::Error::other)?;
    multi_thread::start(setup)
}

/// Sends work to rayon.
struct OnRayon;

impl Offload for OnRayon {
    async fn offload<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        let (sender, receiver) = oneshot::channel();
        rayon::spawn(move || {
            // A panic would end the process here; forward it to the waiter, as other runtimes do.
            let ended = catch_unwind(AssertUnwindSafe(work));
            // The receiver is gone if the waiter was canceled.
            let _ = sender.send(ended);
        });
        let ended = receiver.await.unwrap_or_else(|lost| Err(Box::new(lost)));
        ended.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

#[cfg(test)]
mod tests {
    use futures_lite::future::block_on;

    use super::*;

    #[test]
    fn results_and_panics_on_rayon_reach_the_waiter() {
        assert_eq!(block_on(OnRayon::offload(|| 7)), 7);
        let panics = || block_on(OnRayon::offload(|| panic!("on purpose")));
        let panic = catch_unwind(panics).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"on purpose"));
    }
}

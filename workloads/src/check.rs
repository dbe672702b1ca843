//! Checks that the tests of runners use.

use std::path::PathBuf;

use runtime_bench_api::clock::SYSTEM;
use runtime_bench_api::load::Traffic;
use runtime_bench_api::prelude::*;
use runtime_bench_api::workload::Setup;
use runtime_bench_results::setting::Settings;

use crate::io::connect_churn::ConnectChurn;

/// Opens short connections on a running runtime, and over TLS if it is compiled in.
///
/// # Panics
/// When one is not served correctly.
pub fn connections<R: AsyncRuntime>(runtime: &R) {
    on_trials(|trial| {
        runtime.run(async move {
            let mut session = ConnectChurn.on_async::<R>(trial).await?;
            AsyncSession::iterate(&mut session).await
        })
    });
}

/// The same on threads.
///
/// # Panics
/// When one is not served correctly.
pub fn connections_on_threads<T: ThreadRuntime>(runtime: &T) {
    on_trials(|trial| runtime.run(|| Session::iterate(&mut ConnectChurn.on_threads::<T>(trial)?)));
}

type Connections = <ConnectChurn as Workload>::Params;
type Outcome = Result<<ConnectChurn as Workload>::Output, Failure>;

fn on_trials(run: impl Fn(Trial<Connections>) -> Outcome) {
    for point in Workload::points(&ConnectChurn, PointSet::Smoke, 2) {
        let label = point.label();
        let setup = Setup {
            point,
            settings: Settings::default(),
            workers: 2,
            pool_threads: 8,
            seed: 0,
            scratch: PathBuf::new(),
            traffic: Traffic::default(),
            clock: &SYSTEM,
        };
        let trial = Trial::new(setup).unwrap_or_else(|error| panic!("{label}: {error}"));
        let output = run(trial.clone()).unwrap_or_else(|failure| panic!("{label}: {failure}"));
        if let Err(wrong) = Workload::verify(&ConnectChurn, &trial, &output) {
            panic!("{label}: {wrong}");
        }
    }
}

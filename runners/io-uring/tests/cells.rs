//! Every workload on these runners: it runs or gives a reason.

#![cfg(all(target_os = "linux", feature = "compio", feature = "monoio"))]

use runtime_bench_api::cells::{Cells, WorkloadVisitor};
use runtime_bench_api::clock::SYSTEM;
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::load::Traffic;
use runtime_bench_api::runner::Runner;
use runtime_bench_api::workload::{Failure, PointSet, Setup, Unsupported, Workload};
use runtime_bench_catalog::each;
use runtime_bench_io_uring::{Compio, Monoio, PerCore};

/// Part of the reason that all runners give if the kernel refuses `io_uring`.
const NO_RING: &str = "io_uring is unavailable";

#[derive(Default)]
struct Walk {
    /// Cells that ran, by runner and workload.
    ran: Vec<String>,
    no_ring: bool,
}

impl Walk {
    fn on<R: Runner, W: Workload>(&mut self, runner: &R, workload: &W) {
        let (name, on) = (Workload::info(workload).name, runner.info(2, 64).name);
        for point in Workload::points(workload, PointSet::Smoke, 2) {
            let refusal = match DynWorkload::requirements(workload, &point, runner.family()) {
                Ok(needs) => runner.refuses(workload, &point, &needs),
                Err(Unsupported::Family(reason)) => Some(reason),
                Err(Unsupported::Point(reason)) => panic!("{name}: {reason}"),
            };
            if let Some(reason) = refusal {
                assert!(reason.len() > 20, "{name} on {on}: {reason}");
                self.no_ring |= reason.contains(NO_RING);
                continue;
            }
            // The load generator of a server is another program.
            if !W::SERVES {
                let cell = format!("{name} on {on} at {point:?}");
                let scratch = tempfile::tempdir().unwrap();
                let setup = Setup {
                    point: point.clone(),
                    settings: runtime_bench_results::setting::Settings::default(),
                    workers: 2,
                    pool_threads: 64,
                    seed: 1,
                    scratch: scratch.path().to_owned(),
                    traffic: Traffic::default(),
                    clock: &SYSTEM,
                };
                let twice = || -> Result<u64, Failure> {
                    let cells = Cells::default().with(*runner, |on| on.visit(workload.clone()));
                    let mut instance = cells.start(&name, &on, setup)?;
                    instance.measure(1)?;
                    Ok(instance.measure(2)?.iterations)
                };
                assert_eq!(twice().unwrap_or_else(|failure| panic!("{cell}: {failure}")), 2);
            }
            self.ran.push(format!("{name} on {on}"));
        }
    }
}

impl WorkloadVisitor for Walk {
    fn visit<W: Workload>(&mut self, workload: W) {
        self.on(&Compio, &workload);
        self.on(&Monoio, &workload);
        self.on(&PerCore, &workload);
    }
}

#[test]
fn every_workload_runs_or_says_why_not() {
    let mut walk = Walk::default();
    each(&mut walk);
    if walk.no_ring {
        return eprintln!("not tried: no io_uring here");
    }
    for workload in ["spawn-join", "timer-gather", "tcp-echo", "connect-churn", "echo-latency"] {
        for runner in ["compio", "monoio"] {
            let cell = format!("{workload} on {runner}");
            assert!(walk.ran.contains(&cell), "{cell}");
        }
    }
    assert!(walk.ran.contains(&"echo-latency on compio-per-core".to_owned()));
    assert!(walk.ran.contains(&"yield on compio".to_owned()));
    assert!(!walk.ran.iter().any(|cell| cell == "yield on monoio"));
}

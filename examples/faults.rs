//! A workload that fails in every way that a trial can, to test the harness:
//!
//! ```text
//! cargo run --example faults -- verify faults --quiet
//! ```

use std::fs::{self, OpenOptions};
use std::hint::black_box;
use std::io::Write;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

use runtime_bench::api::cells::{Cells, WorkloadVisitor};
use runtime_bench::api::instance::{Session, repeat};
use runtime_bench::api::runtime::{Family, ThreadRuntime};
use runtime_bench::api::workload::{
    Failure, PointSet, Requirements, Setup, Timed, Trial, Unsupported, Workload,
};
use runtime_bench::results::catalog::{Kind, WorkloadInfo};
use runtime_bench::results::key::Point;
use runtime_bench::results::metric::{self, MetricDef};
use runtime_bench::results::trial::{Metric, Phase};
use runtime_bench_threads::Threads;

fn main() -> ExitCode {
    let cells = Cells::default().with(Threads, |on| on.visit(Faults));
    runtime_bench::main(&runtime_bench::standard().with(Faults).with_cells(cells))
}

/// The kinds of failure, each a variant of the workload. `late` succeeds for some trials and then panics;
/// `traced` succeeds unless it is traced. `unchecked` accepts every output.
const WAYS: [&str; 12] = [
    "unchecked",
    "panic",
    "abort",
    "exit",
    "killed",
    "memory",
    "hang",
    "flood",
    "wrong",
    "orphan",
    "late",
    "traced",
];

/// Trials until `late` fails, in the middle of the rounds.
const LATE: u64 = 9;

#[derive(Clone, Copy)]
struct Faults;

impl Workload for Faults {
    type Params = ();
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] = &[&metric::WALL];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "faults".into(),
            title: "Faults".into(),
            kind: Kind::Pitfall,
            model: "Each variant fails in its own way.".into(),
            check: "The output is 0.".into(),
            headline: metric::WALL.id.into(),
            headline_phase: Phase::Warm,
            notes: Vec::new(),
        }
    }

    fn points(&self, _: PointSet, _: usize) -> Vec<Point> {
        WAYS.iter().map(|way| Point::new().variant(way)).collect()
    }

    fn requirements(&self, (): &(), family: Family) -> Result<Requirements, Unsupported> {
        if family == Family::ThreadPerTask {
            Ok(Requirements::default())
        } else {
            Err(Unsupported::Family("one runner is enough to go wrong".into()))
        }
    }

    fn verify(&self, trial: &Trial<()>, answer: &u64) -> Result<(), String> {
        let unchecked = trial.setup.point.variant.as_deref() == Some("unchecked");
        if unchecked || *answer == 0 { Ok(()) } else { Err(format!("{answer}, expected 0")) }
    }

    fn describe(&self, answer: &u64) -> String {
        answer.to_string()
    }

    fn metrics(&self, _: &Trial<()>, _: &Timed<u64>) -> Vec<Metric> {
        Vec::new()
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { setup, .. }: Trial<()>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        let way = setup.point.variant.clone().unwrap_or_default();
        let before = trials(&setup, &way);
        Ok(repeat(move || Ok(go_wrong(&way, before))))
    }
}

/// The number of earlier trials of this kind, counted by a growing file.
fn trials(setup: &Setup, way: &str) -> u64 {
    // Its own folder is emptied when the seed of the inputs changes, with each round.
    let path = setup.scratch.parent().unwrap_or(&setup.scratch).join(way);
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("a file");
    let before = file.metadata().expect("its length").len();
    file.write_all(b"x").expect("one more");
    before
}

fn go_wrong(way: &str, before: u64) -> u64 {
    match way {
        "panic" => panic!("it was meant to"),
        "abort" => std::process::abort(),
        "exit" => std::process::exit(7),
        "killed" => {
            let own = std::process::id().to_string();
            Command::new("kill").args(["-KILL", &own]).status().expect("a signal");
        }
        // More than there is anywhere.
        "memory" => return black_box(vec![1_u8; 1 << 46]).len() as u64,
        "hang" => thread::sleep(Duration::from_secs(600)),
        "flood" => {
            let line = vec![b'x'; 1 << 16];
            for _ in 0..200 {
                std::io::stdout().write_all(&line).expect("it is read");
                std::io::stderr().write_all(&line).expect("it is read");
            }
        }
        "wrong" => return 1,
        "unchecked" => {}
        "orphan" => {
            // The fault: nothing waits for this process.
            let script = "sleep 600 >/dev/null 2>&1 &";
            Command::new("sh").args(["-c", script]).status().expect("a shell");
        }
        "traced" => {
            let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
            let mut lines = status.lines().filter_map(|line| line.strip_prefix("TracerPid:"));
            assert!(lines.all(|tracer| tracer.trim() == "0"), "it was traced");
        }
        _ => assert!(before < LATE, "late, as it was meant to"),
    }
    0
}

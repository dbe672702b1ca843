//! Any arguments and declarations are parsed, or rejected with a message.
//!
//! Inputs are drawn by hand: proptest would enable more features of regex than the program, so `cargo bench`
//! would rebuild everything.

mod any;
#[path = "common/in_process.rs"]
mod in_process;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::Parser;
use fastrand::Rng;
use runtime_bench::api::workload::PointSet;
use runtime_bench::cli::MatrixArgs;
use runtime_bench::harness::error::{COULD_NOT_RUN, Error};
use runtime_bench::harness::machine::Limits;
use runtime_bench::harness::plan;
use runtime_bench::harness::registry::{Entry, Registry};

use in_process::InProcess;

/// Number of inputs of each test.
const CASES: u64 = 256;

/// Checks many inputs, which differ in each run of the test; a failure names the seed of its input.
fn tried(check: impl Fn(&mut Rng)) {
    let first = fastrand::u64(..u64::MAX - CASES);
    for seed in first..first + CASES {
        let checked = catch_unwind(AssertUnwindSafe(|| check(&mut Rng::with_seed(seed))));
        assert!(checked.is_ok(), "with the seed {seed}");
    }
}

fn one<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.usize(..of.len())]
}

fn some<T>(rng: &mut Rng, most: usize, draw: impl Fn(&mut Rng) -> T) -> Vec<T> {
    (0..rng.usize(..=most)).map(|_| draw(rng)).collect()
}

/// Any text, mostly with TOML syntax.
fn text(rng: &mut Rng, most: usize) -> String {
    let letter = |rng: &mut Rng| match rng.u8(..8) {
        0 => rng.char(..),
        1 => one(rng, &['\u{1b}', '\u{202e}', '\0', '\r', '\u{9b}', '\u{feff}']),
        _ => {
            one(rng, &['[', ']', '"', '\'', '=', '\n', '#', '{', '}', ',', '.', '-', '1', 'a', ' '])
        }
    };
    some(rng, most, letter).into_iter().collect()
}

/// The common arguments of the commands that plan.
#[derive(Parser)]
struct Planning {
    #[command(flatten)]
    matrix: MatrixArgs,
}

/// Words of the command line, and edge cases of values.
const WORDS: [&str; 51] = [
    "bench",
    "list",
    "verify",
    "report",
    "history",
    "merge",
    "compare",
    "ab",
    "doctor",
    "serve",
    "check-runner",
    "completions",
    "man",
    "help",
    "trial",
    "--",
    "-",
    "",
    "-q",
    "--help",
    "--version",
    "--filter",
    "--runners",
    "--profile",
    "--points",
    "--param",
    "--rate",
    "--budget",
    "--workers",
    "--seed",
    "--shard",
    "--out",
    "--threshold",
    "--trial-limit",
    "--format=json",
    "--pool-threads=0",
    "quick",
    "full",
    "tasks=1,18446744073709551616",
    "=",
    "0",
    "-1",
    "18446744073709551615",
    "1/0",
    "0/1",
    "2s",
    "99999999999999999999y",
    "1e308%",
    "(((((((((a{999}){999}",
    "\u{202e}\u{0}",
    "é",
];

/// Any argument, on Unix including non-UTF-8 ones.
fn argument(rng: &mut Rng) -> OsString {
    match rng.u8(..8) {
        0 => text(rng, 20).into(),
        1 => {
            let bytes = some(rng, 12, |rng| rng.u8(..));
            #[cfg(unix)]
            return std::os::unix::ffi::OsStringExt::from_vec(bytes);
            #[cfg(not(unix))]
            return String::from_utf8_lossy(&bytes).into_owned().into();
        }
        _ => one(rng, &WORDS).into(),
    }
}

fn number(rng: &mut Rng) -> u64 {
    const EDGES: [u64; 12] =
        [0, 1, 2, 3, 7, 64, 1_000, 1 << 31, 1 << 32, 1 << 53, 1 << 63, u64::MAX];
    if rng.u8(..3) == 0 { rng.u64(..) } else { one(rng, &EDGES) }
}

/// A workload, and a parameter of it with values beyond its range.
fn parameter(rng: &mut Rng) -> Vec<String> {
    let (workload, name) = &parameters()[rng.usize(..parameters().len())];
    let values: Vec<String> = some(rng, 2, number).iter().map(u64::to_string).collect();
    vec![workload.clone(), "--param".to_owned(), format!("{name}={}", values.join(","))]
}

/// An option that selects what to measure.
fn choice(rng: &mut Rng) -> Vec<String> {
    let (name, value) = match rng.u8(..12) {
        0 | 1 => return parameter(rng),
        2 => ("--workers", number(rng).to_string()),
        3 => ("--pool-threads", number(rng).to_string()),
        4 => ("--seed", number(rng).to_string()),
        5 => ("--shard", format!("{}/{}", rng.u8(..9), rng.u8(..9))),
        6 => ("--points", one(rng, &["smoke", "quick", "full", "claims"]).to_owned()),
        7 => ("--profile", one(rng, &["smoke", "quick", "standard", "thorough"]).to_owned()),
        8 => ("--budget", one(rng, &["1ms", "24h", "1ns", "5000y", "0"]).to_owned()),
        9 => ("--rate", "auto".to_owned()),
        10 => ("--phase", one(rng, &["startup", "steady"]).to_owned()),
        _ => ("--runners", one(rng, &["tokio", "smol,rayon", "nobody"]).to_owned()),
    };
    vec![name.to_owned(), value]
}

/// The registry, made once.
fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(in_process::registry)
}

/// Every workload with each of its parameters.
fn parameters() -> &'static [(String, String)] {
    static PARAMETERS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    PARAMETERS.get_or_init(|| {
        let of = |entry: &Entry| {
            let points = entry.points(PointSet::Full, 2).into_iter().flat_map(|point| point.params);
            let mut names: Vec<String> = points.map(|param| param.name).collect();
            names.sort();
            names.dedup();
            let workload = format!("^{}/", entry.info.name);
            names.into_iter().map(|name| (workload.clone(), name)).collect::<Vec<_>>()
        };
        registry().entries().iter().flat_map(of).collect()
    })
}

#[test]
fn arbitrary_arguments_are_parsed_or_rejected() {
    tried(|rng| any::arguments(some(rng, 7, argument)));
}

#[test]
fn arbitrary_runners_files_are_parsed_or_rejected() {
    tried(|rng| any::declarations(&text(rng, 200)));
}

#[test]
fn arbitrary_declarations_are_accepted_or_rejected() {
    tried(|rng| {
        let field = |rng: &mut Rng| format!("{} = {}\n", one(rng, &FIELDS), one(rng, &VALUES));
        let fields = some(rng, 8, field).concat();
        let whole = format!("[[runner]]\nname = \"a\"\ncommand = [\"sh\"]\n{fields}");
        any::declarations(&whole);
        any::declarations(&whole.repeat(2));
        any::declarations(&format!("[[runner]]\n{fields}"));
    });
}

#[test]
fn arbitrary_requests_are_planned_or_rejected() {
    tried(|rng| {
        let args = [parameter(rng), some(rng, 2, choice).concat()].concat();
        let typed = [&["program".to_owned()], &args[..]].concat();
        let Ok(Planning { matrix }) = Planning::try_parse_from(typed) else { return };
        let limits = Limits::of_this_machine();
        let made = matrix
            .request(registry())
            .and_then(|request| plan::make(registry(), &request, limits, &InProcess(registry())));
        match made {
            Ok(planned) => assert!(planned.cost_s.is_finite() && planned.cost_s >= 0.0, "{args:?}"),
            Err(error @ (Error::Usage(_) | Error::CouldNotRun(_))) => {
                assert!(error.to_string().len() > 10, "{args:?}: {error}");
                assert_eq!(error.exit_code(), ExitCode::from(COULD_NOT_RUN));
            }
            Err(other) => panic!("{args:?}: {other}"),
        }
    });
}

const FIELDS: [&str; 8] =
    ["name", "title", "command", "needs", "hint", "memory-mib", "notes", "unknown"];

const VALUES: [&str; 14] = [
    "\"b\"",
    "\"../b\"",
    "\"\"",
    "\"\\u001b[31m\"",
    "3",
    "-3",
    "9223372036854775807",
    "1e999",
    "[]",
    "[\"\"]",
    "[\"sh\", \"\\u0000\"]",
    "[\"/\", \"..\"]",
    "{}",
    "1979-05-27T07:32:00Z",
];

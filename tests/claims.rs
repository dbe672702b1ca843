//! Checks the claims against the available cells.

#[path = "common/in_process.rs"]
mod in_process;

use std::collections::BTreeSet;

use clap::Parser;
use runtime_bench::cli::MatrixArgs;
use runtime_bench::harness::executor::probe_request;
use runtime_bench::harness::machine::Limits;
use runtime_bench::harness::plan::{self, Planned};
use runtime_bench::results::catalog::Class;
use runtime_bench::results::key::CellKey;
use runtime_bench::results::program::{Family, ProbedRunner};
use runtime_bench_analysis::claims::{self, COROUTINES, Cell, Claim, ONE_LOOP};

use in_process::{InProcess, registry};

#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    matrix: MatrixArgs,
}

fn planned(profile: &str) -> Planned {
    let args = ["list", "--points", "claims", "--workers", "2", "--profile", profile];
    let registry = registry();
    let request = Cli::parse_from(args).matrix.request(&registry).unwrap();
    plan::make(&registry, &request, Limits::default(), &InProcess(&registry)).unwrap()
}

#[test]
fn claim_points_are_the_named_cells_in_every_profile() {
    let claims = claims::all(2);
    let group = |cell: &Cell| {
        let Cell { workload, point } = cell.clone();
        CellKey { workload, point, runner: String::new() }.group()
    };
    let named: BTreeSet<String> = claims.iter().flat_map(Claim::cells).map(group).collect();
    for profile in ["smoke", "quick", "standard"] {
        let planned: BTreeSet<String> =
            planned(profile).subjects().map(|cell| cell.key.group()).collect();
        assert_eq!(planned, named, "{profile}");
    }
    let cost_s = planned("quick").cost_s;
    assert!(cost_s < 360.0, "six minutes are enough for a page, and this takes {cost_s} s");
}

#[test]
fn claims_cover_all_runners_of_their_kind() {
    let runners = registry().cells().probe(&probe_request(2, 64, Vec::new()));
    let of = |is_one: &dyn Fn(&ProbedRunner) -> bool| -> BTreeSet<String> {
        runners.iter().filter(|one| is_one(one)).map(|one| one.info.name.clone()).collect()
    };
    let coroutines = of(&|one| one.family == Family::Async);
    let one_loop = of(&|one| one.family == Family::Async && one.info.class == Class::SingleThread);
    for (there, listed) in [(&coroutines, &COROUTINES[..]), (&one_loop, &ONE_LOOP[..])] {
        for name in there {
            assert!(listed.contains(&name.as_str()), "{name} is missing in analysis/src/claims");
        }
    }
    // The other runners of the lists are optional.
    assert!(ONE_LOOP.iter().all(|name| one_loop.contains(*name) || !coroutines.contains(*name)));
}

#[test]
fn claim_baselines_support_their_cells() {
    let planned = planned("quick");
    for claim in claims::all(2) {
        for test in claim.tests.iter().filter(|test| !test.optional) {
            let Some(runner) = test.baseline_runner() else { continue };
            let able = planned.runnable().any(|cell| {
                let key = &cell.key;
                (&key.workload, &key.point) == (&test.cell.workload, &test.cell.point)
                    && key.runner == runner
            });
            assert!(able, "{}: {runner} cannot do {:?}", claim.name, test.cell);
        }
    }
}

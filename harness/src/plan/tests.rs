//! Plans of the catalog on fake runners.

use std::collections::BTreeMap;

use regex::Regex;
use runtime_bench_api::cells::{Cells, WorkloadVisitor};
use runtime_bench_api::suite::{Members, Suite};
use runtime_bench_api::workload::PointSet;
use runtime_bench_workloads::calibration::null::Null;
use runtime_bench_workloads::concurrency::spawn_join::SpawnJoin;

use super::*;
use crate::fake::{FakeExecutor, FakeRunner, registry};

fn request() -> PlanRequest {
    PlanRequest { workers: 2, seed: 1, ..PlanRequest::default() }
}

fn plan(request: &PlanRequest) -> Result<Planned, Error> {
    plan_within(request, Limits::default())
}

fn plan_within(request: &PlanRequest, limits: Limits) -> Result<Planned, Error> {
    make(&registry(), request, limits, &FakeExecutor::new())
}

fn cells(planned: &Planned, role: Role) -> Vec<&PlannedCell> {
    planned.plan.cells.iter().filter(|cell| cell.role == role).collect()
}

#[test]
fn every_pair_has_a_cell_and_every_comparison_a_control() {
    let planned = plan(&request()).unwrap();
    let (workloads, runners) = (planned.workloads.len(), planned.runners.len());
    let mut comparisons: Vec<String> =
        cells(&planned, Role::Subject).iter().map(|cell| cell.key.group()).collect();
    comparisons.dedup();
    assert!(comparisons.len() >= workloads);
    assert_eq!(cells(&planned, Role::Subject).len(), comparisons.len() * runners);
    assert_eq!(cells(&planned, Role::AaControl).len(), comparisons.len());
}

#[test]
fn rare_workloads_are_measured_if_named() {
    let planned = |filters: &[&str], points| {
        let filters = filters.iter().map(|filter| Regex::new(filter).unwrap()).collect();
        let planned = plan(&PlanRequest { filters, points, ..request() }).unwrap();
        planned.workloads.iter().any(|info| info.name == "request-reply")
    };
    assert!(!planned(&[], PointSet::Quick) && !planned(&["/tokio/"], PointSet::Quick));
    for filter in ["^request", "request-reply/tokio"] {
        assert!(planned(&[filter], PointSet::Quick), "{filter}");
    }
    assert!(planned(&[], PointSet::Full));
}

/// A suite with one point that is in no other suite.
const QUEENS: Suite = Suite {
    name: "queens",
    purpose: "a test",
    members: &[Members::Points(|| {
        let point = Point::new().variant("nqueens").with("n", 5, "").with("cut-off", 2, "");
        vec![("tree-search", point)]
    })],
};

#[test]
fn plan_names_the_suites_of_its_workloads() {
    const SUITES: &[Suite] = &[
        Suite { name: "usual", members: &[Members::Usual], ..QUEENS },
        Suite { name: "few", members: &[Members::Workloads(&["null", "tree-search"])], ..QUEENS },
        QUEENS,
        Suite { name: "sweeps", members: &[Members::Sweeps], ..QUEENS },
    ];
    let named = |filter: &str, suite| {
        let filters = vec![Regex::new(filter).unwrap()];
        let request = PlanRequest { filters, suite, ..request() };
        let registry = registry().with_suites(SUITES);
        let planned = make(&registry, &request, Limits::default(), &FakeExecutor::new()).unwrap();
        let words =
            planned.suites.iter().map(|one| format!("{}: {}", one.name, one.workloads.join(" ")));
        words.collect::<Vec<String>>()
    };
    assert_eq!(
        named("^(null|ping-pong|tree-search)/", None),
        ["usual: ping-pong null", "few: tree-search null"]
    );
    assert_eq!(named("^ping-pong/", None), ["usual: ping-pong"]);
    assert_eq!(named("", Some(QUEENS)), ["few: tree-search", "queens: tree-search"]);
}

#[test]
fn workloads_that_a_build_leaves_out_are_not_applicable_and_named_with_their_feature() {
    fn catalog(visitor: &mut impl WorkloadVisitor) {
        visitor.visit(SpawnJoin);
        visitor.visit_left_out(Null, &Null, "wide");
    }
    let registry = Registry::default().with_catalog(catalog).with_programs(&["fake"]);
    let runner = FakeRunner { name: "tokio", family: Family::Async, class: Class::MultiThread };
    let cells = Cells::default().with(runner, catalog);
    let executor = FakeExecutor::without_programs().with_program("fake", cells);
    let planned = |filter: &str| {
        let filters = vec![Regex::new(filter).unwrap()];
        make(&registry, &PlanRequest { filters, ..request() }, Limits::default(), &executor)
            .unwrap()
    };
    let null = planned("null");
    let reason = null.plan.cells[0].not_applicable.as_deref();
    assert!(null.runnable().next().is_none() && reason.unwrap().contains("--features wide"));
    let sentence = null.left_out(&registry).unwrap();
    assert!(sentence.contains("null;") && sentence.contains("--features wide"), "{sentence}");
    assert_eq!(planned("spawn-join").left_out(&registry), None);
}

#[test]
fn suites_are_measured_at_their_own_points() {
    let groups = |members| {
        let suite = Some(Suite { members, ..QUEENS });
        let planned = plan(&PlanRequest { suite, ..request() }).unwrap();
        let mut groups: Vec<String> =
            cells(&planned, Role::Subject).iter().map(|cell| cell.key.group()).collect();
        groups.dedup();
        groups
    };
    assert_eq!(groups(QUEENS.members), ["tree-search/nqueens/n=5,cut-off=2"]);
    let few = groups(&[Members::Workloads(&["request-reply", "null"])]);
    assert!(few.len() == 2 && few[0].starts_with("request-reply/"), "{few:?}");
    assert_eq!(
        groups(&[Members::Usual]).len(),
        cells(&plan(&request()).unwrap(), Role::AaControl).len()
    );
    assert!(groups(&[Members::Sweeps]).len() > 100);
}

#[test]
fn optional_parameters_are_added_and_their_default_changes_no_key() {
    let labels = |values: &[&str]| {
        let values = values.iter().map(|value| (*value).into()).collect();
        let params = vec![("client".to_owned(), values)];
        let filters = vec![Regex::new("^http-server/").unwrap()];
        let planned = plan(&PlanRequest { filters, params, ..request() })?;
        let mut labels: Vec<String> =
            planned.plan.cells.iter().map(|cell| cell.key.point.label()).collect();
        labels.dedup();
        Ok::<_, Error>(labels)
    };
    let default = "connections=32,requests=10,wait=0ms";
    assert_eq!(labels(&["epoll"]).unwrap(), [default]);
    let threads = format!("{default},client=threads");
    assert_eq!(labels(&["epoll", "threads"]).unwrap(), [default.to_owned(), threads]);
    let unknown = labels(&["curl"]).unwrap_err().to_string();
    assert!(unknown.contains("epoll, threads, runtime"), "{unknown}");
}

#[test]
fn a_pool_too_small_is_not_applicable_with_both_numbers() {
    let planned = plan(&PlanRequest { pool_threads: 9, ..request() }).unwrap();
    let reason = |name: &str| {
        let key = planned.plan.cells.iter().find(|c| c.key.to_string().starts_with(name));
        key.unwrap().not_applicable.clone().unwrap_or_default()
    };
    let echo = reason("tcp-echo/thread-pool");
    assert!(echo.contains("128") && echo.contains(" 9 ") && echo.contains("--pool-threads"));
    assert_eq!(reason("bounded-queue/thread-pool"), "");
    assert!(reason("bounded-queue/rayon").contains("--workers"));
}

#[test]
fn unknown_names_suggest_the_nearest() {
    let error = |request: PlanRequest| plan(&request).unwrap_err().to_string();
    let runners = vec!["tokyo".to_owned()];
    assert!(error(PlanRequest { runners, ..request() }).contains("did you mean `tokio`?"));
    let filters = vec![Regex::new("tcp-ecko").unwrap()];
    assert!(error(PlanRequest { filters, ..request() }).contains("did you mean `tcp-echo`?"));
    let params = vec![("conections".to_owned(), vec![1.into()])];
    assert!(error(PlanRequest { params, ..request() }).contains("did you mean `connections`?"));
    let (runners, reference) = (vec!["smol".to_owned()], Some("tokio".to_owned()));
    assert!(error(PlanRequest { runners, reference, ..request() }).contains("not among"));
}

#[test]
fn requested_size_that_does_not_fit_is_rejected() {
    let limits = Limits { open_files: Some(1_024), ..Limits::default() };
    let params = vec![("connections".to_owned(), vec![10_000.into()])];
    let asked = PlanRequest { params, ..request() };
    let error = plan_within(&asked, limits).unwrap_err().to_string();
    assert!(error.contains("40064") && error.contains("1024"), "{error}");
    let full = PlanRequest { points: PointSet::Full, ..request() };
    let planned = plan_within(&full, limits).unwrap();
    let refused = |cell: &&PlannedCell| {
        cell.not_applicable.as_deref().is_some_and(|reason| reason.contains("1024"))
    };
    assert!(planned.plan.cells.iter().any(|cell| refused(&cell)));
}

#[test]
fn a_value_out_of_range_is_refused_before_anything_is_planned() {
    let cases = [("n", 18_446_744_073_709_551_615), ("n", 51), ("tasks", 0), ("capacity", 0)];
    for (name, value) in cases {
        let params = vec![(name.to_owned(), vec![value.into()])];
        let error = plan(&PlanRequest { params, ..request() }).unwrap_err().to_string();
        assert!(error.contains("must be between") && error.contains(name), "{error}");
    }
}

#[test]
fn a_parameter_that_no_chosen_workload_has_is_refused() {
    let filters = vec![Regex::new("spawn-join").unwrap()];
    let params = vec![("connections".to_owned(), vec![3.into()])];
    let error = plan(&PlanRequest { filters, params, ..request() }).unwrap_err().to_string();
    assert!(error.contains("`connections`") && error.contains("tasks"), "{error}");
}

#[test]
fn parameters_replace_those_of_the_points() {
    let params = vec![("tasks".to_owned(), vec![3.into(), 5.into()])];
    let planned = plan(&PlanRequest { params, ..request() }).unwrap();
    let named = |text: &str| planned.plan.cells.iter().any(|c| c.key.to_string() == text);
    assert!(named("spawn-join/tokio/tasks=3") && named("spawn-join/tokio/tasks=5"));
    assert!(!named("spawn-join/tokio/tasks=1000"));
}

#[test]
fn named_values_replace_those_of_the_points() {
    let planned = |workload: &str, values: [&str; 2], param: &str| {
        let filters = vec![Regex::new(workload).unwrap()];
        let params = vec![(param.to_owned(), values.map(Into::into).to_vec())];
        plan(&PlanRequest { filters, params, ..request() })
    };
    let channels = planned("brigade", ["own", "socket"], "channel").unwrap().plan.cells;
    for channel in ["channel=own", "channel=socket"] {
        assert!(channels.iter().any(|cell| cell.key.to_string().contains(channel)), "{channel}");
    }
    let unbounded = planned("bounded-queue", ["unbounded"; 2], "capacity").unwrap().plan.cells;
    assert!(unbounded.iter().all(|cell| cell.key.to_string().contains("capacity=unbounded,")));
    let unknown = planned("brigade", ["own", "pipe"], "channel").unwrap_err().to_string();
    assert!(unknown.contains("must be one of own, tokio"), "{unknown}");
}

/// A plan of one comparison with some runners that have settings.
fn with_settings(variants: &[&str], runners: &[&str]) -> Result<Planned, Error> {
    let filters = vec![Regex::new("^spawn-join/").unwrap()];
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let (variants, runners) = (names(variants), names(runners));
    plan(&PlanRequest { filters, runners, variants, ..request() })
}

#[test]
fn runner_with_settings_has_separate_rows_after_the_default() {
    let set = ["tokio[interval=7]", "tokio[interval=7,stack=3]"];
    let planned = with_settings(&set, &["tokio", "smol"]).unwrap();
    let runners: Vec<&str> = planned.runners.iter().map(|info| info.name.as_str()).collect();
    assert_eq!(runners, ["tokio", set[0], set[1], "smol"]);
    assert!(planned.runners[1].configuration.contains("interval=7"));
    let rows = cells(&planned, Role::Subject);
    assert!(
        rows.iter().any(|cell| cell.key.to_string() == "spawn-join/tokio[interval=7]/tasks=1000")
    );
    assert_eq!(cells(&planned, Role::AaControl)[0].key.runner, "tokio");
    let routes = planned.probes.routes();
    let variables = |name: &str| {
        let route = routes.iter().find(|route| route.runner == name).unwrap();
        route.variables.get("FAKE_STACK").map(String::as_str)
    };
    assert_eq!(set.map(variables), [None, Some("3")]);
}

#[test]
fn setting_that_a_build_lacks_is_not_applicable_with_its_reason() {
    let planned = with_settings(&["tokio[switch=1]"], &[]).unwrap();
    for cell in cells(&planned, Role::Subject) {
        let lacks = cell.key.runner == "tokio[switch=1]";
        assert_eq!(cell.not_applicable.as_deref(), lacks.then_some("This build lacks it."));
    }
}

#[test]
fn unknown_settings_list_the_known_ones() {
    let error =
        |variant: &str| with_settings(&[variant], &["tokio", "smol"]).unwrap_err().to_string();
    for (variant, words) in [
        ("tokio[intervall=7]", ["did you mean `interval`?", "interval, switch, stack"]),
        ("tokio[interval=100]", ["between 1 and 99", "100"]),
        ("smol[interval=7]", ["no setting `interval`", "smol has no settings"]),
        ("tokyo[interval=7]", ["unknown runner `tokyo`", "did you mean `tokio`?"]),
        ("rayon[interval=7]", ["interval=7 of rayon", "--runners tokio,smol"]),
    ] {
        let error = error(variant);
        assert!(words.iter().all(|word| error.contains(word)), "{variant}: {error}");
    }
}

#[test]
fn eight_shards_have_the_cells_of_the_plan_and_each_comparison_stays_in_one() {
    let whole = plan(&PlanRequest { points: PointSet::Full, ..request() }).unwrap();
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    let (mut cells, mut cost_s) = (Vec::new(), 0.0);
    for index in 1..=8 {
        let shard = Some(format!("{index}/8").parse().unwrap());
        let shard = plan(&PlanRequest { points: PointSet::Full, shard, ..request() }).unwrap();
        assert_eq!(shard.plan.cells, whole.plan.cells, "each knows the whole plan");
        let own: Vec<PlannedCell> = shard.cells().cloned().collect();
        for cell in &own {
            assert_eq!(*owners.entry(cell.key.group()).or_insert(index), index, "{}", cell.key);
        }
        assert!(shard.runnable().count() > 0);
        cost_s += shard.cost_s;
        cells.extend(own);
    }
    let sorted = |mut cells: Vec<PlannedCell>| {
        cells.sort_by_key(|cell| (cell.key.to_string(), cell.role, cell.phase));
        cells
    };
    assert_eq!(sorted(cells), sorted(whole.plan.cells));
    assert!((cost_s - whole.cost_s).abs() < 1e-6);
}

#[test]
fn a_split_does_not_depend_on_the_seed() {
    let of = |seed| {
        let shard = Some("2/8".parse().unwrap());
        plan(&PlanRequest { seed, shard, ..request() }).unwrap().plan.shard
    };
    assert_eq!(of(1), of(2));
}

#[test]
fn without_tokio_the_first_able_runner_has_the_control() {
    let runners = vec!["threads".to_owned(), "rayon".to_owned()];
    let planned = plan(&PlanRequest { runners, ..request() }).unwrap();
    assert!(cells(&planned, Role::AaControl).iter().all(|cell| cell.key.runner == "threads"));
}

#[test]
fn shard_with_calibrated_rates_is_rejected_with_its_number() {
    let rate = Some(crate::plan::request::Rate::Auto);
    let shard = Some("2/3".parse().unwrap());
    let error = plan(&PlanRequest { rate, shard, ..request() }).unwrap_err().to_string();
    assert!(error.contains("--shard 2/3") && error.contains("--rate auto"), "{error}");
}

//! `serve`: a server workload, for external clients.

use clap::Args;
use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::PointSet;
use runtime_bench_harness::error::Error;
use runtime_bench_harness::executor::probe_request;
use runtime_bench_harness::machine::Limits;
use runtime_bench_harness::plan::request::{PlanRequest, check_threads, nearest, unknown_runner};
use runtime_bench_harness::probes::Probes;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::process::{self, ProcessExecutor};
use runtime_bench_harness::registry::{Entry, Registry};
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::program::{CellSupport, ProbeRequest, ServeRequest};
use runtime_bench_results::trial::PROTOCOL;

use super::settings;
use crate::cli::{POOL_THREADS, at_least_one, cores};

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Server workload, such as `http-server`
    #[arg(value_name = "WORKLOAD")]
    workload: String,
    /// Runner to serve on, such as `smol` or `tokio[event-interval=16]`
    #[arg(long, value_name = "NAME")]
    runner: String,
    /// Port on loopback; 0 selects a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Set a parameter of the server, such as `wait=2`
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = param)]
    params: Vec<(String, u64)>,
    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    workers: Option<usize>,
    /// Threads of the `thread-pool` runner, which serves two clients fewer than this at once
    #[arg(long, value_name = "N", default_value_t = POOL_THREADS, value_parser = at_least_one)]
    pool_threads: usize,
}

/// Threads of a pool that do not serve clients: one accepts, one waits for the end.
const BESIDE_CLIENTS: usize = 2;

/// Runs the command, which only returns with an error.
///
/// # Errors
/// When the workload is not a server, the runner does not support it, or the port is taken.
pub fn run(registry: &Registry, args: &ServeArgs) -> Result<(), Error> {
    let entry = server(registry, &args.workload)?;
    let workers = args.workers.unwrap_or_else(cores);
    check_threads(workers, args.pool_threads, Limits::of_this_machine())?;
    let point = point(entry, workers, &args.params)?;
    let interrupt = Interrupt::default();
    let executor = ProcessExecutor::new(&interrupt, settings(&PlanRequest::default()))?;
    let asked = vec![(args.workload.clone(), point.clone())];
    // A runner may have settings, as in `tokio[event-interval=16]`.
    let question = ProbeRequest {
        variants: vec![args.runner.clone()],
        ..probe_request(workers, args.pool_threads, asked)
    };
    let wanted = [args.runner.clone()];
    let probes = Probes::of(registry, &executor, &question, Some(&wanted))?;
    let find = |name: &str| probes.runners().iter().find(|known| known.runner.info.name == name);
    let chosen = find(&args.runner).ok_or_else(|| {
        let known = probes.runners().iter().map(|known| known.runner.info.name.as_str());
        unknown_runner(&args.runner, &known.collect::<Vec<_>>())
    })?;
    let family = chosen.runner.family;
    if family == Family::ThreadPool && args.pool_threads <= BESIDE_CLIENTS {
        return Err(Error::Usage(format!(
            "--pool-threads {} is too small: one thread accepts and one waits\nhelp: use {} or more",
            args.pool_threads,
            BESIDE_CLIENTS + 1
        )));
    }
    let refused = |reason: &str| Error::Usage(format!("cannot serve on {}: {reason}", args.runner));
    entry.requirements(&point, family).map_err(|error| refused(&error.to_string()))?;
    if let CellSupport::Refused(reason) = probes.support(chosen, &args.workload, &point) {
        return Err(refused(reason));
    }
    let cell = CellKey { workload: args.workload.clone(), point, runner: args.runner.clone() };
    let (pool_threads, port) = (args.pool_threads, args.port);
    let request = ServeRequest { protocol: PROTOCOL, cell, workers, pool_threads, port };
    let routes = probes.routes();
    let route = routes.iter().find(|route| route.runner == args.runner);
    let Some(route) = route else { return Err(refused("no trial program contains this runner")) };
    process::serve(route, request)
        .map_err(|error| Error::CouldNotRun(format!("cannot serve: {error}")))
}

fn server<'a>(registry: &'a Registry, name: &str) -> Result<&'a Entry, Error> {
    let servers: Vec<&Entry> = registry.entries().iter().filter(|entry| entry.serves()).collect();
    let known: Vec<&str> = servers.iter().map(|entry| entry.info.name.as_str()).collect();
    servers.iter().find(|entry| entry.info.name == name).copied().ok_or_else(|| {
        let hint = nearest(name, &known);
        Error::Usage(format!(
            "`{name}` is not a server{hint}\nhelp: the servers are {}",
            known.join(", ")
        ))
    })
}

fn param(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    let value = value.parse().map_err(|_| "the value must be a whole number")?;
    Ok((name.to_owned(), value))
}

/// The first quick point with the given parameters.
fn point(entry: &Entry, workers: usize, params: &[(String, u64)]) -> Result<Point, Error> {
    let mut point = entry.points(PointSet::Quick, workers).swap_remove(0);
    for (name, value) in params {
        let has: Vec<String> = point.params.iter().map(|param| param.name.clone()).collect();
        let Some(param) = point.params.iter_mut().find(|param| param.name == *name) else {
            return Err(Error::Usage(format!(
                "{} has no parameter `{name}`\nhelp: its parameters are {}",
                entry.info.name,
                has.join(", ")
            )));
        };
        param.value = (*value).into();
    }
    Ok(point)
}

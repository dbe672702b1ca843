//! `serve`: a workload that is a server, for clients from outside.

use std::env;
use std::net::SocketAddr;
#[cfg(unix)]
use std::process::Command;

use clap::Args;
use runtime_bench_api::clock::SYSTEM;
use runtime_bench_api::load::Traffic;
use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::{PointSet, Setup};
use runtime_bench_results::key::Point;

use super::print;
use crate::cli::{POOL_THREADS, at_least_one, cores};
use crate::error::Error;
use crate::harness::trials::SETTINGS_FROM_OUTSIDE;
use crate::harness::wishes::{check_threads, nearest, unknown_runner};
use crate::machine::{Limits, raise_open_files};
use crate::registry::{Entry, Registry};

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The workload: a server of the catalogue, such as `http-server`
    #[arg(value_name = "WORKLOAD")]
    workload: String,
    /// The runner that serves
    #[arg(long, value_name = "NAME")]
    runner: String,
    /// Port on loopback; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Set a parameter of the server, such as `wait=2`
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = param)]
    params: Vec<(String, u64)>,
    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    workers: Option<usize>,
    /// Threads of the pool: on it, so many clients less two are served at once
    #[arg(long, value_name = "N", default_value_t = POOL_THREADS, value_parser = at_least_one)]
    pool_threads: usize,
}

/// Threads of a pool that serve no client: one accepts, and one waits for the end.
const BESIDE_CLIENTS: usize = 2;

/// Runs the command; it ends only with an error or with the process.
///
/// # Errors
/// For a workload that is no server, a runner that cannot do it, a port that is taken.
pub fn run(registry: &Registry, args: &ServeArgs) -> Result<(), Error> {
    let entry = server(registry, &args.workload)?;
    let names: Vec<String> = entry.cases().map(|case| case.runner(1, 1).name).collect();
    let case = registry.case(&args.workload, &args.runner).ok_or_else(|| {
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        unknown_runner(&args.runner, &known)
    })?;
    let workers = args.workers.unwrap_or_else(cores);
    check_threads(workers, args.pool_threads, Limits::of_this_machine())?;
    if case.family() == Family::ThreadPool && args.pool_threads <= BESIDE_CLIENTS {
        return Err(Error::Usage(format!(
            "--pool-threads {} leaves no thread for a client: one accepts and one waits; give it {} or \
             more",
            args.pool_threads,
            BESIDE_CLIENTS + 1
        )));
    }
    let point = point(entry, workers, &args.params)?;
    case.requirements(&point)
        .map_err(|unsupported| Error::Usage(format!("{}: {unsupported}", args.runner)))?;
    let settings = case.environment(workers);
    if !is_set_up(&settings) {
        return Err(again_with(settings));
    }
    raise_open_files();
    let setup = Setup {
        point,
        workers,
        pool_threads: args.pool_threads,
        seed: 0,
        scratch: env::temp_dir(),
        traffic: Traffic::Outside { port: args.port, announce },
        clock: &SYSTEM,
    };
    let failed = |failure| Error::CouldNotRun(format!("cannot serve: {failure}"));
    let mut instance = case.start(setup).map_err(failed)?;
    instance.measure(1).map(|_| ()).map_err(failed)
}

fn announce(address: SocketAddr) {
    // Whoever reads it has gone away at worst, and may still connect.
    let _ = print(&format!("listening on {address} until stopped (Ctrl-C)\n"));
}

fn server<'a>(registry: &'a Registry, name: &str) -> Result<&'a Entry, Error> {
    let servers: Vec<&Entry> = registry.entries().iter().filter(|entry| entry.serves).collect();
    let known: Vec<&str> = servers.iter().map(|entry| entry.info.name.as_str()).collect();
    servers.iter().find(|entry| entry.info.name == name).copied().ok_or_else(|| {
        let hint = nearest(name, &known);
        Error::Usage(format!("`{name}` is no server{hint}; the servers are {}", known.join(", ")))
    })
}

fn param(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    let value = value.parse().map_err(|_| "the value is a whole number")?;
    Ok((name.to_owned(), value))
}

/// Whether the environment says what the runner's settings are, and nothing else that would change it.
fn is_set_up(settings: &[(&'static str, String)]) -> bool {
    let is = |name: &str, wished: Option<&str>| match (env::var_os(name), wished) {
        (said, None) => said.is_none(),
        (said, Some(wished)) => said.is_some_and(|said| said == wished),
    };
    let wished =
        |name: &str| settings.iter().find(|(own, _)| *own == name).map(|(_, v)| v.as_str());
    settings.iter().all(|(name, value)| is(name, Some(value)))
        && SETTINGS_FROM_OUTSIDE.iter().all(|name| is(name, wished(name)))
}

/// Starts this program anew with settings that a runtime reads from the environment; it comes back
/// only with an error.
#[cfg(unix)]
fn again_with(settings: Vec<(&'static str, String)>) -> Error {
    use std::os::unix::process::CommandExt;
    let again = |program| {
        let mut command = Command::new(program);
        for name in SETTINGS_FROM_OUTSIDE {
            command.env_remove(name);
        }
        command.args(env::args_os().skip(1)).envs(settings).exec()
    };
    let error = env::current_exe().map_or_else(|error| error, again);
    Error::CouldNotRun(format!("cannot start this program anew: {error}"))
}

#[cfg(not(unix))]
fn again_with(settings: Vec<(&'static str, String)>) -> Error {
    let settings: Vec<String> =
        settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Error::Usage(format!(
        "start it without {} in the environment, but with {}",
        SETTINGS_FROM_OUTSIDE.join(", "),
        settings.join(" ")
    ))
}

/// The first quick point with the parameters that were asked for.
fn point(entry: &Entry, workers: usize, params: &[(String, u64)]) -> Result<Point, Error> {
    let mut point = entry.points(PointSet::Quick, workers).swap_remove(0);
    for (name, value) in params {
        let has: Vec<String> = point.params.iter().map(|param| param.name.clone()).collect();
        let Some(param) = point.params.iter_mut().find(|param| param.name == *name) else {
            return Err(Error::Usage(format!(
                "{} has no parameter `{name}`; it has {}",
                entry.info.name,
                has.join(", ")
            )));
        };
        param.value = (*value).into();
    }
    Ok(point)
}

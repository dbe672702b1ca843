//! A server for external clients, which replaces this process.

use std::io::{self, Seek, Write};
use std::process::Command;

use runtime_bench_results::listing::Route;
use runtime_bench_results::program::{ProgramRequest, ServeRequest};

use super::command;
use crate::program::Program;

/// Serves external clients in the program of a route. It replaces this process, so that signals reach it; on
/// systems other than Unix, this process waits for it.
///
/// # Errors
/// When the program cannot be started, or ends.
pub fn serve(route: &Route, request: ServeRequest) -> io::Result<()> {
    let program = Program { path: route.program.clone(), args: route.args.clone() };
    let mut command = command(&program);
    let workers = request.workers.to_string();
    command.envs(route.worker_variable.as_ref().map(|name| (name, workers)));
    command.envs(&route.variables);
    let mut input = tempfile::tempfile()?;
    input.write_all(&serde_json::to_vec(&ProgramRequest::Serve(request))?)?;
    input.rewind()?;
    command.stdin(input);
    replace(command)
}

#[cfg(unix)]
fn replace(mut command: Command) -> io::Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn replace(mut command: Command) -> io::Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(status.to_string())) }
}

//! The conversation between a load generator and its trial.

use std::io::{self, Write};
use std::thread;

use super::blocking::BlockingClients;
use super::client::Client;
use super::{ClientForm, Drive, Report, Target};

/// Reads drives from standard input until it ends, loads a server, and reports on standard output.
///
/// # Errors
/// A message for the user.
pub fn run() -> Result<(), String> {
    let Some(target) = read_line("a target")? else { return Ok(()) };
    let target: Target =
        serde_json::from_str(&target).map_err(|error| format!("invalid target: {error}"))?;
    let refused = |error| format!("cannot connect to {}: {error}", target.address);
    if target.client == ClientForm::Threads {
        let spawn = |job: Box<dyn FnOnce() + Send>| {
            thread::Builder::new().name("client".to_owned()).spawn(job).map(drop)
        };
        let mut clients = BlockingClients::connect(&target, spawn).map_err(refused)?;
        return drives(|drive| clients.drive(drive));
    }
    let mut client = Client::connect(&target).map_err(refused)?;
    drives(|drive| client.drive(drive))
}

/// Answers the drives of a trial until the input ends.
///
/// # Errors
/// As `drive`, and when a drive is malformed.
pub fn drives(mut drive: impl FnMut(Drive) -> Result<Report, String>) -> Result<(), String> {
    let mut next = next_drive(None)?;
    while let Some(order) = next {
        next = next_drive(Some(&drive(order)?))?;
    }
    Ok(())
}

/// Sends a report to the trial, or that the clients are ready, and waits for the next drive; `None` once the
/// input has ended.
///
/// # Errors
/// When the trial has ended, or its drive is malformed.
pub fn next_drive(report: Option<&Report>) -> Result<Option<Drive>, String> {
    let line = match report {
        Some(report) => serde_json::to_string(report).map_err(|error| error.to_string())?,
        None => "ready".to_owned(),
    };
    let mut stdout = io::stdout().lock();
    let said = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    said.map_err(|error| format!("cannot write a report: {error}"))?;
    let Some(drive) = read_line("a drive")? else { return Ok(None) };
    serde_json::from_str(&drive).map(Some).map_err(|error| format!("invalid drive: {error}"))
}

fn read_line(what: &str) -> Result<Option<String>, String> {
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line);
    let read = read.map_err(|error| format!("cannot read {what}: {error}"))?;
    Ok((read > 0).then_some(line))
}

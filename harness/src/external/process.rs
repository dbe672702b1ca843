//! A runner's process: its input and output lines, and its end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use runtime_bench_results::external::{Answer, Request};
use runtime_bench_results::trial::{ErrorKind, ExternalCommand};

use super::watch::{Bounds, Watch};
use crate::program::TrialError;
use crate::tree;

/// Longest line from a runner: a sorted list of four million numbers is 84 MB.
const LONGEST: u64 = 128 << 20;
/// Time limit for a runner to exit after its last reply.
const GRACE: Duration = Duration::from_secs(2);

/// A running runner. Dropping it kills it and all processes that it started.
pub(super) struct RunnerProcess {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    watch: Option<Watch>,
}

impl RunnerProcess {
    /// Starts a runner.
    pub(super) fn start(external: &ExternalCommand, time: Duration) -> Result<Self, TrialError> {
        let start = || {
            let mut command = command(&external.command, Path::new(&external.folder))?;
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
            own_group(&mut command);
            let mut child = command.spawn()?;
            let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
                return Err(io::Error::other("the runner has no pipes"));
            };
            let bounds = Bounds { time, memory: external.memory };
            let watch = Some(Watch::over(child.id(), bounds));
            Ok(Self { child, to: Some(to), from: BufReader::new(from), watch })
        };
        start().map_err(|error: io::Error| {
            TrialError::new(ErrorKind::Setup, format!("cannot start the runner: {error}"))
        })
    }

    /// The runner's process.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Writes a request, and waits for the reply.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Answer, TrialError> {
        let mut line = serde_json::to_string(request).unwrap_or_default();
        line.push('\n');
        if let Some(to) = &mut self.to {
            // A runner that does not read may still reply, or its exit shows what is wrong.
            let _ = to.write_all(line.as_bytes()).and_then(|()| to.flush());
        }
        let mut said = Vec::new();
        let read = self.from.by_ref().take(LONGEST).read_until(b'\n', &mut said);
        if let Err(error) = read {
            return Err(TrialError::new(
                ErrorKind::Protocol,
                format!("cannot read the reply: {error}"),
            ));
        }
        if said.is_empty() {
            return Err(self.ended());
        }
        if said.len() as u64 >= LONGEST {
            let most = LONGEST >> 20;
            return Err(TrialError::new(
                ErrorKind::Protocol,
                format!("the reply is longer than {most} MiB"),
            ));
        }
        if said.last() != Some(&b'\n') {
            // The end of the process also ends its reply; silence until the limit does not.
            if let Some(killed) = self.watch.take().and_then(Watch::end) {
                let message = format!("the reply does not end with a newline: {}", killed.message);
                return Err(TrialError::new(ErrorKind::Protocol, message));
            }
        }
        Answer::read(&String::from_utf8_lossy(&said))
            .map_err(|why| TrialError::new(ErrorKind::Protocol, why.to_string()))
    }

    /// Closes the runner's input and waits for it to exit; returns whether it did.
    pub(super) fn close(mut self) -> bool {
        self.to = None;
        self.wait().is_some()
    }

    /// Its exit status, if it exits in time.
    fn wait(&mut self) -> Option<ExitStatus> {
        let patience = Instant::now() + GRACE;
        loop {
            let status = self.child.try_wait().ok().flatten();
            if status.is_some() || Instant::now() >= patience {
                return status;
            }
            thread::sleep(Duration::from_micros(200));
        }
    }

    /// Why there is no reply.
    fn ended(&mut self) -> TrialError {
        let status = self.wait();
        let watched = self.watch.take().and_then(Watch::end);
        watched.unwrap_or_else(|| {
            TrialError::new(
                ErrorKind::Crashed,
                match status {
                    Some(status) => format!("the runner ended without a reply ({status})"),
                    None => "the runner closed its output without a reply".to_owned(),
                },
            )
        })
    }
}

impl Drop for RunnerProcess {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.take() {
            // Its output is no longer needed.
            let _ = watch.end();
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            tree::kill(&tree::of(self.child.id()));
            // Where process trees are unsupported, at least the child itself; errors cannot be reported.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Makes a command lead a process group, so that signals to the harness's group do not reach it.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

/// A command that runs in a folder.
///
/// # Errors
/// When it is empty.
pub(super) fn command(words: &[String], folder: &Path) -> io::Result<Command> {
    let (program, arguments) =
        words.split_first().ok_or_else(|| io::Error::other("its command is empty"))?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    Ok(command)
}

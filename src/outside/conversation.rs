//! A runner's process: lines to it, lines from it, and its end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use runtime_bench_results::outside::{Answer, RUNNER_PROTOCOL, Reply, Request};
use runtime_bench_results::trial::{ErrorKind, Outside};
use serde::Deserialize;
use serde_json::Value;

use super::tree;
use super::trial::Trouble;
use super::watch::{Bounds, Watch};

/// Longest line from a runner: a sorted list of four million numbers is 84 MB.
const LONGEST: u64 = 128 << 20;
/// What is shown of something that is no reply.
const SHOWN: usize = 80;
/// A runner that has answered has this long to end by itself.
const GRACE: Duration = Duration::from_secs(2);

/// A running runner. Dropping it ends it, with all that it started.
pub(super) struct Conversation {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    watch: Option<Watch>,
}

impl Conversation {
    /// Starts a runner.
    pub(super) fn start(outside: &Outside, time: Duration) -> Result<Self, Trouble> {
        let start = || {
            let mut child = command(&outside.command, Path::new(&outside.folder))?
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()?;
            let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
                return Err(io::Error::other("it has no pipes"));
            };
            let bounds = Bounds { time, memory: outside.memory };
            let watch = Some(Watch::over(child.id(), bounds));
            Ok(Self { child, to: Some(to), from: BufReader::new(from), watch })
        };
        start().map_err(|error: io::Error| {
            Trouble::new(ErrorKind::Setup, format!("the runner could not be started: {error}"))
        })
    }

    /// The runner's process.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Writes a request, and waits for the reply.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Answer, Trouble> {
        let mut line = serde_json::to_string(request).unwrap_or_default();
        line.push('\n');
        if let Some(to) = &mut self.to {
            // One that does not read may answer all the same, or tell by its end what is wrong.
            let _ = to.write_all(line.as_bytes()).and_then(|()| to.flush());
        }
        let mut said = Vec::new();
        let read = self.from.by_ref().take(LONGEST).read_until(b'\n', &mut said);
        if let Err(error) = read {
            return Err(Trouble::new(ErrorKind::Protocol, format!("reading its reply: {error}")));
        }
        if said.is_empty() {
            return Err(self.ended());
        }
        if said.len() as u64 >= LONGEST {
            let most = LONGEST >> 20;
            return Err(Trouble::protocol(format!("its reply is longer than {most} MiB")));
        }
        understood(&String::from_utf8_lossy(&said))
    }

    /// Lets the runner end by itself, since nothing more will be asked; whether it did.
    pub(super) fn close(mut self) -> bool {
        let mut started = tree::of(self.child.id());
        started.remove(&self.child.id());
        self.to = None;
        let ended = self.wait().is_some();
        if ended {
            // What it leaves behind has lost its parent and would not be found any more.
            tree::kill(&started);
        }
        ended
    }

    /// How it ended, if it does within a while.
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
    fn ended(&mut self) -> Trouble {
        let status = self.wait();
        let watched = self.watch.take().and_then(Watch::end);
        watched.unwrap_or_else(|| {
            Trouble::new(
                ErrorKind::Crashed,
                match status {
                    Some(status) => format!("the runner ended with {status} and no reply"),
                    None => "the runner closed its output without a reply".to_owned(),
                },
            )
        })
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.take() {
            // What it says now comes too late.
            let _ = watch.end();
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            tree::kill(&tree::of(self.child.id()));
            // Where there are no trees, at least the child itself; there is nobody to tell.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// A command in a folder.
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

/// What every reply begins with, in whatever version.
#[derive(Deserialize)]
struct Head {
    protocol: Option<Value>,
}

/// What a line says.
///
/// # Errors
/// When it is no reply, or one of another version.
pub(super) fn understood(line: &str) -> Result<Answer, Trouble> {
    let line = line.trim();
    // A reply may have a hundred thousand samples, so it is not read into a tree first.
    let Ok(Head { protocol }) = serde_json::from_str(line) else {
        let shown: String = line.chars().take(SHOWN).collect();
        return Err(Trouble::protocol(format!(
            "it printed what is no reply: `{shown}`; standard output is for the protocol alone, and \
             messages go to standard error"
        )));
    };
    match protocol {
        Some(version) if version == RUNNER_PROTOCOL => {}
        Some(version) => {
            return Err(Trouble::protocol(format!(
                "the runner speaks protocol {version}, and this harness {RUNNER_PROTOCOL}"
            )));
        }
        None => return Err(Trouble::protocol("its reply names no `protocol`".to_owned())),
    }
    let reply: Result<Reply, _> = serde_json::from_str(line);
    reply
        .map(|reply| reply.answer)
        .map_err(|error| Trouble::protocol(format!("its reply cannot be understood: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_reply_says_so() {
        let message = |line: &str| understood(line).unwrap_err().message;
        assert!(message("Loading…").contains("`Loading…`; standard output is for"));
        assert!(message("17").contains("no reply"));
        assert!(message(&"x".repeat(500)).len() < 250);
        assert!(message("{}").contains("names no `protocol`"));
        for version in ["0", "2", "\"1\"", "1.5"] {
            let line = format!(r#"{{"protocol":{version},"status":"ok"}}"#);
            assert!(message(&line).contains("speaks protocol"), "{line}");
        }
        assert!(message(r#"{"protocol":1,"status":"fine"}"#).contains("cannot be understood"));
        assert!(matches!(understood(r#"{"protocol":1,"status":"ok"}"#), Ok(Answer::Ok(_))));
    }
}

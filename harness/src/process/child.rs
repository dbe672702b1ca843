//! One child process: its input, its output, its time limit and its end.
//!
//! The child leads its own process group, so that it and all processes that it started end together, and so
//! that Ctrl-C at the terminal reaches only the harness.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::interrupt::Interrupt;
use super::watch::Watch;
use crate::machine;
use crate::tree;

/// More than any reply. Additional output is read but not kept.
const MOST_OUTPUT: usize = 4 << 20;
/// Size of the kept end of standard error.
const MOST_ERRORS: usize = 4 << 10;
/// Interval at which the harness checks whether it should stop.
const LOOK: Duration = Duration::from_millis(50);
/// Time limit for a child to exit after it has closed its output.
const GRACE: Duration = Duration::from_secs(2);

/// How a child ended.
pub(super) enum Ended {
    /// By itself.
    Exited { status: ExitStatus, stdout: String, stderr: String },
    /// Killed after the time limit.
    TimedOut { stderr: String },
    /// Killed because the run was interrupted.
    Interrupted,
}

/// The limits of a child.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// After this it is killed.
    pub(super) time: Duration,
    /// The only core that it may run on; `None` leaves it all.
    pub(super) core: Option<usize>,
}

/// Runs a command to its end.
///
/// # Errors
/// When it cannot be started.
pub(super) fn run(
    command: &mut Command,
    input: &str,
    limits: Limits,
    interrupt: &Interrupt,
    watch: &mut dyn Watch,
) -> io::Result<Ended> {
    lead_own_group(command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match limits.core {
        Some(core) => machine::on_core(core, || command.spawn())??,
        None => command.spawn()?,
    };
    let (sender, pieces) = channel();
    let stdout = child.stdout.take().map(|pipe| (Stream::Output, Box::new(pipe) as Pipe));
    let stderr = child.stderr.take().map(|pipe| (Stream::Errors, Box::new(pipe) as Pipe));
    for (stream, pipe) in stdout.into_iter().chain(stderr) {
        let sender = sender.clone();
        thread::spawn(move || forward(stream, pipe, &sender));
    }
    drop(sender);
    watch.started(child.id());
    if let Some(mut stdin) = child.stdin.take() {
        // If a child ends without reading, its exit status says more than the broken pipe.
        let _ = stdin.write_all(input.as_bytes());
    }
    let mut collected = Collected::default();
    let why = collected.until_closed(&pieces, &child, Instant::now() + limits.time, interrupt);
    let status = end(&mut child, why.is_none(), watch)?;
    // The output of an interrupted child is not needed, and the user is waiting.
    if !matches!(why, Some(Stop::Interrupt)) {
        collected.rest(&pieces);
    }
    let stderr = lossy(&collected.errors);
    Ok(match why {
        Some(Stop::Limit) => Ended::TimedOut { stderr },
        Some(Stop::Interrupt) => Ended::Interrupted,
        None => Ended::Exited { status, stdout: lossy(&collected.output), stderr },
    })
}

type Pipe = Box<dyn Read + Send>;

#[derive(Clone, Copy)]
enum Stream {
    Output,
    Errors,
}

fn forward(stream: Stream, mut pipe: Pipe, sender: &Sender<(Stream, Vec<u8>)>) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(read @ 1..) = pipe.read(&mut buffer) {
        if sender.send((stream, buffer[..read].to_vec())).is_err() {
            return;
        }
    }
}

/// Why a child must end.
#[derive(Clone, Copy)]
enum Stop {
    Limit,
    Interrupt,
}

#[derive(Default)]
struct Collected {
    output: Vec<u8>,
    errors: Vec<u8>,
}

impl Collected {
    /// Collects output until both pipes are closed; otherwise returns why it stopped early.
    fn until_closed(
        &mut self,
        pieces: &Receiver<(Stream, Vec<u8>)>,
        child: &Child,
        deadline: Instant,
        interrupt: &Interrupt,
    ) -> Option<Stop> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match pieces.recv_timeout(left.min(LOOK)) {
                Ok(piece) => self.take(piece),
                Err(RecvTimeoutError::Disconnected) => return None,
                // Leftover processes may keep the pipes open, but the reply is complete.
                Err(RecvTimeoutError::Timeout) if has_ended(child) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if interrupt.requested() {
                return Some(Stop::Interrupt);
            }
            if Instant::now() >= deadline {
                return Some(Stop::Limit);
            }
        }
    }

    /// The rest of the output of a child that has ended.
    fn rest(&mut self, pieces: &Receiver<(Stream, Vec<u8>)>) {
        // Waits for the pipes to close, because the reading threads may be late on a busy machine; but not
        // forever, because a process that left the group could keep them open.
        let patience = Instant::now() + GRACE;
        let left = || patience.saturating_duration_since(Instant::now());
        while let Ok(piece) = pieces.recv_timeout(left()) {
            self.take(piece);
        }
    }

    fn take(&mut self, (stream, bytes): (Stream, Vec<u8>)) {
        match stream {
            Stream::Output => {
                let room = MOST_OUTPUT.saturating_sub(self.output.len()).min(bytes.len());
                self.output.extend_from_slice(&bytes[..room]);
            }
            Stream::Errors => {
                self.errors.extend_from_slice(&bytes);
                let over = self.errors.len().saturating_sub(MOST_ERRORS);
                self.errors.drain(..over);
            }
        }
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Ends the child and its group.
fn end(child: &mut Child, gently: bool, watch: &mut dyn Watch) -> io::Result<ExitStatus> {
    let patience = Instant::now() + if gently { GRACE } else { Duration::ZERO };
    while Instant::now() < patience {
        // The group is killed before the leader is reaped, so its id cannot have been reused.
        if has_ended(child) {
            break;
        }
        thread::sleep(Duration::from_micros(100));
    }
    if !has_ended(child) {
        // An external runner leads its own group.
        tree::kill_below(child.id());
    }
    watch.ended(child.id());
    kill_group(child);
    // Where process groups are unsupported, at least the child itself.
    let _ = child.kill();
    child.wait()
}

#[cfg(unix)]
fn lead_own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(unix)]
fn kill_group(child: &Child) {
    use nix::sys::signal::{Signal, killpg};
    if let Ok(group) = i32::try_from(child.id()) {
        // A group that has already ended is fine.
        let _ = killpg(nix::unistd::Pid::from_raw(group), Signal::SIGKILL);
    }
}

/// Whether the child has ended, without reaping it.
#[cfg(unix)]
fn has_ended(child: &Child) -> bool {
    use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
    let Ok(process) = i32::try_from(child.id()) else { return true };
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    let status = waitid(Id::Pid(nix::unistd::Pid::from_raw(process)), flags);
    // A child that is traced also shows its stops.
    matches!(status, Err(_) | Ok(WaitStatus::Exited(..) | WaitStatus::Signaled(..)))
}

#[cfg(not(unix))]
fn lead_own_group(_: &mut Command) {}

#[cfg(not(unix))]
fn kill_group(_: &Child) {}

/// Unknown on this system: the pipes show it.
#[cfg(not(unix))]
fn has_ended(_: &Child) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::watch::Unwatched;
    use super::*;

    fn shell(script: &str, limit: Duration) -> Ended {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let limits = Limits { time: limit, core: None };
        run(&mut command, "input\n", limits, &Interrupt::default(), &mut Unwatched).unwrap()
    }

    #[test]
    fn a_child_reads_writes_and_exits() {
        let ended = shell("cat; echo trouble >&2; exit 3", Duration::from_secs(10));
        let Ended::Exited { status, stdout, stderr } = ended else { panic!("it exits") };
        assert_eq!(
            (status.code(), stdout.as_str(), stderr.as_str()),
            (Some(3), "input\n", "trouble\n")
        );
    }

    #[test]
    fn child_over_its_limit_is_killed_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("grandchild");
        let script = format!("sleep 60 & echo $! >{}; sleep 60", file.display());
        let ended = shell(&script, Duration::from_millis(500));
        assert!(matches!(ended, Ended::TimedOut { .. }));
        assert!(is_gone(&std::fs::read_to_string(file).unwrap()));
    }

    /// Whether a process has ended, even if it is not reaped yet.
    fn is_gone(process: &str) -> bool {
        let path = format!("/proc/{}/stat", process.trim());
        (0..100).any(|_| {
            thread::sleep(Duration::from_millis(10));
            std::fs::read_to_string(&path).map_or(true, |stat| stat.contains(") Z "))
        })
    }

    #[test]
    fn a_child_over_its_limit_is_killed_with_the_groups_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("grandchild");
        let script = format!("setsid sh -c 'echo $$ >{}; sleep 60' & wait", file.display());
        let ended = shell(&script, Duration::from_millis(500));
        assert!(matches!(ended, Ended::TimedOut { .. }));
        assert!(is_gone(&std::fs::read_to_string(file).unwrap()));
    }

    #[test]
    fn reply_counts_despite_leftover_processes() {
        let ended = shell("sleep 60 & echo $!", Duration::from_secs(20));
        let Ended::Exited { status, stdout, .. } = ended else { panic!("it exits") };
        assert!(status.success());
        assert!(is_gone(&stdout));
    }

    #[test]
    fn a_flood_is_cut() {
        let ended =
            shell("head -c 6000000 /dev/zero; yes x | head -c 20000 >&2", Duration::from_secs(20));
        let Ended::Exited { stdout, stderr, .. } = ended else { panic!("it exits") };
        assert_eq!((stdout.len(), stderr.len()), (MOST_OUTPUT, MOST_ERRORS));
    }
}

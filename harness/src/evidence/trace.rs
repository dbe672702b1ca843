//! Counts the system calls of a process and of its threads, by ptrace.
//!
//! A call stops its thread twice, on entry and on exit, so a traced trial is many times slower than a timed
//! one, and calls that depend on timing, such as waits, can be batched differently. Processes that it
//! starts, such as the load generator, are not traced.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;
use runtime_bench_api::process::state;
use runtime_bench_results::evidence::Missing;
use syscalls::Sysno;

use crate::process::watch::Watch;

/// Calls by number.
type Calls = BTreeMap<u64, u64>;

/// Time limit for a trial to start reading its request.
const STARTUP: Duration = Duration::from_secs(2);

/// Traces one process.
#[derive(Default)]
pub(super) struct SyscallTracer {
    tracer: Option<JoinHandle<nix::Result<Calls>>>,
}

impl SyscallTracer {
    /// The number of calls from the request to the end, by name.
    ///
    /// # Errors
    /// Why the process could not be traced, and how to permit it.
    pub(super) fn calls(self) -> Result<BTreeMap<String, u64>, Missing> {
        let traced = self.tracer.map(JoinHandle::join);
        let calls = traced.and_then(Result::ok).unwrap_or(Err(Errno::ESRCH)).map_err(missing)?;
        Ok(calls.into_iter().map(|(number, count)| (name(number), count)).collect())
    }
}

impl Watch for SyscallTracer {
    fn started(&mut self, process: u32) {
        let Ok(process) = i32::try_from(process) else { return };
        let (attached, is_attached) = channel();
        // One thread attaches, waits and resumes: the kernel requires it.
        self.tracer = Some(thread::spawn(move || trace(Pid::from_raw(process), attached)));
        // It also ends if the process cannot be traced. The trial then continues untraced.
        let _ = is_attached.recv();
    }
}

/// Traces a process to its end, and leaves it for its parent to reap.
fn trace(process: Pid, attached: Sender<()>) -> nix::Result<Calls> {
    attach(process)?;
    drop(attached);
    let mut calls = Calls::new();
    let mut inside = HashSet::new();
    loop {
        match next_event() {
            Ok(WaitStatus::PtraceSyscall(thread)) => {
                if !inside.remove(&thread) {
                    inside.insert(thread);
                    count(thread, &mut calls);
                }
                resume(thread, None);
            }
            // A signal on its way to the thread has no event.
            Ok(WaitStatus::PtraceEvent(thread, signal, event)) => {
                resume(thread, (event == 0).then_some(signal));
            }
            Ok(WaitStatus::Stopped(thread, signal)) => resume(thread, Some(signal)),
            Ok(WaitStatus::Exited(ended, _) | WaitStatus::Signaled(ended, ..)) => {
                if ended == process {
                    return Ok(calls);
                }
                inside.remove(&ended);
                let _ = waitpid(ended, Some(WaitPidFlag::__WALL));
            }
            Ok(_) | Err(Errno::EINTR) => {}
            // Its parent was faster.
            Err(Errno::ECHILD) => return Ok(calls),
            Err(error) => return Err(error),
        }
    }
}

/// Attaches once the process waits for its request, so that the counts of two trials differ only by their
/// requests.
fn attach(process: Pid) -> nix::Result<()> {
    let patience = Instant::now() + STARTUP;
    while !is_asleep(process) && Instant::now() < patience {
        thread::sleep(Duration::from_micros(200));
    }
    let options =
        Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_EXITKILL;
    ptrace::seize(process, options)?;
    ptrace::interrupt(process)?;
    waitpid(process, Some(WaitPidFlag::__WALL))?;
    ptrace::syscall(process, None)
}

/// Whether a process waits for something that may take long, such as its input.
fn is_asleep(process: Pid) -> bool {
    state(process.as_raw().cast_unsigned()) == Some('S')
}

/// The next event of a thread that this thread traces. The event is not consumed: stopped threads are
/// resumed, and the parent reaps the process.
fn next_event() -> nix::Result<WaitStatus> {
    let flags = WaitPidFlag::WEXITED
        | WaitPidFlag::WSTOPPED
        | WaitPidFlag::WNOWAIT
        | WaitPidFlag::__WALL
        | WaitPidFlag::__WNOTHREAD;
    waitid(Id::All, flags)
}

/// A thread that cannot be resumed was killed; its next event reports that.
fn resume(thread: Pid, signal: Option<Signal>) {
    let _ = ptrace::syscall(thread, signal);
}

fn count(thread: Pid, calls: &mut Calls) {
    // Its registers can no longer be read if it was killed.
    if let Ok(registers) = ptrace::getregs(thread) {
        #[cfg(target_arch = "x86_64")]
        let number = registers.orig_rax;
        #[cfg(target_arch = "aarch64")]
        let number = registers.regs[8];
        *calls.entry(number).or_default() += 1;
    }
}

fn name(number: u64) -> String {
    let known = usize::try_from(number).ok().and_then(Sysno::new);
    known.map_or_else(|| format!("call-{number}"), |known| known.name().to_owned())
}

/// Why a process could not be traced.
fn missing(error: Errno) -> Missing {
    let what = "system calls".to_owned();
    if error != Errno::EPERM {
        return Missing { what, why: format!("ptrace failed: {}", error.desc()), help: None };
    }
    let scope = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope");
    let help = match scope.ok().and_then(|text| text.trim().parse::<u32>().ok()) {
        Some(scope @ 2..) => format!(
            "kernel.yama.ptrace_scope is {scope}: set it to 1 with sysctl (3 lasts until the next boot)"
        ),
        _ => "a container needs the capability SYS_PTRACE (`--cap-add=SYS_PTRACE`); a program that is \
              already traced, as by strace, cannot be traced again"
            .to_owned(),
    };
    Missing { what, why: "this system does not permit ptrace".to_owned(), help: Some(help) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Child, Command, Stdio};

    use super::*;

    fn shell(script: &str) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::null());
        command.spawn().unwrap()
    }

    /// Calls of a shell from the moment that it reads a line.
    fn traced(script: &str) -> BTreeMap<String, u64> {
        let mut child = shell(script);
        let mut tracer = SyscallTracer::default();
        tracer.started(child.id());
        child.stdin.take().unwrap().write_all(b"x\n").unwrap();
        // Waiting for the child first could take stops from the tracer.
        let calls = tracer.calls().unwrap();
        assert!(child.wait().unwrap().success());
        calls
    }

    #[test]
    fn calls_after_the_input_are_counted_without_other_processes() {
        let calls = traced("read line; echo $line; umask >/dev/null; $(true)");
        assert!(calls["read"] >= 2, "{calls:?}");
        assert_eq!(calls.get("exit_group"), Some(&1), "{calls:?}");
        assert_eq!(calls.get("execve"), None, "{calls:?}");
    }

    #[test]
    fn the_same_work_makes_the_same_calls() {
        let work = "read line; for n in 1 2 3 4 5; do echo $n; done";
        let calls = traced(work);
        assert_eq!(calls["write"], 5);
        assert_eq!(calls, traced(work));
    }

    #[test]
    fn killed_process_ends_its_tracer() {
        let mut child = shell("read line");
        let mut tracer = SyscallTracer::default();
        tracer.started(child.id());
        child.kill().unwrap();
        assert!(tracer.calls().is_ok());
        assert!(!child.wait().unwrap().success());
    }
}

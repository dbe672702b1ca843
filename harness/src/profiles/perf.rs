//! Samples the stacks of a process, all threads, by `perf record`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use runtime_bench_results::evidence::Missing;

use super::missing::missing;
use crate::process::watch::Watch;

/// Samples per second of CPU time. Not 1000, which could beat with timers.
const FREQUENCY: &str = "997";
/// Stacks are copied and unwound later, with the tables that the program itself needs for panics.
const STACKS: &str = "dwarf,16384";
/// Time limit for `perf` to start, and to end.
const PATIENCE: Duration = Duration::from_secs(10);
/// Its output file.
const DATA: &str = "perf.data";
/// Interval at which it is checked.
const LOOK: Duration = Duration::from_millis(2);

/// Samples one process.
pub(super) struct PerfSampler {
    folder: PathBuf,
    attached: Option<(u32, Result<Child, Missing>)>,
}

impl PerfSampler {
    /// A sampler with a separate folder for its files.
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), attached: None }
    }

    /// Ends sampling: the process, and the file of its samples.
    ///
    /// # Errors
    /// Why there are no samples.
    pub(super) fn finish(self) -> Result<(u32, PathBuf), Missing> {
        let Some((process, perf)) = self.attached else {
            return Err(missing("the trial did not start", None));
        };
        let mut perf = perf?;
        // It ends with the process; children of the process may continue.
        if let Ok(id) = i32::try_from(perf.id()) {
            let _ = kill(Pid::from_raw(id), Signal::SIGINT);
        }
        let patience = Instant::now() + PATIENCE;
        while perf.try_wait().is_ok_and(|ended| ended.is_none()) && Instant::now() < patience {
            thread::sleep(LOOK);
        }
        let said = said(perf);
        let data = self.folder.join(DATA);
        match fs::metadata(&data) {
            Ok(file) if file.len() > 0 => Ok((process, data)),
            _ => Err(refused(&said)),
        }
    }
}

impl Watch for PerfSampler {
    fn started(&mut self, process: u32) {
        self.attached = Some((process, attach(process, &self.folder)));
    }
}

/// Starts `perf` and waits until it samples the process, which itself waits for its request.
fn attach(process: u32, folder: &Path) -> Result<Child, Missing> {
    let pipe = |name: &str| pipe(&folder.join(name));
    let pipes = pipe("control").and_then(|control| Ok((control, pipe("reply")?)));
    let (mut control, mut reply) =
        pipes.map_err(|error| missing(format!("cannot create a pipe for perf: {error}"), None))?;
    let fifo =
        format!("fifo:{},{}", folder.join("control").display(), folder.join("reply").display());
    let mut command = Command::new("perf");
    command.args(["record", "--quiet", "--no-buildid", "-F", FREQUENCY, "--call-graph", STACKS]);
    command.args(["--delay=-1", "--control", &fifo, &format!("--pid={process}"), "-o"]);
    command.arg(folder.join(DATA)).env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut perf = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => missing(
            "`perf` not found",
            Some(
                "install linux-perf (Debian), linux-tools-$(uname -r) (Ubuntu) or perf (others)"
                    .to_owned(),
            ),
        ),
        _ => missing(format!("cannot start `perf`: {error}"), None),
    })?;
    // `perf` opens the pipe later; data written now waits in it.
    let asked = control.write_all(b"enable\n");
    let patience = Instant::now() + PATIENCE;
    let mut buffer = [0; 16];
    while asked.is_ok() && Instant::now() < patience {
        if matches!(reply.read(&mut buffer), Ok(1..)) {
            return Ok(perf);
        }
        if perf.try_wait().is_ok_and(|ended| ended.is_some()) {
            break;
        }
        thread::sleep(LOOK);
    }
    Err(refused(&said(perf)))
}

/// A named pipe that both ends open without waiting.
fn pipe(path: &Path) -> io::Result<File> {
    mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR)?;
    OpenOptions::new().read(true).write(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)
}

/// The messages of `perf`, which is ended if it is still running.
fn said(mut perf: Child) -> String {
    // It may already have ended.
    let _ = perf.kill();
    let output = perf.wait_with_output();
    output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned()).unwrap_or_default()
}

/// Why `perf` sampled nothing, from its messages.
fn refused(said: &str) -> Missing {
    let is_forbidden = ["paranoid", "permission", "permitted"];
    if is_forbidden.iter().any(|word| said.to_lowercase().contains(word)) {
        let level = fs::read_to_string("/proc/sys/kernel/perf_event_paranoid").unwrap_or_default();
        let help = format!(
            "sysctl kernel.perf_event_paranoid=1 (now {}); a container also needs --cap-add=PERFMON and a \
             seccomp profile that permits perf_event_open",
            level.trim()
        );
        return missing("this system does not permit `perf`", Some(help));
    }
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    missing(format!("`perf` failed: {}", last.unwrap_or("it wrote no samples")), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_says_what_would_permit_it() {
        let said = "Error:\nAccess to performance monitoring and observability operations is limited.\n\
                    Consider adjusting /proc/sys/kernel/perf_event_paranoid setting\n";
        let missing = refused(said);
        assert!(missing.why.contains("does not permit"), "{missing:?}");
        assert!(missing.help.unwrap().contains("sysctl kernel.perf_event_paranoid=1"));
    }

    #[test]
    fn other_failures_quote_the_message_of_perf() {
        assert_eq!(refused("one\ntwo \n\n").why, "`perf` failed: two");
        assert_eq!(refused("").why, "`perf` failed: it wrote no samples");
    }

    #[test]
    fn process_that_did_not_start_has_no_samples() {
        let folder = tempfile::tempdir().unwrap();
        assert!(PerfSampler::new(folder.path()).finish().is_err());
    }

    #[test]
    fn process_is_sampled_from_its_input_to_its_end_or_perf_says_why_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "read line; i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done"]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut sampler = PerfSampler::new(folder.path());
        sampler.started(child.id());
        child.stdin.take().unwrap().write_all(b"x\n").unwrap();
        assert!(child.wait().unwrap().success());
        match sampler.finish() {
            Ok((process, data)) => {
                assert_eq!(process, child.id());
                assert!(fs::metadata(data).unwrap().len() > 10_000);
            }
            Err(missing) => eprintln!("skipped: {}", missing.why),
        }
    }
}

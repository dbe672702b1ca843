//! Counters of the kernel and the processor for a process and its threads, by `perf_event_open(2)`.
//!
//! Processes that it starts, such as the load generator, do not count.

use std::fs;
use std::io;

use nix::errno::Errno;
use perf_event::events::{Event as Kind, Hardware, Software};
use perf_event::{Builder, Counter};
use runtime_bench_results::evidence::{Event, Missing};

use crate::process::watch::Watch;

/// Counts one process.
#[derive(Default)]
pub(super) struct PerfCounters {
    counters: Vec<(Event, io::Result<Counter>)>,
}

impl PerfCounters {
    /// The counts at the end of the process, and the evidence that could not be collected.
    pub(super) fn read(self) -> (Vec<(Event, f64)>, Vec<Missing>) {
        let (mut counts, mut missing) = (Vec::new(), Vec::new());
        for (event, counter) in self.counters {
            match counter.and_then(total) {
                Ok(total) => counts.push((event, total)),
                Err(error) => {
                    let one = why(&event, &error);
                    // A machine without one of the processor's counters usually has none.
                    if !missing.contains(&one) {
                        missing.push(one);
                    }
                }
            }
        }
        (counts, missing)
    }
}

impl Watch for PerfCounters {
    fn started(&mut self, process: u32) {
        let Ok(process) = i32::try_from(process) else { return };
        let kinds: [(Event, Kind); 5] = [
            (Event::Migration, Software::CPU_MIGRATIONS.into()),
            (Event::Instruction, Hardware::INSTRUCTIONS.into()),
            (Event::Cycle, Hardware::CPU_CYCLES.into()),
            (Event::CacheMiss, Hardware::CACHE_MISSES.into()),
            (Event::BranchMiss, Hardware::BRANCH_MISSES.into()),
        ];
        self.counters = kinds.map(|(event, kind)| (event, counter(kind, process))).into();
    }
}

/// A counter of the process, and of each thread that it will start.
fn counter(kind: Kind, process: i32) -> io::Result<Counter> {
    let mut builder = Builder::new().kind(kind).observe_pid(process);
    builder.include_kernel().inherit(true).inherit_thread(true);
    let mut counter = builder.build()?;
    counter.enable()?;
    Ok(counter)
}

/// The count, extrapolated to the whole time if there were fewer counters than events.
fn total(mut counter: Counter) -> io::Result<f64> {
    let read = counter.read_count_and_time()?;
    match read.time_running {
        0 if read.time_enabled > 0 => Err(io::Error::other("the counter was never on a processor")),
        running => Ok(read.count as f64 * (read.time_enabled as f64 / running.max(1) as f64)),
    }
}

fn why(event: &Event, error: &io::Error) -> Missing {
    let is_software = *event == Event::Migration;
    let what = if is_software { "migrations" } else { "hardware counters" }.to_owned();
    let (why, help) = match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EACCES | Errno::EPERM) => {
            let level = fs::read_to_string("/proc/sys/kernel/perf_event_paranoid");
            let level = level.map(|level| format!(", and is {}", level.trim())).unwrap_or_default();
            let help = format!(
                "`sysctl kernel.perf_event_paranoid=1` permits it{level}; a container also needs the \
                 capability PERFMON"
            );
            ("this system does not permit perf_event_open".to_owned(), Some(help))
        }
        Some(Errno::ENOENT | Errno::ENODEV | Errno::EOPNOTSUPP) if !is_software => {
            let help =
                "use a machine that is not virtual, or one whose hypervisor passes the counters on";
            (
                "the processor's counters are not available to this system".to_owned(),
                Some(help.to_owned()),
            )
        }
        _ => (format!("perf_event_open failed: {error}"), None),
    };
    Missing { what, why, help }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn every_event_is_counted_or_its_absence_explained() {
        let script = "read line; for n in 1 2 3 4 5; do :; done";
        let mut command = Command::new("sh");
        let mut child = command.args(["-c", script]).stdin(Stdio::piped()).spawn().unwrap();
        let mut counters = PerfCounters::default();
        counters.started(child.id());
        child.stdin.take().unwrap().write_all(b"x\n").unwrap();
        child.wait().unwrap();
        let (counts, missing) = counters.read();
        assert!(counts.iter().all(|(_, count)| *count >= 0.0), "{counts:?}");
        let has = |event: &Event| counts.iter().any(|(counted, _)| counted == event);
        let lacks = |what: &str| missing.iter().any(|missing| missing.what == what);
        assert!(has(&Event::Migration) != lacks("migrations"), "{counts:?} {missing:?}");
        for event in [Event::Instruction, Event::Cycle, Event::CacheMiss, Event::BranchMiss] {
            assert!(has(&event) || lacks("hardware counters"), "{event}: {missing:?}");
        }
    }

    #[test]
    fn forbidden_counter_names_its_permission() {
        let missing = why(&Event::Migration, &Errno::EACCES.into());
        assert!(missing.help.is_some_and(|help| help.contains("perf_event_paranoid=1")));
        let missing = why(&Event::Cycle, &Errno::ENOENT.into());
        assert_eq!(missing, why(&Event::BranchMiss, &Errno::ENOENT.into()));
    }
}

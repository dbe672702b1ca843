//! What `/proc` tells of a process.

use std::fs;

use runtime_bench_results::evidence::Event;

use crate::process::watch::Watch;

/// Fields of `/proc/PID/stat` from the state on.
pub(super) fn stat(process: i32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before it may hold anything, spaces and brackets too.
    let (_, fields) = text.rsplit_once(") ")?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

/// Counts of a whole process, all threads, without the processes that it started. They are read at its end.
#[derive(Default)]
pub(super) struct ProcessCounts(pub(super) Vec<(Event, f64)>);

impl Watch for ProcessCounts {
    fn started(&mut self, _: u32) {}

    fn ended(&mut self, process: u32) {
        self.0 = faults(process).unwrap_or_default();
        self.0.extend(calls(process).unwrap_or_default());
    }
}

fn faults(process: u32) -> Option<Vec<(Event, f64)>> {
    let fields = stat(i32::try_from(process).ok()?)?;
    let field = |place: usize| fields.get(place)?.parse().ok();
    Some(vec![(Event::MinorFault, field(7)?), (Event::MajorFault, field(9)?)])
}

/// The kernel may have been built without these.
fn calls(process: u32) -> Option<Vec<(Event, f64)>> {
    let text = fs::read_to_string(format!("/proc/{process}/io")).ok()?;
    let value = |name| {
        let mut lines = text.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")?.parse().ok())
    };
    Some(vec![(Event::UntracedRead, value("syscr")?), (Event::UntracedWrite, value("syscw")?)])
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn counts_of_a_process_are_known_until_it_is_reaped() {
        let mut child =
            Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let process = child.id();
        drop(child.stdin.take());
        while stat(process.cast_signed()).unwrap()[0] != "Z" {
            std::thread::yield_now();
        }
        let mut counts = ProcessCounts::default();
        counts.ended(process);
        assert_eq!(counts.0[0].0, Event::MinorFault);
        assert!(counts.0[0].1 > 10.0, "{:?}", counts.0);
        child.wait().unwrap();
        counts.ended(process);
        assert_eq!(counts.0, []);
    }
}

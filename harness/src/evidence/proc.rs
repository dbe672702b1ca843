//! What `/proc` tells of a process.

use std::fs;

use runtime_bench_results::evidence::Event;

use crate::process::watch::Watch;

/// Counts of a whole process, all threads, without the processes that it started. They are read at its end.
#[derive(Default)]
pub(super) struct ProcessCounts(pub(super) Vec<(Event, f64)>);

impl Watch for ProcessCounts {
    fn ended(&mut self, process: u32) {
        self.0 = faults(process).unwrap_or_default();
        self.0.extend(calls(process).unwrap_or_default());
    }
}

fn faults(process: u32) -> Option<Vec<(Event, f64)>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before the state may hold anything, spaces and brackets too.
    let fields: Vec<&str> = text.rsplit_once(") ")?.1.split_whitespace().collect();
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

    use runtime_bench_api::process::state;

    use super::*;

    #[test]
    fn counts_of_a_process_are_known_until_it_is_reaped() {
        let mut child =
            Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let process = child.id();
        drop(child.stdin.take());
        while state(process) != Some('Z') {
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

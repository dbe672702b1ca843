//! The CPU time of each role, for a terminal.

use std::collections::BTreeSet;

use runtime_bench_analysis::format::{count, figure, percent};
use runtime_bench_results::profile::ProfileRequest;

use crate::role::Role;
use crate::stacks::Stacks;

/// Lines for the heading and a missing kernel.
const OTHER_LINES: usize = 2;
/// Minimum share of the time of both for a role to be listed.
const SMALL: f64 = 0.005;
/// Maximum number of crates that are named for a role and a runner.
const CRATES: usize = 2;

/// A role in both profiles.
struct Row {
    role: Role,
    shares: [f64; 2],
    /// CPU time per operation, ns.
    times: [f64; 2],
    crates: Vec<String>,
}

impl Row {
    fn difference(&self) -> f64 {
        self.times[1] - self.times[0]
    }

    fn line(&self) -> String {
        let time = |at: usize| {
            format!("{:>8} {:>4}", figure(self.times[at], "ns"), percent(self.shares[at]))
        };
        let sign = if self.difference() > 0.0 { "+" } else { "" };
        let difference = format!("{sign}{}", figure(self.difference(), "ns"));
        let name = self.role.name();
        let crates = self.crates.join(", ");
        let line = format!("  {name:<18} {} {}  {difference:>9}  {crates}", time(1), time(0));
        line.trim_end().to_owned()
    }
}

/// At most the requested number of lines, the roles with the largest differences first.
pub(crate) fn lines(
    request: &ProfileRequest,
    what: &str,
    stacks: &[Stacks; 2],
    times: [f64; 2],
) -> Vec<String> {
    let [reference, candidate] = &request.recordings;
    let samples =
        |at: usize| count(usize::try_from(stacks[at].samples()).unwrap_or(usize::MAX), "sample");
    let heading = format!(
        "Samples, as {what} per {}: {}, {}, difference ({} and {})",
        request.operation,
        candidate.label,
        reference.label,
        samples(1),
        samples(0),
    );
    let rows = rows(stacks, times);
    let rows = rows.iter().take(request.lines.saturating_sub(OTHER_LINES)).map(Row::line);
    [heading].into_iter().chain(rows).collect()
}

fn rows(stacks: &[Stacks; 2], times: [f64; 2]) -> Vec<Row> {
    let shares = [stacks[0].shares(), stacks[1].shares()];
    let roles: BTreeSet<Role> = shares.iter().flat_map(|one| one.keys().copied()).collect();
    let row = |role: Role| {
        let share = |at: usize| shares[at].get(&role).map_or(0.0, |(share, _)| *share);
        let of_both = [share(0), share(1)];
        let mut crates = Vec::new();
        if !matches!(role, Role::Kernel | Role::Allocator | Role::Other) {
            let named = [1, 0].into_iter().filter_map(|at| shares[at].get(&role));
            let named = named.flat_map(|(_, crates)| crates.iter().take(CRATES));
            for name in named {
                if !crates.contains(name) {
                    crates.push(name.clone());
                }
            }
        }
        let times = [0, 1].map(|at| of_both[at] * times[at]);
        Row { role, shares: of_both, times, crates }
    };
    let mut rows: Vec<Row> = roles
        .into_iter()
        .map(row)
        .filter(|row| row.shares.iter().any(|share| *share >= SMALL))
        .collect();
    rows.sort_by(|one, other| other.difference().abs().total_cmp(&one.difference().abs()));
    rows
}

#[cfg(test)]
mod tests {
    use runtime_bench_results::profile::Recording;

    use super::*;
    use crate::stacks::Frame;

    const TIMES: [f64; 2] = [1_000.0, 2_000.0];

    fn request(lines: usize) -> ProfileRequest {
        let recording = |label: &str| Recording {
            label: label.into(),
            runner: label.into(),
            data: "perf.data".into(),
            process: 1,
            user_ns: 1.0,
            system_ns: 1.0,
        };
        ProfileRequest {
            title: "echo".into(),
            folder: "out".into(),
            lines,
            operation: "message".into(),
            recordings: [recording("tokio"), recording("smol")],
        }
    }

    fn stacks(frames: &[Frame]) -> Stacks {
        let mut stacks = Stacks::default();
        for frame in frames {
            stacks.add([frame.clone()]);
        }
        stacks
    }

    fn both() -> [Stacks; 2] {
        let kernel = || Frame::kernel("do_futex");
        [
            stacks(&[kernel(), Frame::of("tokio::task::run")]),
            stacks(&[kernel(), kernel(), kernel(), Frame::of("async_executor::Executor::run")]),
        ]
    }

    #[test]
    fn largest_difference_is_first_and_has_both_times_and_shares() {
        let lines = lines(&request(8), "CPU time", &both(), TIMES);
        assert_eq!(
            lines[0],
            "Samples, as CPU time per message: smol, tokio, difference (4 samples and 2 samples)"
        );
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&lines[1]), "kernel 1.50 µs 75% 500 ns 50% +1.00 µs");
        assert_eq!(words(&lines[2]), "scheduler 500 ns 25% 500 ns 50% 0 ns async_executor, tokio");
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn output_is_limited_to_the_requested_lines() {
        assert_eq!(lines(&request(3), "CPU time", &both(), TIMES).len(), 2);
    }
}

//! The CPU time of each role, for a terminal.

use std::collections::BTreeSet;

use runtime_bench_analysis::format::{count, figure, list, percent};
use runtime_bench_results::profile::ProfileRequest;

use crate::role::Role;
use crate::stacks::Stacks;

/// The heading, and the files.
const OTHER_LINES: usize = 2;
/// Roles with less of the time of both are not listed.
const SMALL: f64 = 0.005;
/// Crates of a role that are named.
const CRATES: usize = 3;

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
}

/// At most as many lines as are asked for: the roles with the largest differences first, then the files.
pub(crate) fn text(request: &ProfileRequest, stacks: &[Stacks; 2], files: &[String]) -> String {
    let [reference, candidate] = &request.recordings;
    let samples =
        |at: usize| count(usize::try_from(stacks[at].samples()).unwrap_or(usize::MAX), "sample");
    let mut text = format!(
        "CPU time per {}: {}, {}, difference ({} and {})\n",
        request.operation,
        candidate.label,
        reference.label,
        samples(1),
        samples(0),
    );
    for row in rows(request, stacks).iter().take(request.lines.saturating_sub(OTHER_LINES)) {
        let time = |at: usize| {
            format!("{:>8} {:>4}", figure(row.times[at], "ns"), percent(row.shares[at]))
        };
        let sign = if row.difference() < 0.0 { "-" } else { "+" };
        let difference = format!("{sign}{}", figure(row.difference().abs(), "ns"));
        let line = format!(
            "  {:<18} {} {}  {difference:>9}  {}",
            row.role.name(),
            time(1),
            time(0),
            row.crates.join(", "),
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str(&format!("Flame graphs in {}: {}\n", request.folder.display(), list(files)));
    text
}

fn rows(request: &ProfileRequest, stacks: &[Stacks; 2]) -> Vec<Row> {
    let shares = [stacks[0].shares(), stacks[1].shares()];
    let roles: BTreeSet<Role> = shares.iter().flat_map(|one| one.keys().copied()).collect();
    let row = |role: Role| {
        let share = |at: usize| shares[at].get(&role).map_or(0.0, |(share, _)| *share);
        let of_both = [share(0), share(1)];
        let mut crates = Vec::new();
        if !matches!(role, Role::Kernel | Role::Allocator | Role::Other) {
            let named = [1, 0].into_iter().filter_map(|at| shares[at].get(&role));
            let named = named.flat_map(|(_, crates)| crates.iter().take(CRATES));
            for name in named.filter(|name| *name != "std") {
                if !crates.contains(name) {
                    crates.push(name.clone());
                }
            }
            crates.truncate(CRATES);
        }
        let times = [0, 1].map(|at| of_both[at] * request.recordings[at].cpu_ns);
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

    fn request(lines: usize) -> ProfileRequest {
        let recording = |label: &str, cpu_ns| Recording {
            label: label.into(),
            runner: label.into(),
            data: "perf.data".into(),
            process: 1,
            cpu_ns,
        };
        ProfileRequest {
            title: "echo".into(),
            folder: "out".into(),
            lines,
            operation: "message".into(),
            recordings: [recording("tokio", 1_000.0), recording("smol", 2_000.0)],
        }
    }

    fn stacks(frames: &[Frame]) -> Stacks {
        let mut stacks = Stacks::default();
        frames.iter().for_each(|frame| stacks.add([frame.clone()]));
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
        let text = text(&request(8), &both(), &["tokio.svg".to_owned(), "smol.svg".to_owned()]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "CPU time per message: smol, tokio, difference (4 samples and 2 samples)"
        );
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(lines[1]), "kernel 1.50 µs 75% 500 ns 50% +1.00 µs");
        assert_eq!(words(lines[2]), "scheduler 500 ns 25% 500 ns 50% +0 ns async_executor, tokio");
        assert_eq!(lines[3], "Flame graphs in out: tokio.svg and smol.svg");
    }

    #[test]
    fn no_more_lines_than_fit() {
        assert_eq!(text(&request(3), &both(), &[]).lines().count(), 3);
    }
}

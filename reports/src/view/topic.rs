//! The headings of the table of comparisons.

use runtime_bench_results::catalog::Kind;

/// Headings in the order of the table: slug, title, and the workloads below it.
pub(crate) const TOPICS: [(&str, &str, &[&str]); 8] = [
    ("sockets", "Sockets", &["tcp-echo", "http-server", "connect-churn", "overload", "scrape"]),
    ("tails", "Tail latency", &["echo-latency", "mixed-load", "hot-connection"]),
    ("timers", "Timers", &["timer-gather", "timer-precision", "sensor-streams", "timeout-churn"]),
    (
        "cpu",
        "CPU and files",
        &[
            "cpu-batch",
            "fork-join",
            "tree-search",
            "matmul",
            "sort",
            "preprocess",
            "file-read",
            "file-write",
        ],
    ),
    (
        "scheduling",
        "Scheduling",
        &[
            "spawn-join",
            "joining",
            "future-size",
            "yield",
            "worker-pool",
            "blocking-pool",
            "remote-wake",
            "idle-cost",
            "cancellation",
            "failures",
            "shutdown",
        ],
    ),
    (
        "channels",
        "Channels and locks",
        &["ping-pong", "brigade", "bounded-queue", "broadcast", "request-reply", "mutex", "rwlock"],
    ),
    ("memory", "Memory", &["task-memory", "idle-connections"]),
    ("pitfalls", "Pitfalls", &[]),
];
/// Heading of workloads without another one.
pub(crate) const OTHER: (&str, &str) = ("other", "Other");

/// The place of a workload in the table: its topic, and its place there. A workload without a topic follows
/// those of its kind.
pub(super) fn place(name: &str, kind: Option<Kind>) -> (usize, usize) {
    let named = TOPICS.iter().enumerate().find_map(|(topic, (_, _, names))| {
        Some((topic, names.iter().position(|known| *known == name)?))
    });
    named.unwrap_or_else(|| {
        let slug = match kind {
            Some(Kind::Cpu) => "cpu",
            Some(Kind::Concurrency) => "scheduling",
            Some(Kind::Memory) => "memory",
            Some(Kind::Pitfall) => "pitfalls",
            Some(Kind::Io | Kind::Calibration) | None => OTHER.0,
        };
        let topic = TOPICS.iter().position(|(known, ..)| *known == slug);
        (topic.unwrap_or(TOPICS.len()), usize::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workloads_stand_under_their_topic_or_their_kind() {
        assert_eq!(place("http-server", Some(Kind::Io)), (0, 1));
        assert_eq!(place("file-read", Some(Kind::Io)), (3, 6));
        assert_eq!(place("mine", Some(Kind::Pitfall)), (7, usize::MAX));
        assert_eq!(place("mine", Some(Kind::Io)), (TOPICS.len(), usize::MAX));
        assert_eq!(place("mine", None), (TOPICS.len(), usize::MAX));
    }
}

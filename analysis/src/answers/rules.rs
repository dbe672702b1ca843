//! The use cases, and the workloads that answer each of them.
//!
//! A use case recommends the runners that no settled or leaning comparison beats in any of its
//! workloads. Counts of wins and means over unlike workloads play no part; one-thread runners are
//! mentioned next to the recommendation, external reference rows never, and discontinued runtimes are
//! not recommended.

/// A use case.
pub(super) struct Rule {
    /// Name in documents and links.
    pub(super) id: &'static str,
    /// The use case in a few words.
    pub(super) question: &'static str,
    /// The workloads that answer it, each at its first point. A runner must have a result in all of them.
    pub(super) workloads: &'static [&'static str],
    /// Workloads outside of the default suite that answer it as well, each at its first point. One counts where the
    /// run has a result of it from every runner that has one in all of `workloads`.
    pub(super) more: &'static [&'static str],
    /// Whether to show the headline of the first workload instead of ratios.
    pub(super) figures: bool,
    /// When the answer does not apply to a program.
    pub(super) unless: &'static str,
}

/// Every use case, in the order of a report.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "server",
        question: "HTTP or TCP server",
        workloads: &["http-server", "tcp-echo", "connect-churn"],
        more: &[],
        figures: false,
        unless: "handlers that compute or block: see the server that computes",
    },
    Rule {
        id: "computing-server",
        question: "Server that computes",
        workloads: &["mixed-load"],
        more: &["blocking-pool"],
        figures: true,
        unless: "jobs that run on the workers, or of less than a millisecond",
    },
    Rule {
        id: "cpu",
        question: "Pure CPU work",
        workloads: &["fork-join", "cpu-batch", "matmul", "sort"],
        more: &["tree-search"],
        figures: false,
        unless: "tasks that wait while they compute, or jobs of several milliseconds each",
    },
    Rule {
        id: "timers",
        question: "Many timers",
        workloads: &["timer-precision", "timer-gather"],
        more: &[],
        figures: false,
        unless: "deadlines that may be a millisecond late",
    },
    Rule {
        id: "memory",
        question: "Memory per task",
        workloads: &["task-memory", "idle-connections"],
        more: &[],
        figures: true,
        unless: "tasks whose own state or buffers outweigh the runtime's",
    },
    Rule {
        id: "channels",
        question: "Channels between tasks",
        workloads: &["ping-pong", "bounded-queue"],
        more: &["request-reply"],
        figures: false,
        unless: "messages that take microseconds to handle, or a channel other than the runtime's own",
    },
];

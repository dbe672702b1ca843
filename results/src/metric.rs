//! The metrics that this project defines, with names, units and directions. Names in files are open, because
//! other runners add their own metrics.

use serde::{Deserialize, Serialize};

/// Which direction of a metric is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// Lower is better, as for a time.
    Lower,
    /// Higher is better, as for a throughput.
    Higher,
    /// Context only.
    Neither,
}

/// The quantity that a metric measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Wall time.
    Time,
    /// CPU time.
    Cpu,
    /// Bytes of memory.
    Memory,
    /// A rate per second.
    Rate,
    /// A ratio or a share.
    Ratio,
    /// A number of things.
    Count,
}

/// The definition of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricDef {
    /// Its name in results files, such as `wall`.
    pub id: &'static str,
    /// Its unit, such as `ns`; empty for a pure number.
    pub unit: &'static str,
    /// Which direction is good.
    pub direction: Better,
    /// The quantity that it measures.
    pub kind: Kind,
}

impl MetricDef {
    /// A wall time in nanoseconds; lower is better.
    pub const fn time(id: &'static str) -> Self {
        Self { id, unit: "ns", direction: Better::Lower, kind: Kind::Time }
    }

    /// A CPU time in nanoseconds; lower is better.
    pub const fn cpu(id: &'static str) -> Self {
        Self { id, unit: "ns", direction: Better::Lower, kind: Kind::Cpu }
    }

    /// Bytes; lower is better.
    pub const fn memory(id: &'static str) -> Self {
        Self { id, unit: "B", direction: Better::Lower, kind: Kind::Memory }
    }

    /// Something per second; higher is better.
    pub const fn rate(id: &'static str, unit: &'static str) -> Self {
        Self { id, unit, direction: Better::Higher, kind: Kind::Rate }
    }

    /// A ratio; lower is better.
    pub const fn ratio(id: &'static str) -> Self {
        Self { id, unit: "×", direction: Better::Lower, kind: Kind::Ratio }
    }

    /// A count; neither direction is better.
    pub const fn count(id: &'static str) -> Self {
        Self { id, unit: "", direction: Better::Neither, kind: Kind::Count }
    }

    /// The same in another unit.
    #[must_use]
    pub const fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// The same where higher is better.
    #[must_use]
    pub const fn higher(self) -> Self {
        Self { direction: Better::Higher, ..self }
    }

    /// The same metric as context, where no direction is better.
    #[must_use]
    pub const fn neutral(self) -> Self {
        Self { direction: Better::Neither, ..self }
    }
}

/// Defines metrics, each with its documentation.
macro_rules! metrics {
    ($($name:ident = $def:expr, $doc:literal;)*) => {
        $(#[doc = $doc] pub const $name: MetricDef = $def;)*
    };
}

metrics! {
    WALL = MetricDef::time("wall"), "Mean wall time of an iteration.";
    CPU = MetricDef::cpu("cpu"), "Mean CPU time of an iteration, all threads of the process.";
    CPU_USER = MetricDef::cpu("cpu-user").neutral(), "CPU time of an iteration in user mode.";
    CPU_SYSTEM = MetricDef::cpu("cpu-system").neutral(), "CPU time of an iteration in the kernel.";
    SWITCHES_VOLUNTARY = MetricDef::count("switches-voluntary"), "Voluntary context switches per \
        iteration: a thread waited.";
    SWITCHES_INVOLUNTARY = MetricDef::count("switches-involuntary"), "Involuntary context switches \
        per iteration: a thread was preempted.";
    THREADS = MetricDef::count("threads"), "Threads of the process at the end of the block, \
        including the main thread.";
    STARTUP = MetricDef::time("startup"), "Building the runtime plus the first iteration; startup \
        phase only.";
    ALLOCATIONS = MetricDef::count("allocations"), "Allocations per iteration, including \
        reallocations. Counted in an untimed trial.";
    ALLOCATED = MetricDef::memory("allocated").neutral(), "Bytes allocated in an iteration, freed or not.";
    PEAK_MEMORY = MetricDef::memory("peak-memory"), "Highest resident memory of the process up to the end of its first iteration.";
    SPEED_UP = MetricDef::ratio("speed-up").higher(), "Speed relative to one thread, timed in the \
        same process.";
    CLIENT_CPU = MetricDef::ratio("client-cpu").unit("cores").neutral(), "CPU time of the load generator ÷ wall time.";
    CLIENT_LATE = MetricDef::time("client-late-p99").neutral(), "The 99th percentile of the \
        lateness of the load generator's sends.";
    MESSAGE_RATE = MetricDef::rate("rate", "messages/s"), "Messages answered per second.";
    REQUEST_RATE = MetricDef::rate("rate", "requests/s"), "Requests answered per second.";
    CPU_PER_REQUEST = MetricDef::cpu("cpu-per-request"), "CPU time per request.";
    P50 = MetricDef::time("p50"), "Median latency.";
    P90 = MetricDef::time("p90"), "The 90th percentile of latency.";
    P99 = MetricDef::time("p99"), "The 99th percentile of latency.";
    P99_9 = MetricDef::time("p99.9"), "The 99.9th percentile of latency.";
    MAX = MetricDef::time("max").neutral(), "The highest latency.";
    CLOSED_LOOP_P50 = MetricDef::time("closed-loop-p50").neutral(), "Median latency of a closed loop.";
    CLOSED_LOOP_P90 = MetricDef::time("closed-loop-p90").neutral(), "The 90th percentile of latency of a closed loop.";
    CLOSED_LOOP_P99 = MetricDef::time("closed-loop-p99").neutral(), "The 99th percentile of latency of a closed loop.";
    CLOSED_LOOP_P99_9 = MetricDef::time("closed-loop-p99.9").neutral(), "The 99.9th percentile of latency of a closed loop.";
    CLOSED_LOOP_MAX = MetricDef::time("closed-loop-max").neutral(), "The highest latency of a closed loop.";
    PER_TASK = MetricDef::time("per-task"), "Wall time per task.";
    CPU_PER_TASK = MetricDef::cpu("cpu-per-task"), "CPU time per task.";
    PER_YIELD = MetricDef::time("per-yield"), "Wall time per yield.";
    CPU_PER_YIELD = MetricDef::cpu("cpu-per-yield"), "CPU time per yield.";
    SHUTDOWN = MetricDef::time("shutdown"), "Time from the request to shut down until the runtime \
        has ended.";
    PER_LOCK = MetricDef::time("per-lock"), "Wall time per lock.";
    CPU_PER_LOCK = MetricDef::cpu("cpu-per-lock"), "CPU time per lock.";
    PER_HOP = MetricDef::time("per-hop"), "Wall time per hop.";
    CPU_PER_HOP = MetricDef::cpu("cpu-per-hop"), "CPU time per hop.";
    PER_ROUND_TRIP = MetricDef::time("per-round-trip"), "Wall time per round trip.";
    CPU_PER_ROUND_TRIP = MetricDef::cpu("cpu-per-round-trip"), "CPU time per round trip.";
    PER_TIMEOUT = MetricDef::time("per-timeout"), "Wall time per timeout.";
    CPU_PER_TIMEOUT = MetricDef::cpu("cpu-per-timeout"), "CPU time per timeout.";
    PER_CANCEL = MetricDef::time("per-cancel"), "Wall time per cancellation.";
    WAKE = MetricDef::time("wake"), "Time from the signal to the first task that wakes, or per task.";
    WAKE_ALL = MetricDef::time("wake-all"), "Time from the signal to the last task that wakes.";
    IDLE_CPU = MetricDef::cpu("idle-cpu").unit("ns/s"), "CPU time per second while all tasks wait.";
    PER_DELIVERY = MetricDef::time("per-delivery"), "Wall time per delivered item.";
    CPU_PER_DELIVERY = MetricDef::cpu("cpu-per-delivery"), "CPU time per delivered item.";
    ITEM_THROUGHPUT = MetricDef::rate("throughput", "items/s"), "Throughput, in items/s.";
    CONSUMER_BALANCE = MetricDef::ratio("consumer-balance").neutral(), "Items of the slowest consumer ÷ items of the fastest.";
    CPU_PER_ITEM = MetricDef::cpu("cpu-per-item"), "CPU time per item.";
    RELATIVE = MetricDef::ratio("relative"), "Time with failures ÷ time without.";
    PER_CLEAN_TASK = MetricDef::time("per-clean-task").neutral(), "Wall time per clean task.";
    JOB_RATE = MetricDef::rate("rate", "jobs/s"), "Rate, in jobs/s.";
    START_P50 = MetricDef::time("start-p50"), "Median time from submitting a job until it starts.";
    START_P99 = MetricDef::time("start-p99"), "The 99th percentile of the time from submitting a job until it starts.";
    CPU_PER_JOB = MetricDef::cpu("cpu-per-job"), "CPU time per job.";
    MOST_AT_ONCE = MetricDef::count("most-at-once"), "The largest number of jobs at once.";
    ELEMENT_RATE = MetricDef::rate("rate", "elements/s"), "Rate, in elements/s.";
    CPU_OVER_WALL = MetricDef::ratio("cpu-over-wall").neutral(), "CPU time ÷ wall time.";
    FLOP_RATE = MetricDef::rate("rate", "flop/s"), "Rate, in flop/s.";
    PER_SHARD = MetricDef::time("per-shard"), "Wall time per shard.";
    CPU_PER_SHARD = MetricDef::cpu("cpu-per-shard"), "CPU time per shard.";
    CPU_OVER_SEQUENTIAL = MetricDef::ratio("cpu-over-sequential"), "CPU time ÷ the time of a plain loop.";
    PER_ITERATION = MetricDef::time("per-iteration"), "Wall time per iteration.";
    MESSAGE_THROUGHPUT = MetricDef::rate("throughput", "messages/s"), "Throughput, in messages/s.";
    CPU_PER_MESSAGE = MetricDef::cpu("cpu-per-message"), "CPU time per message.";
    IN_FLIGHT = MetricDef::count("in-flight"), "Mean number of messages in flight.";
    ROUND_TRIP = MetricDef::time("round-trip"), "Mean round trip of a quiet connection.";
    ROUND_TRIP_WORST = MetricDef::time("round-trip-worst"), "Longest round trip of a quiet connection.";
    HOT_THROUGHPUT = MetricDef::rate("hot-throughput", "MiB/s").neutral(), "Throughput of the busy \
        connection, in MiB/s.";
    LATENESS = MetricDef::time("lateness"), "Mean lateness after a deadline.";
    MAKESPAN_OVER_DELAY = MetricDef::ratio("makespan-over-delay"), "Makespan ÷ the delay.";
    GOODPUT = MetricDef::ratio("goodput").higher(), "Reply rate under overload ÷ capacity.";
    RECOVERY = MetricDef::time("recovery"), "Time to clear the backlog after an overload.";
    MESSAGE_CAPACITY = MetricDef::rate("capacity", "messages/s"), "Capacity, in messages/s.";
    OVERLOAD_MEAN = MetricDef::time("overload-mean"), "Mean latency under overload.";
    CLIENT_CPU_OVERLOAD = MetricDef::ratio("client-cpu-overload").unit("cores").neutral(), "CPU time of the load generator under overload ÷ wall time.";
    CONNECTION_RATE = MetricDef::rate("rate", "connections/s"), "Rate, in connections/s.";
    CPU_PER_CONNECTION = MetricDef::cpu("cpu-per-connection"), "CPU time per connection.";
    LATENESS_WORST = MetricDef::time("lateness-worst"), "Longest lateness after a deadline.";
    MISSED_DEADLINES = MetricDef::ratio("missed-deadlines").unit("%"), "Share of deadlines missed.";
    CPU_PER_READING = MetricDef::cpu("cpu-per-reading"), "CPU time per reading.";
    BYTE_THROUGHPUT = MetricDef::rate("throughput", "MiB/s"), "Throughput, in MiB/s.";
    FILE_RATE = MetricDef::rate("files", "files/s"), "Files per second.";
    CPU_PER_MIB = MetricDef::cpu("cpu-per-mib"), "CPU time per MiB.";
    MAKESPAN_OVER_IDEAL = MetricDef::ratio("makespan-over-ideal"), "Makespan ÷ the shortest \
        possible makespan.";
    CPU_PER_PAGE = MetricDef::cpu("cpu-per-page"), "CPU time per page.";
    OVERSHOOT_P50 = MetricDef::time("overshoot-p50"), "Median overshoot of a sleep.";
    OVERSHOOT_WORST = MetricDef::time("overshoot-worst"), "Longest overshoot of a sleep.";
    CPU_PER_SLEEP = MetricDef::cpu("cpu-per-sleep"), "CPU time per sleep.";
    WORST_LATENESS = MetricDef::time("worst-lateness"), "Longest lateness of a heartbeat.";
    BEATS = MetricDef::count("beats"), "Heartbeats.";
    FIXED = MetricDef::time("fixed").neutral(), "Time of the repaired code, where the workload itself passes or fails.";
    MAKESPAN_OVER_HOLD = MetricDef::ratio("makespan-over-hold"), "Makespan ÷ the time a lock is held.";
    PER_STEP = MetricDef::time("per-step"), "Wall time per step.";
    CPU_PER_STEP = MetricDef::cpu("cpu-per-step"), "CPU time per step.";
    TASK_MEMORY = MetricDef::memory("per-task"), "Memory per task.";
    CONNECTION_MEMORY = MetricDef::memory("per-connection"), "Memory per connection.";
}

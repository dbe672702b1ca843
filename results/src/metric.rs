//! The metrics that this project defines: what they are called, in which unit, and which direction is
//! good. Names in files are open, since other runners bring metrics of their own.

use crate::trial::Better;

/// What a metric measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Wall time.
    Time,
    /// CPU time.
    Cpu,
    /// Bytes of memory.
    Memory,
    /// Something per second.
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
    /// What it measures.
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

    /// The same as context only.
    #[must_use]
    pub const fn neutral(self) -> Self {
        Self { direction: Better::Neither, ..self }
    }
}

/// Defines metrics.
macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident = $def:expr;)*) => {
        $($(#[$doc])* pub const $name: MetricDef = $def;)*
    };
}

metrics! {
    /// Mean wall time of an iteration.
    WALL = MetricDef::time("wall");
    /// Shortest wall time of an iteration.
    WALL_MIN = MetricDef::time("wall-min");
    /// Mean CPU time of an iteration, all threads of the process.
    CPU = MetricDef::cpu("cpu");
    /// The part of it in user mode.
    CPU_USER = MetricDef::cpu("cpu-user").neutral();
    /// The part of it in the kernel.
    CPU_SYSTEM = MetricDef::cpu("cpu-system").neutral();
    /// Voluntary context switches of an iteration: a thread waited.
    SWITCHES_VOLUNTARY = MetricDef::count("switches-voluntary");
    /// Involuntary context switches of an iteration: a thread was displaced.
    SWITCHES_INVOLUNTARY = MetricDef::count("switches-involuntary");
    /// Threads of the process at the end of the block, the one that waits for it included.
    THREADS = MetricDef::count("threads");
    /// Building the runtime plus the first iteration; only at the age of startup.
    STARTUP = MetricDef::time("startup");
    /// Allocations of an iteration, reallocations included. Counted in a trial that is not timed.
    ALLOCATIONS = MetricDef::count("allocations");
    /// Bytes allocated in an iteration, freed or not.
    ALLOCATED = MetricDef::memory("allocated").neutral();
    /// Highest resident memory of the process so far.
    PEAK_MEMORY = MetricDef::memory("peak-memory");
    /// How many times as fast as one thread, timed in the same process.
    SPEED_UP = MetricDef::ratio("speed-up").higher();
    /// CPU time of the load generator ÷ wall time.
    CLIENT_CPU = MetricDef::ratio("client-cpu").unit("cores").neutral();
    /// The 99th percentile of how late the load generator sent.
    CLIENT_LATE = MetricDef::time("client-late-p99").neutral();
    /// Messages answered per second.
    MESSAGE_RATE = MetricDef::rate("rate", "messages/s");
    /// Requests answered per second.
    REQUEST_RATE = MetricDef::rate("rate", "requests/s");
    /// CPU time per request.
    CPU_PER_REQUEST = MetricDef::cpu("cpu-per-request");
    /// Median latency.
    P50 = MetricDef::time("p50");
    /// The 90th percentile of latency.
    P90 = MetricDef::time("p90");
    /// The 99th percentile of latency.
    P99 = MetricDef::time("p99");
    /// The 99.9th percentile of latency.
    P99_9 = MetricDef::time("p99.9");
    /// The highest latency.
    MAX = MetricDef::time("max").neutral();
    /// Median latency of a closed loop.
    CLOSED_LOOP_P50 = MetricDef::time("closed-loop-p50").neutral();
    /// The 90th percentile of latency of a closed loop.
    CLOSED_LOOP_P90 = MetricDef::time("closed-loop-p90").neutral();
    /// The 99th percentile of latency of a closed loop.
    CLOSED_LOOP_P99 = MetricDef::time("closed-loop-p99").neutral();
    /// The 99.9th percentile of latency of a closed loop.
    CLOSED_LOOP_P99_9 = MetricDef::time("closed-loop-p99.9").neutral();
    /// The highest latency of a closed loop.
    CLOSED_LOOP_MAX = MetricDef::time("closed-loop-max").neutral();
    /// Wall time per task.
    PER_TASK = MetricDef::time("per-task");
    /// CPU time per task.
    CPU_PER_TASK = MetricDef::cpu("cpu-per-task");
    /// Wall time per yield.
    PER_YIELD = MetricDef::time("per-yield");
    /// CPU time per yield.
    CPU_PER_YIELD = MetricDef::cpu("cpu-per-yield");
    /// Shutdown.
    SHUTDOWN = MetricDef::time("shutdown");
    /// Wall time per lock.
    PER_LOCK = MetricDef::time("per-lock");
    /// CPU time per lock.
    CPU_PER_LOCK = MetricDef::cpu("cpu-per-lock");
    /// Wall time per hop.
    PER_HOP = MetricDef::time("per-hop");
    /// CPU time per hop.
    CPU_PER_HOP = MetricDef::cpu("cpu-per-hop");
    /// Wall time per round trip.
    PER_ROUND_TRIP = MetricDef::time("per-round-trip");
    /// CPU time per round trip.
    CPU_PER_ROUND_TRIP = MetricDef::cpu("cpu-per-round-trip");
    /// Wall time per timeout.
    PER_TIMEOUT = MetricDef::time("per-timeout");
    /// CPU time per timeout.
    CPU_PER_TIMEOUT = MetricDef::cpu("cpu-per-timeout");
    /// Wall time per cancel.
    PER_CANCEL = MetricDef::time("per-cancel");
    /// Wake.
    WAKE = MetricDef::time("wake");
    /// Wake all.
    WAKE_ALL = MetricDef::time("wake-all");
    /// Idle CPU.
    IDLE_CPU = MetricDef::cpu("idle-cpu").unit("ns/s");
    /// Throughput, in items/s.
    ITEM_THROUGHPUT = MetricDef::rate("throughput", "items/s");
    /// CPU time per item.
    CPU_PER_ITEM = MetricDef::cpu("cpu-per-item");
    /// Relative.
    RELATIVE = MetricDef::ratio("relative");
    /// Wall time per clean task.
    PER_CLEAN_TASK = MetricDef::time("per-clean-task").neutral();
    /// Rate, in jobs/s.
    JOB_RATE = MetricDef::rate("rate", "jobs/s");
    /// CPU time per job.
    CPU_PER_JOB = MetricDef::cpu("cpu-per-job");
    /// Most at once.
    MOST_AT_ONCE = MetricDef::count("most-at-once");
    /// Rate, in elements/s.
    ELEMENT_RATE = MetricDef::rate("rate", "elements/s");
    /// CPU over wall.
    CPU_OVER_WALL = MetricDef::ratio("cpu-over-wall").neutral();
    /// Rate, in flop/s.
    FLOP_RATE = MetricDef::rate("rate", "flop/s");
    /// Wall time per shard.
    PER_SHARD = MetricDef::time("per-shard");
    /// CPU time per shard.
    CPU_PER_SHARD = MetricDef::cpu("cpu-per-shard");
    /// CPU over sequential.
    CPU_OVER_SEQUENTIAL = MetricDef::ratio("cpu-over-sequential");
    /// Wall time per iteration.
    PER_ITERATION = MetricDef::time("per-iteration");
    /// Throughput, in messages/s.
    MESSAGE_THROUGHPUT = MetricDef::rate("throughput", "messages/s");
    /// CPU time per message.
    CPU_PER_MESSAGE = MetricDef::cpu("cpu-per-message");
    /// In flight.
    IN_FLIGHT = MetricDef::count("in-flight");
    /// Round trip.
    ROUND_TRIP = MetricDef::time("round-trip");
    /// Round trip worst.
    ROUND_TRIP_WORST = MetricDef::time("round-trip-worst");
    /// Hot throughput, in MiB/s.
    HOT_THROUGHPUT = MetricDef::rate("hot-throughput", "MiB/s").neutral();
    /// Lateness.
    LATENESS = MetricDef::time("lateness");
    /// Makespan over delay.
    MAKESPAN_OVER_DELAY = MetricDef::ratio("makespan-over-delay");
    /// Goodput.
    GOODPUT = MetricDef::ratio("goodput").higher();
    /// Recovery.
    RECOVERY = MetricDef::time("recovery");
    /// Capacity, in messages/s.
    MESSAGE_CAPACITY = MetricDef::rate("capacity", "messages/s");
    /// Overload mean.
    OVERLOAD_MEAN = MetricDef::time("overload-mean");
    /// Client CPU overload.
    CLIENT_CPU_OVERLOAD = MetricDef::ratio("client-cpu-overload").unit("cores").neutral();
    /// Rate, in connections/s.
    CONNECTION_RATE = MetricDef::rate("rate", "connections/s");
    /// CPU time per connection.
    CPU_PER_CONNECTION = MetricDef::cpu("cpu-per-connection");
    /// Lateness worst.
    LATENESS_WORST = MetricDef::time("lateness-worst");
    /// Missed deadlines.
    MISSED_DEADLINES = MetricDef::ratio("missed-deadlines").unit("%");
    /// CPU time per reading.
    CPU_PER_READING = MetricDef::cpu("cpu-per-reading");
    /// Throughput, in MiB/s.
    BYTE_THROUGHPUT = MetricDef::rate("throughput", "MiB/s");
    /// CPU time per mib.
    CPU_PER_MIB = MetricDef::cpu("cpu-per-mib");
    /// Makespan over ideal.
    MAKESPAN_OVER_IDEAL = MetricDef::ratio("makespan-over-ideal");
    /// CPU time per page.
    CPU_PER_PAGE = MetricDef::cpu("cpu-per-page");
    /// Overshoot p50.
    OVERSHOOT_P50 = MetricDef::time("overshoot-p50");
    /// Overshoot worst.
    OVERSHOOT_WORST = MetricDef::time("overshoot-worst");
    /// CPU time per sleep.
    CPU_PER_SLEEP = MetricDef::cpu("cpu-per-sleep");
    /// Worst lateness.
    WORST_LATENESS = MetricDef::time("worst-lateness");
    /// Beats.
    BEATS = MetricDef::count("beats");
    /// Fixed.
    FIXED = MetricDef::time("fixed");
    /// Makespan over hold.
    MAKESPAN_OVER_HOLD = MetricDef::ratio("makespan-over-hold");
    /// Wall time per step.
    PER_STEP = MetricDef::time("per-step");
    /// CPU time per step.
    CPU_PER_STEP = MetricDef::cpu("cpu-per-step");
    /// Memory per task.
    TASK_MEMORY = MetricDef::memory("per-task");
    /// Memory per connection.
    CONNECTION_MEMORY = MetricDef::memory("per-connection");
}

/// The metrics that the harness adds to every block.
pub const HARNESS: &[&MetricDef] = &[
    &WALL,
    &WALL_MIN,
    &CPU,
    &CPU_USER,
    &CPU_SYSTEM,
    &SWITCHES_VOLUNTARY,
    &SWITCHES_INVOLUNTARY,
    &THREADS,
    &STARTUP,
    &ALLOCATIONS,
    &ALLOCATED,
    &PEAK_MEMORY,
];

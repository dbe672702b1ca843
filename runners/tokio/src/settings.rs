//! The settings of tokio's `Builder` that `--setting` can change.

use runtime_bench_api::runner::Setting;
use runtime_bench_results::setting::Settings;
use tokio::runtime::Builder;

/// Why most builds lack settings that tokio may still change.
const UNSTABLE: Option<&str> = if cfg!(tokio_unstable) {
    None
} else {
    Some("Unstable in tokio: needs a build with RUSTFLAGS=\"--cfg tokio_unstable\".")
};

const EVENT_INTERVAL: &str = "event-interval";
const GLOBAL_QUEUE_INTERVAL: &str = "global-queue-interval";
const MAX_IO_EVENTS: &str = "max-io-events-per-tick";
const MAX_BUSY_IO_EVENTS: &str = "max-io-events-per-busy-tick";
const MAX_BLOCKING_THREADS: &str = "max-blocking-threads";
const LIFO_SLOT: &str = "lifo-slot";
const EAGER_DRIVER_HANDOFF: &str = "eager-driver-handoff";
const ALT_TIMER: &str = "alt-timer";

/// The settings of both schedulers.
pub(crate) fn of_both(global_queue_interval: &'static str) -> Vec<Setting> {
    let events = "most I/O events handled per check";
    let busy = "most I/O events per check while tasks wait to run";
    let blocking = "threads for blocking work and files";
    let global = "task polls between checks of the global queue";
    vec![
        Setting::new(
            EVENT_INTERVAL,
            "task polls between checks of timers and sockets",
            POLLS,
            "61",
        ),
        Setting::new(GLOBAL_QUEUE_INTERVAL, global, POLLS, global_queue_interval),
        Setting::new(MAX_IO_EVENTS, events, 1..=65_536, "1024"),
        Setting::new(MAX_BUSY_IO_EVENTS, busy, 1..=65_536, MAX_IO_EVENTS),
        Setting::new(MAX_BLOCKING_THREADS, blocking, 1..=32_768, "512"),
    ]
}

/// The settings of the multi-thread scheduler.
pub(crate) fn of_multi_thread() -> Vec<Setting> {
    let unstable = |name, about, default| Setting {
        missing: UNSTABLE,
        ..Setting::new(name, about, 0..=1, default)
    };
    let handoff = "whether a worker that has work wakes another one to check sockets";
    let mut settings = of_both("tuned at run time");
    settings.extend([
        unstable(LIFO_SLOT, "whether the task that a worker woke last runs next", "1"),
        unstable(EAGER_DRIVER_HANDOFF, handoff, "0"),
        unstable(ALT_TIMER, "whether each worker has its own timers", "0"),
    ]);
    settings
}

const POLLS: std::ops::RangeInclusive<u64> = 1..=1_000_000;

/// Sets the values that are not left to tokio. All values are in their ranges.
pub(crate) fn set<'a>(builder: &'a mut Builder, settings: &Settings) -> &'a mut Builder {
    let polls = |name| settings.get(name).and_then(|value| u32::try_from(value).ok());
    let count = |name| settings.get(name).and_then(|value| usize::try_from(value).ok());
    if let Some(polls) = polls(EVENT_INTERVAL) {
        builder.event_interval(polls);
    }
    if let Some(polls) = polls(GLOBAL_QUEUE_INTERVAL) {
        builder.global_queue_interval(polls);
    }
    if let Some(events) = count(MAX_IO_EVENTS) {
        builder.max_io_events_per_tick(events);
    }
    if let Some(events) = count(MAX_BUSY_IO_EVENTS) {
        builder.max_io_events_per_busy_tick(events);
    }
    if let Some(threads) = count(MAX_BLOCKING_THREADS) {
        builder.max_blocking_threads(threads);
    }
    #[cfg(tokio_unstable)]
    {
        if settings.get(LIFO_SLOT) == Some(0) {
            builder.disable_lifo_slot();
        }
        if settings.get(EAGER_DRIVER_HANDOFF) == Some(1) {
            builder.enable_eager_driver_handoff();
        }
        if settings.get(ALT_TIMER) == Some(1) {
            builder.enable_alt_timer();
        }
    }
    builder
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use runtime_bench_results::setting::split;

    use super::*;

    /// The number of a runtime's blocking threads that work at once.
    fn at_once(settings: &Settings) -> usize {
        let mut builder = Builder::new_current_thread();
        let runtime = set(&mut builder, settings).build().unwrap();
        let running = Arc::new(AtomicUsize::new(0));
        let job = || {
            let running = Arc::clone(&running);
            runtime.spawn_blocking(move || {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                thread::sleep(Duration::from_millis(20));
                running.fetch_sub(1, Ordering::SeqCst);
                now
            })
        };
        let jobs: Vec<_> = (0..4).map(|_| job()).collect();
        jobs.into_iter().map(|job| runtime.block_on(job).unwrap()).max().unwrap()
    }

    #[test]
    fn number_of_blocking_threads_is_set() {
        assert_eq!(at_once(&split("tokio[max-blocking-threads=1]").1), 1);
        assert!(at_once(&Settings::default()) > 1);
    }

    #[test]
    fn runtime_starts_with_the_bounds_of_every_setting() {
        for setting in of_multi_thread() {
            for value in [setting.range.start(), setting.range.end()] {
                let settings = split(&format!("tokio[{}={value}]", setting.name)).1;
                let mut builder = Builder::new_multi_thread();
                let built = set(builder.worker_threads(1).enable_all(), &settings).build();
                assert_eq!(built.unwrap().block_on(async { 7 }), 7, "{}={value}", setting.name);
            }
        }
    }
}

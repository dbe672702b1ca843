//! Reads the machine's load: Linux's counters, and this process's share of them.

use std::time::Duration;

use super::files::text;

/// Ticks of `/proc/stat` in a second: `USER_HZ`, 100 on every architecture that Rust runs on
/// (`proc_stat(5)`).
const TICKS_PER_S: f64 = 100.0;

/// Cumulative counters at one moment, each `None` if it cannot be read here.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counters {
    /// Busy CPU time of all processors, seconds.
    busy: Option<f64>,
    /// CPU time that the hypervisor gave to others, seconds.
    steal: Option<f64>,
    /// CPU time of this process and of its children that have ended, seconds.
    own: Option<f64>,
    /// Time in which some task waited for a CPU, seconds.
    waiting: Option<f64>,
}

/// The machine's load between two moments; `None` if it cannot be read here.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Busy {
    /// CPU time of other programs ÷ wall time, cores.
    pub foreign_cores: Option<f64>,
    /// CPU time that the hypervisor gave to others ÷ wall time, cores.
    pub steal_cores: Option<f64>,
    /// Share of the time in which some task waited for a CPU, including tasks of this process.
    pub pressure: Option<f64>,
}

impl Counters {
    /// Reads them all. Takes some tens of microseconds.
    pub fn read() -> Self {
        let ticks = text("/proc/stat").and_then(|stat| ticks(&stat));
        Self {
            busy: ticks.map(|(busy, _)| busy / TICKS_PER_S),
            steal: ticks.map(|(_, steal)| steal / TICKS_PER_S),
            own: own_s(),
            waiting: text("/proc/pressure/cpu").and_then(|pressure| some_total_s(&pressure)),
        }
    }

    /// The load from `earlier` to now, `wall` later. Below 100 ms, the ticks are too coarse.
    pub fn since(&self, earlier: &Self, wall: Duration) -> Busy {
        let wall_s = wall.as_secs_f64();
        if wall_s <= 0.0 {
            return Busy::default();
        }
        // A tick that is early or late must not give a negative value.
        let rate = |now: Option<f64>, then: Option<f64>| Some(((now? - then?) / wall_s).max(0.0));
        let foreign = |busy: f64, own: f64| (busy - own).max(0.0);
        let busy = rate(self.busy, earlier.busy);
        let own = rate(self.own, earlier.own);
        Busy {
            foreign_cores: busy.zip(own).map(|(busy, own)| foreign(busy, own)),
            steal_cores: rate(self.steal, earlier.steal),
            pressure: rate(self.waiting, earlier.waiting).map(|share| share.min(1.0)),
        }
    }
}

/// The load average over one minute.
pub fn load() -> Option<f64> {
    text("/proc/loadavg")?.split_whitespace().next()?.parse().ok()
}

/// Busy and stolen ticks of all processors together, from `/proc/stat` (`proc_stat(5)`).
fn ticks(stat: &str) -> Option<(f64, f64)> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks: Vec<f64> = line.split_whitespace().map_while(|field| field.parse().ok()).collect();
    // Guests are already counted under user and nice.
    let [user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = ticks[..] else {
        return None;
    };
    Some((user + nice + system + irq + softirq, steal))
}

/// `total=` of the line `some` of a pressure file, microseconds there and seconds here
/// (Documentation/accounting/psi.rst).
fn some_total_s(pressure: &str) -> Option<f64> {
    let line = pressure.lines().find_map(|line| line.strip_prefix("some "))?;
    let total = line.split_whitespace().find_map(|field| field.strip_prefix("total="))?;
    Some(total.parse::<f64>().ok()? / 1e6)
}

#[cfg(unix)]
fn own_s() -> Option<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let used_s = |who| {
        let usage = getrusage(who).ok()?;
        let micros = (usage.user_time() + usage.system_time()).num_microseconds();
        Some(micros as f64 / 1e6)
    };
    Some(used_s(UsageWho::RUSAGE_SELF)? + used_s(UsageWho::RUSAGE_CHILDREN)?)
}

#[cfg(not(unix))]
fn own_s() -> Option<f64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_busy_or_stolen_and_neither_idle_nor_counted_twice() {
        let stat = "cpu  100 20 30 4000 500 6 7 80 90 1\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n";
        assert_eq!(ticks(stat), Some((163.0, 80.0)));
        for odd in ["", "cpu0 1 2 3 4 5 6 7 8", "cpu  1 2 3", "cpu  a b c d e f g h"] {
            assert_eq!(ticks(odd), None, "{odd}");
        }
    }

    #[test]
    fn pressure_is_the_total_of_some() {
        let some = "some avg10=1.06 avg60=2.10 avg300=3.55 total=2500000\n";
        let full = "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
        assert_eq!(some_total_s(&format!("{some}{full}")), Some(2.5));
        for odd in ["", full, "some avg10=1.0", "some total=many"] {
            assert_eq!(some_total_s(odd), None, "{odd}");
        }
    }

    #[test]
    fn cpu_time_of_other_programs_is_external() {
        let at = |busy, steal, own, waiting| Counters {
            busy: Some(busy),
            steal: Some(steal),
            own: Some(own),
            waiting: Some(waiting),
        };
        let (then, now) = (at(10.0, 1.0, 5.0, 3.0), at(10.75, 1.25, 5.25, 4.5));
        let busy = now.since(&then, Duration::from_millis(500));
        assert_eq!((busy.foreign_cores, busy.steal_cores), (Some(1.0), Some(0.5)));
        assert_eq!(busy.pressure, Some(1.0), "more than always cannot be");
        let ours = at(10.1, 1.0, 5.2, 3.0).since(&then, Duration::from_millis(500));
        assert_eq!(ours.foreign_cores, Some(0.0), "less than nothing cannot be");
        assert_eq!(now.since(&then, Duration::ZERO), Busy::default());
    }

    #[test]
    fn unreadable_values_are_none() {
        let read = Counters { busy: Some(1.0), ..Counters::default() };
        assert_eq!(read.since(&read, Duration::from_secs(1)), Busy::default());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_can_be_read() {
        let counters = Counters::read();
        assert!(counters.busy.unwrap() > 0.0 && counters.own.is_some());
        assert!(load().unwrap() >= 0.0);
    }
}

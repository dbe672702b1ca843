//! Reading the machine and the build.

use std::num::NonZero;
use std::thread;

use runtime_bench_results::environment::Environment;
use runtime_bench_results::listing::Build;

use super::affinity::allowed_cores;
use super::files::{in_groups, kib_line, number, text};
use super::limits::Limits;

/// Processors that this process may use.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Describes this machine, and the build of the harness.
pub fn describe(build: &Build) -> Environment {
    let Build { version, commit, rustc, profile, features } = build.clone();
    let cpu_info = text("/proc/cpuinfo").unwrap_or_default();
    Environment {
        cpu_model: field(&cpu_info, "model name").map(str::to_owned),
        cores: listed_cores(&cpu_info),
        affinity: allowed_cores(),
        cpu_quota: cpu_quota(),
        memory: kib_line("/proc/meminfo", "MemTotal"),
        kernel: text("/proc/sys/kernel/osrelease").map(|release| format!("Linux {release}")),
        virtual_machine: field(&cpu_info, "flags")
            .map(|flags| flags.split_whitespace().any(|flag| flag == "hypervisor")),
        governor: text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        huge_pages: text("/sys/kernel/mm/transparent_hugepage/enabled")
            .and_then(|modes| chosen(&modes)),
        load: load(),
        open_files: Limits::of_this_machine().open_files,
        rustc,
        profile,
        features,
        allocator: "the system's".to_owned(),
        commit,
        version,
        ..Environment::default()
    }
}

fn field<'a>(cpu_info: &'a str, name: &str) -> Option<&'a str> {
    let line = cpu_info.lines().find(|line| line.trim_end().starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim())
}

fn listed_cores(cpu_info: &str) -> Option<usize> {
    let listed = cpu_info.lines().filter(|line| line.starts_with("processor")).count();
    if listed > 0 { Some(listed) } else { thread::available_parallelism().ok().map(NonZero::get) }
}

/// Cores that the control groups allow this process; `None` if unlimited.
pub fn cpu_quota() -> Option<f64> {
    let quotas = in_groups("cpu", |group| {
        let (quota, period) = match text(group.join("cpu.max")) {
            Some(both) => {
                let (quota, period) = both.split_once(' ')?;
                (quota.parse::<f64>().ok()?, period.trim().parse::<f64>().ok()?)
            }
            // In version 1, a quota of -1 means no limit.
            None => (
                text(group.join("cpu.cfs_quota_us"))?.parse().ok()?,
                number(group.join("cpu.cfs_period_us"))? as f64,
            ),
        };
        (quota > 0.0 && period > 0.0).then(|| quota / period)
    });
    quotas.into_iter().min_by(f64::total_cmp)
}

fn load() -> Option<[f64; 3]> {
    let text = text("/proc/loadavg")?;
    let mut averages = text.split_whitespace().map(str::parse);
    Some([averages.next()?.ok()?, averages.next()?.ok()?, averages.next()?.ok()?])
}

/// The mode in square brackets.
fn chosen(modes: &str) -> Option<String> {
    Some(modes.split_once('[')?.1.split_once(']')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_counted() {
        let environment = describe(&Build::default());
        assert!(environment.cores.unwrap() >= 1);
    }

    #[test]
    fn fields_and_modes_are_found() {
        let text = "processor\t: 0\nmodel name\t: A CPU\nprocessor\t: 1\n";
        assert_eq!(field(text, "model name"), Some("A CPU"));
        assert_eq!(listed_cores(text), Some(2));
        assert_eq!(chosen("always [madvise] never").as_deref(), Some("madvise"));
        assert_eq!(chosen("nothing"), None);
    }
}

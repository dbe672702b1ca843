//! Advice for making this machine quieter, from its known settings.

use runtime_bench_results::environment::Environment;

use runtime_bench_harness::machine::Tuning;

/// A limit of open files below this leaves no room for thousands of connections.
const OPEN_FILES: u64 = 20_000;
/// A load average above this comes from other programs.
const LOAD: f64 = 0.5;

/// One line each, only where it applies. Unreadable settings give no advice.
pub(super) fn advice(machine: &Environment, tuning: Tuning) -> Vec<String> {
    [
        governor(machine),
        turbo(tuning),
        threads_of_a_core(tuning),
        quota(machine),
        affinity(machine),
        virtual_machine(machine),
        open_files(machine),
        load(machine),
        huge_pages(machine),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn governor(machine: &Environment) -> Option<String> {
    let governor = machine.governor.as_ref().filter(|governor| *governor != "performance")?;
    Some(format!(
        "the frequency governor is `{governor}`: set a constant clock with `cpupower frequency-set -g \
         performance`"
    ))
}

fn turbo(tuning: Tuning) -> Option<String> {
    tuning.turbo.filter(|on| *on)?;
    Some(
        "turbo is on, so the clock depends on load and temperature: turn it off for steadier figures"
            .to_owned(),
    )
}

fn threads_of_a_core(tuning: Tuning) -> Option<String> {
    tuning.smt.filter(|on| *on)?;
    Some(
        "SMT is on, so two workers may share one core: set `--workers` to the number of physical \
         cores, or `echo off > /sys/devices/system/cpu/smt/control`"
            .to_owned(),
    )
}

fn quota(machine: &Environment) -> Option<String> {
    let (quota, cores) = (machine.cpu_quota?, machine.cores? as f64);
    (quota < cores).then(|| {
        format!(
            "the CPU quota is {quota:.1} of {cores} cores, so trials are throttled: raise the \
             quota, or lower --workers to it"
        )
    })
}

fn affinity(machine: &Environment) -> Option<String> {
    let (allowed, cores) = (machine.affinity.as_ref()?.len(), machine.cores?);
    (allowed < cores).then(|| {
        format!(
            "this process may run on {allowed} of {cores} processors: figures apply to {allowed}, \
             which is fine if intended (taskset, a container)"
        )
    })
}

fn virtual_machine(machine: &Environment) -> Option<String> {
    machine.virtual_machine.filter(|virtual_machine| *virtual_machine)?;
    Some(
        "this is a virtual machine, where neighbors can cause invisible load: compare within one run \
         only, and check its A/A controls"
            .to_owned(),
    )
}

fn open_files(machine: &Environment) -> Option<String> {
    let limit = machine.open_files.filter(|limit| *limit < OPEN_FILES)?;
    Some(format!(
        "a process may open {limit} files, too few for workloads with thousands of connections: \
         raise the hard limit (`ulimit -Hn`) to {OPEN_FILES} or more"
    ))
}

fn load(machine: &Environment) -> Option<String> {
    let [load, ..] = machine.load?;
    (load > LOAD).then(|| {
        format!(
            "the load average was {load:.2} before the check: stop other programs, or wait a \
             minute if they have just ended"
        )
    })
}

fn huge_pages(machine: &Environment) -> Option<String> {
    machine.huge_pages.as_ref().filter(|mode| *mode == "always")?;
    Some(
        "transparent huge pages are `always`, which makes memory figures unstable: set them with `echo \
         madvise > /sys/kernel/mm/transparent_hugepage/enabled`"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet() -> Environment {
        Environment {
            cores: Some(4),
            affinity: Some(vec![0, 1, 2, 3]),
            cpu_quota: Some(4.0),
            virtual_machine: Some(false),
            governor: Some("performance".into()),
            huge_pages: Some("madvise".into()),
            load: Some([0.5, 9.0, 9.0]),
            open_files: Some(20_000),
            ..Environment::default()
        }
    }

    #[test]
    fn a_quiet_machine_and_an_unreadable_one_get_no_advice() {
        let off = Tuning { turbo: Some(false), smt: Some(false) };
        assert_eq!(advice(&quiet(), off), Vec::<String>::new());
        assert_eq!(advice(&Environment::default(), Tuning::default()), Vec::<String>::new());
    }

    #[test]
    fn each_problem_has_one_line_of_advice() {
        let none = Tuning::default();
        let only = |machine: Environment, tuning: Tuning, words: &[&str]| {
            let lines = advice(&machine, tuning);
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(words.iter().all(|word| lines[0].contains(word)), "{lines:?}");
            assert!(!lines[0].contains('\n'));
        };
        let governor = Some("powersave".into());
        only(Environment { governor, ..quiet() }, none, &["`powersave`", "performance"]);
        only(quiet(), Tuning { turbo: Some(true), ..none }, &["turbo is on"]);
        only(quiet(), Tuning { smt: Some(true), ..none }, &["SMT is on", "--workers"]);
        only(Environment { cpu_quota: Some(1.5), ..quiet() }, none, &["1.5 of 4 cores"]);
        let affinity = Some(vec![0, 2]);
        only(Environment { affinity, ..quiet() }, none, &["2 of 4 processors"]);
        only(Environment { virtual_machine: Some(true), ..quiet() }, none, &["virtual machine"]);
        only(Environment { open_files: Some(1_024), ..quiet() }, none, &["1024", "ulimit"]);
        only(Environment { load: Some([0.51, 0.0, 0.0]), ..quiet() }, none, &["0.51"]);
        let huge_pages = Some("always".into());
        only(Environment { huge_pages, ..quiet() }, none, &["`always`", "madvise"]);
    }
}

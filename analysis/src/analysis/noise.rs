//! Background load during the trials of a comparison, and the trials that it excludes.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::samples::Samples;
use crate::stats::median;
use runtime_bench_results::noise::{NoiseWindow, Stall};
use runtime_bench_results::run::{Run, TrialRecord};
use runtime_bench_results::shard::Shard;

/// Share of the ideal parallel capacity below which cores were not free: 1.8 of 2. A runtime with several
/// threads is then measured as one with fewer.
pub const LEAST_FREE: f64 = 0.9;

/// Number of cores kept busy by other programs from which a trial counts as loaded.
pub const LOADED: f64 = 0.5;

/// Background load during the counted trials of a comparison. `None` if nothing was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct GroupNoise {
    /// Cores kept busy by other programs, the median over the windows of its trials.
    pub foreign_cores: Option<f64>,
    /// Parallel capacity of an idle machine, cores.
    pub ideal_cores: Option<f64>,
    /// Capacity ÷ ideal at the probe next to a trial, the median over its trials.
    pub free_median: Option<f64>,
    /// The lowest of them.
    pub free_lowest: Option<f64>,
    /// Share of its time, 0 to 1, in which the capacity was below [`LEAST_FREE`] of the ideal.
    pub short_share: Option<f64>,
    /// Stalls of the machine during its trials.
    pub stalls: usize,
    /// Verified samples dropped because of stalls or interruptions, including those of the A/A control.
    pub dropped: usize,
    /// Counted trials during which other programs kept at least [`LOADED`] cores busy.
    pub loaded: usize,
    /// Counted trials in all.
    pub trials: usize,
}

impl GroupNoise {
    /// Median parallel capacity, cores.
    pub fn free_cores(&self) -> Option<f64> {
        Some(self.free_median? * self.ideal_cores?)
    }

    /// Whether fewer cores were free than runners with several threads require.
    pub fn crowded(&self) -> bool {
        self.free_median.is_some_and(|free| free < LEAST_FREE)
    }
}

fn during(stall: &Stall, trial: &TrialRecord) -> bool {
    stall.overlaps(trial.at_s, trial.at_s + trial.cost_s)
}

/// The readings between the trials of a run, or of one shard of a merged run, in the order of time.
pub(super) struct Beside<'a> {
    shard: Option<&'a Shard>,
    stalls: &'a [Stall],
    /// Windows with the CPU time of other programs.
    windows: Vec<&'a NoiseWindow>,
    /// Probes of the capacity.
    probes: Vec<Probe>,
}

#[derive(Clone, Copy)]
struct Probe {
    at_s: f64,
    /// Capacity ÷ ideal.
    free: f64,
    /// Cores.
    ideal: f64,
}

impl<'a> Beside<'a> {
    /// One for a run; for a merged run, one for each shard, because each has its own time.
    pub(super) fn each(run: &'a Run) -> Vec<Self> {
        if run.shards.is_empty() {
            return vec![Self::new(None, &run.noise, &run.stalls)];
        }
        run.shards.iter().map(|own| Self::new(Some(&own.shard), &own.noise, &own.stalls)).collect()
    }

    /// Whether it was read next to the trials of a workload.
    pub(super) fn is_of(&self, workload: &str) -> bool {
        self.shard.is_none_or(|shard| shard.measures(workload))
    }

    fn new(shard: Option<&'a Shard>, noise: &'a [NoiseWindow], stalls: &'a [Stall]) -> Self {
        let mut all: Vec<&NoiseWindow> = noise.iter().collect();
        all.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        let probe = |window: &&NoiseWindow| {
            let (free, ideal) = (window.free_share()?, window.capacity_ideal?);
            Some(Probe { at_s: f64::midpoint(window.at_s, window.until_s), free, ideal })
        };
        let mut probes: Vec<Probe> = all.iter().filter_map(probe).collect();
        probes.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        all.retain(|window| window.foreign_cores.is_some());
        Self { shard, stalls, windows: all, probes }
    }

    /// Background load during the counted trials of some cells.
    pub(super) fn group(&self, cells: &[usize], samples: &[Samples<'_>]) -> GroupNoise {
        let trials: Vec<&TrialRecord> =
            cells.iter().flat_map(|&cell| samples[cell].counted.iter().copied()).collect();
        let beside: Vec<(Probe, f64)> =
            trials.iter().filter_map(|trial| Some((self.nearest(trial)?, trial.cost_s))).collect();
        let free: Vec<f64> = beside.iter().map(|(probe, _)| probe.free).collect();
        let all_s: f64 = beside.iter().map(|(_, cost_s)| cost_s).sum();
        let short = beside.iter().filter(|(probe, _)| probe.free < LEAST_FREE);
        let short_s: f64 = short.map(|(_, cost_s)| cost_s).sum();
        let met = |stall: &&Stall| trials.iter().any(|trial| during(stall, trial));
        GroupNoise {
            foreign_cores: median(&self.foreign(&trials)),
            ideal_cores: beside.first().map(|(probe, _)| probe.ideal),
            free_median: median(&free),
            free_lowest: free.iter().copied().min_by(f64::total_cmp),
            short_share: (all_s > 0.0).then(|| short_s / all_s),
            stalls: self.stalls.iter().filter(met).count(),
            dropped: cells.iter().map(|&cell| samples[cell].dropped).sum(),
            loaded: trials.iter().filter(|trial| self.is_loaded(trial)).count(),
            trials: trials.len(),
        }
    }

    /// Cores used by other programs in every window that overlaps a trial, each window once.
    fn foreign(&self, trials: &[&TrialRecord]) -> Vec<f64> {
        let met: BTreeSet<usize> = trials.iter().flat_map(|trial| self.beside(trial)).collect();
        met.into_iter().filter_map(|window| self.windows[window].foreign_cores).collect()
    }

    /// Whether other programs kept cores busy during a trial.
    fn is_loaded(&self, trial: &TrialRecord) -> bool {
        let mut foreign =
            self.beside(trial).filter_map(|window| self.windows[window].foreign_cores);
        foreign.any(|cores| cores >= LOADED)
    }

    /// The windows that overlap a trial.
    fn beside(&self, trial: &TrialRecord) -> Range<usize> {
        // Windows follow each other, so their ends are in order, too.
        let until_s = trial.at_s + trial.cost_s;
        let first = self.windows.partition_point(|window| window.until_s <= trial.at_s);
        let after = self.windows.partition_point(|window| window.at_s < until_s);
        first..after.max(first)
    }

    /// The probe next to the middle of a trial.
    fn nearest(&self, trial: &TrialRecord) -> Option<Probe> {
        let middle_s = trial.at_s + trial.cost_s / 2.0;
        let after = self.probes.partition_point(|probe| probe.at_s < middle_s);
        let near = &self.probes[after.saturating_sub(1)..self.probes.len().min(after + 1)];
        let distance = |probe: &Probe| (probe.at_s - middle_s).abs();
        near.iter().copied().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Group, Status, analyze, control_pairs};
    use runtime_bench_fixtures::{control, header, measured, subject, trial, wrong};
    use runtime_bench_results::key::Point;
    use runtime_bench_results::run::Line;
    use runtime_bench_results::trial::Metric;

    const ROUNDS: u32 = 20;

    /// Twenty rounds of `a`, `b` and the A/A control of `a`, one trial each second, from second 3 on.
    fn run() -> Run {
        let point = Point::new;
        let cells = vec![
            subject("w", point(), "a"),
            subject("w", point(), "b"),
            control("w", point(), "a"),
        ];
        let mut run = Run::new(header("a", cells));
        for number in 3..3 * (ROUNDS + 1) {
            let metrics = vec![Metric::lower("wall", "ns", f64::from(100 + number))];
            run.trials.push(TrialRecord {
                at_s: f64::from(number),
                cost_s: 0.9,
                ..trial(number as usize % 3, number / 3, measured(metrics))
            });
        }
        run
    }

    fn group(run: &Run) -> Group {
        analyze(run).groups.remove(0)
    }

    fn stall(at_s: f64, until_s: f64) -> Line {
        Line::Stall(Stall { at_s, until_s })
    }

    fn probe(at_s: f64, capacity: f64) -> Line {
        let (capacity, capacity_ideal) = (Some(capacity), Some(2.0));
        let until_s = at_s + 0.01;
        Line::Noise(NoiseWindow {
            at_s,
            until_s,
            capacity,
            capacity_ideal,
            ..NoiseWindow::default()
        })
    }

    #[test]
    fn sample_during_a_stall_is_dropped_with_its_pair() {
        let mut run = run();
        // `b` of round 3 stands from 10.0 to 10.9, and the stall ends before the next one begins.
        run.push(stall(10.5, 10.95));
        let group = group(&run);
        let of = |row: usize| (group.rows[row].samples, group.rows[row].dropped);
        assert_eq!((of(0), of(1)), ((20, 0), (19, 1)));
        assert_eq!(group.rows[1].comparison.as_ref().unwrap().pairs, 19);
        assert_eq!((group.noise.stalls, group.noise.dropped), (1, 1));
        assert_eq!(control_pairs(&run, &group).len(), 20);
        // Nor did a stall between two trials touch anything.
        run.stalls[0] = Stall { at_s: 10.91, until_s: 10.99 };
        assert_eq!(analyze(&run).groups[0].noise.dropped, 0);
    }

    #[test]
    fn control_sample_during_a_stall_loses_its_pair() {
        let mut run = run();
        run.push(stall(5.1, 5.2));
        let group = group(&run);
        assert_eq!(group.rows[0].dropped + group.rows[1].dropped, 0);
        assert_eq!(group.noise.dropped, 1);
        let pairs = control_pairs(&run, &group);
        assert_eq!(pairs.len(), group.control.as_ref().unwrap().comparison.pairs);
        assert_eq!(pairs.first(), Some(&(108.0, 106.0)), "round 2 is the first");
    }

    #[test]
    fn cell_without_samples_has_a_reason() {
        let mut run = run();
        run.push(stall(0.0, 1e3));
        let group = group(&run);
        let Status::NotMeasured(reason) = &group.rows[0].status else { panic!("{group:?}") };
        assert!(reason.contains("all of its 20 samples were lost"), "{reason}");
        assert!(group.control.is_none() && group.rows.iter().all(|row| row.metrics.is_empty()));
        assert_eq!((group.noise.stalls, group.noise.dropped), (1, 60));
    }

    #[test]
    fn failure_during_a_stall_is_still_a_failure() {
        let mut run = run();
        run.push(stall(3.0, 1e3));
        run.trials[1].outcome = wrong("8 of 9");
        assert_eq!(group(&run).rows[1].status.word(), "failed");
    }

    #[test]
    fn each_trial_has_the_capacity_of_the_probe_next_to_it() {
        let mut run = run();
        // The first forty of sixty trials are nearer to the second 3, the rest to the second 83.
        run.push(probe(83.0, 1.0));
        run.push(probe(3.0, 1.9));
        let noise = group(&run).noise;
        let near = |value: Option<f64>, wanted: f64| (value.unwrap() - wanted).abs() < 1e-9;
        assert!(near(noise.free_median, 0.95) && near(noise.free_lowest, 0.5), "{noise:?}");
        assert!(near(noise.short_share, 20.0 / 60.0) && near(noise.free_cores(), 1.9));
        assert!(!noise.crowded());
        run.noise[1].capacity = Some(1.3);
        let noise = analyze(&run).groups[0].noise;
        assert!(noise.crowded() && near(noise.free_cores(), 1.3) && near(noise.short_share, 1.0));
    }

    #[test]
    fn foreign_cores_are_the_median_over_the_windows_of_the_trials() {
        let mut run = run();
        let window = |at_s: f64, until_s: f64, foreign_cores| {
            Line::Noise(NoiseWindow { at_s, until_s, foreign_cores, ..NoiseWindow::default() })
        };
        // Before all trials, around many, around one, unreadable, after all.
        for (at_s, until_s, foreign) in [
            (0.0, 2.9, Some(9.0)),
            (2.9, 50.0, Some(0.1)),
            (50.0, 50.5, Some(0.3)),
            (50.5, 51.0, None),
            (64.0, 99.0, Some(9.0)),
        ] {
            run.push(window(at_s, until_s, foreign));
        }
        assert_eq!(group(&run).noise.foreign_cores, Some(0.2));
    }

    #[test]
    fn a_run_without_readings_is_not_marked() {
        let mut run = run();
        let trials = run.trials.len();
        assert_eq!(group(&run).noise, GroupNoise { trials, ..GroupNoise::default() });
        // Impossible values are not counted, either.
        let capacity_ideal = Some(0.0);
        let capacity = Some(1.0);
        run.noise.push(NoiseWindow { capacity, capacity_ideal, ..NoiseWindow::default() });
        assert_eq!(group(&run).noise.free_median, None);
    }
}

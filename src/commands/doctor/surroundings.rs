//! Background load during the check, summarized.

use runtime_bench_analysis::stats::median;
use runtime_bench_results::noise::NoiseWindow;
use runtime_bench_results::run::Run;
use serde::Serialize;

/// Medians over the examination; `None` if it cannot be read here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Surroundings {
    /// Parallel capacity, cores.
    pub(super) capacity: Option<f64>,
    /// The lowest, cores.
    pub(super) capacity_lowest: Option<f64>,
    /// The capacity of an idle machine, cores.
    pub(super) capacity_ideal: Option<f64>,
    /// Cores that other programs kept busy.
    pub(super) foreign_cores: Option<f64>,
    /// Cores that the hypervisor gave to others.
    pub(super) steal_cores: Option<f64>,
    /// Share of the time in which some task waited for a CPU, 0 to 1, including the examination's own tasks.
    pub(super) pressure: Option<f64>,
    /// Load average over one minute before anything was measured.
    pub(super) load_before: Option<f64>,
    /// Stalls of the whole machine.
    pub(super) stalls: usize,
}

impl Surroundings {
    pub(super) fn of(run: &Run) -> Self {
        let all = |figure: fn(&NoiseWindow) -> Option<f64>| -> Vec<f64> {
            run.noise.iter().filter_map(figure).collect()
        };
        let capacities = all(|window| window.capacity);
        Self {
            capacity: median(&capacities),
            capacity_lowest: capacities.iter().copied().min_by(f64::total_cmp),
            capacity_ideal: median(&all(|window| window.capacity_ideal)),
            foreign_cores: median(&all(|window| window.foreign_cores)),
            steal_cores: median(&all(|window| window.steal_cores)),
            pressure: median(&all(|window| window.pressure)),
            load_before: run.header.environment.load.map(|[load, ..]| load),
            stalls: run.stalls.len(),
        }
    }

    /// Median capacity ÷ ideal; `None` where it was not probed.
    pub(super) fn free_share(&self) -> Option<f64> {
        Some(self.capacity? / self.capacity_ideal.filter(|ideal| *ideal > 0.0)?)
    }
}

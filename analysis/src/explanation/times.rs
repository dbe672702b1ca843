//! The times of the processes of a runner, and their parts.

use std::iter;

use runtime_bench_results::evidence::{Event, Evidence};

use super::cost::Part;

/// The times of the processes of a runner, per operation.
pub(super) struct Times<'a> {
    wall: &'a [f64],
    user: &'a [f64],
    system: &'a [f64],
    /// Time for which threads were ready to run without a core, all threads, if it is known for both runners.
    queued: Option<&'a [f64]>,
}

impl<'a> Times<'a> {
    /// The times of two runners; `None` if those of one were not counted.
    pub(super) fn of_both(reference: &'a Evidence, candidate: &'a Evidence) -> Option<[Self; 2]> {
        let mut both = [Self::of(reference)?, Self::of(candidate)?];
        if both.iter().any(|times| times.queued.is_none()) {
            both.iter_mut().for_each(|times| times.queued = None);
        }
        Some(both)
    }

    fn of(evidence: &'a Evidence) -> Option<Self> {
        let wall = evidence.values(&Event::WallTime)?;
        let of = |event| evidence.values(&event).filter(|values| values.len() == wall.len());
        let (user, system) = (of(Event::UserTime)?, of(Event::SystemTime)?);
        Some(Self { wall, user, system, queued: of(Event::CoreWait) })
    }

    fn each(&self, of: impl Fn(f64, f64, f64, f64) -> f64) -> Vec<f64> {
        let queued = self.queued.into_iter().flatten().copied().chain(iter::repeat(0.0));
        let cpu = self.user.iter().zip(self.system);
        let times = self.wall.iter().zip(cpu).zip(queued);
        times.map(|((wall, (user, system)), queued)| of(*wall, *user, *system, queued)).collect()
    }

    pub(super) fn wall(&self) -> Vec<f64> {
        self.wall.to_vec()
    }

    /// Cores in use.
    pub(super) fn cores(&self) -> Vec<f64> {
        self.each(|wall, user, system, _| (user + system) / wall)
    }

    /// A part of the wall time in which this many cores worked.
    pub(super) fn part(&self, part: Part, cores: f64) -> Vec<f64> {
        self.each(|wall, user, system, queued| {
            let rest = wall - (user + system) / cores;
            // At most: while a thread has no core, another one of the process may run.
            let core_wait = (queued / cores).clamp(0.0, rest.max(0.0));
            match part {
                Part::UserTime => user / cores,
                Part::SystemTime => system / cores,
                Part::CoreWait => core_wait,
                Part::Waiting => rest - core_wait,
            }
        })
    }
}

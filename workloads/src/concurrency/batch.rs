//! Batches of tasks, some of which fail, and their expected outcome.

use std::panic::{self, panic_any};
use std::sync::Once;
use std::thread;

use serde::{Deserialize, Serialize};

/// One in this many tasks returns an error.
const ERROR_EVERY: usize = 10;
/// The payload of intended panics.
struct OnPurpose;

/// The error that a task returns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused;

/// Tasks that are spawned together, and how they should end.
#[derive(Clone, Copy)]
pub(super) enum Batch {
    Clean(usize),
    Failing { tasks: usize, panic_every: usize },
}

impl Batch {
    pub(super) fn tasks(self) -> usize {
        match self {
            Self::Clean(tasks) | Self::Failing { tasks, .. } => tasks,
        }
    }

    /// Runs a task: it panics, returns an error, or returns its number, in this order of precedence.
    pub(super) fn act(self, number: usize) -> Result<usize, Refused> {
        if let Self::Failing { panic_every, .. } = self {
            if (number + 1).is_multiple_of(panic_every) {
                panic_any(OnPurpose);
            }
            if (number + 1).is_multiple_of(ERROR_EVERY) {
                return Err(Refused);
            }
        }
        Ok(number)
    }

    /// The expected tally, computed by arithmetic alone.
    pub(super) fn expected(self) -> Tally {
        let panic_every = match self {
            Self::Clean(tasks) => {
                return Tally { sum: sum_below(tasks), ok: tasks, ..Tally::default() };
            }
            Self::Failing { panic_every, .. } => panic_every,
        };
        let tasks = self.tasks();
        let both = panic_every / common_divisor(panic_every, ERROR_EVERY) * ERROR_EVERY;
        let panics = tasks / panic_every;
        let errors = tasks / ERROR_EVERY - tasks / both;
        let lost = sum_of_every(tasks, panic_every) + sum_of_every(tasks, ERROR_EVERY)
            - sum_of_every(tasks, both);
        let ok = tasks - panics - errors;
        Tally { sum: sum_below(tasks) - lost, ok, errors, panics, strange: 0 }
    }
}

/// 0 + 1 + … + (tasks − 1).
fn sum_below(tasks: usize) -> usize {
    tasks * tasks.saturating_sub(1) / 2
}

/// The numbers before each multiple of `every`, added up.
fn sum_of_every(tasks: usize, every: usize) -> usize {
    let times = tasks / every;
    every * (times * (times + 1) / 2) - times
}

fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// How the tasks of a batch ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Tally {
    pub(super) sum: usize,
    pub(super) ok: usize,
    pub(super) errors: usize,
    pub(super) panics: usize,
    /// Unintended panics.
    pub(super) strange: usize,
}

impl Tally {
    pub(super) fn note(&mut self, outcome: thread::Result<Result<usize, Refused>>) {
        match outcome {
            Ok(Ok(number)) => {
                self.sum += number;
                self.ok += 1;
            }
            Ok(Err(Refused)) => self.errors += 1,
            Err(panic) if panic.is::<OnPurpose>() => self.panics += 1,
            Err(_) => self.strange += 1,
        }
    }
}

/// Suppresses the messages of intended panics only.
pub(super) fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !panic.payload().is::<OnPurpose>() {
                previous(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn expected_tally_matches_running_the_tasks() {
        silence();
        for (tasks, panic_every) in [(1, 1), (40, 15), (200, 100), (99, 4), (60, 10), (9, 100)] {
            let batch = Batch::Failing { tasks, panic_every };
            let mut tally = Tally::default();
            (0..tasks).for_each(|number| tally.note(catch_unwind(|| batch.act(number))));
            assert_eq!(tally, batch.expected(), "{tasks} tasks, a panic every {panic_every}");
        }
    }

    #[test]
    fn unintended_panics_are_counted_separately() {
        let mut tally = Tally::default();
        tally.note(Err(Box::new("out of range")));
        assert_eq!((tally.panics, tally.strange), (0, 1));
    }
}

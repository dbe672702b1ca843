//! The number of comparisons in each class of result.

use serde::{Deserialize, Serialize};

use super::{Analysis, Group};
use crate::stats::{Comparison, ResultClass};

/// The number of comparisons in each class of result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClassCounts {
    /// Faster, slower or a tie at the level of the whole table.
    pub settled: usize,
    /// The 95% interval lies within 10%.
    pub same: usize,
    /// Probably faster or slower.
    pub leaning: usize,
    /// No answer yet.
    pub open: usize,
}

impl ClassCounts {
    /// Counts comparisons; those with too few pairs for any result are left out.
    pub fn of<'a>(comparisons: impl IntoIterator<Item = &'a Comparison>) -> Self {
        let mut counts = Self::default();
        for class in comparisons.into_iter().filter_map(|one| one.verdict.class()) {
            match class {
                ResultClass::Settled => counts.settled += 1,
                ResultClass::Same => counts.same += 1,
                ResultClass::Leaning => counts.leaning += 1,
                ResultClass::Open => counts.open += 1,
            }
        }
        counts
    }

    /// The total.
    pub fn total(&self) -> usize {
        self.settled + self.same + self.leaning + self.open
    }

    /// The share that is settled or the same within 10%; `None` where nothing was compared.
    pub fn answered(&self) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| (self.settled + self.same) as f64 / total as f64)
    }
}

impl Analysis {
    /// The classes of all comparisons with the reference.
    pub fn class_counts(&self) -> ClassCounts {
        ClassCounts::of(self.groups.iter().flat_map(Group::comparisons))
    }
}

impl Group {
    /// Its rows against the reference.
    pub fn comparisons(&self) -> impl Iterator<Item = &Comparison> {
        self.rows.iter().filter_map(|row| row.comparison.as_ref())
    }
}

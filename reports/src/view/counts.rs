//! How many comparisons of a run are settled, and how many are open.

use runtime_bench_analysis::stats::ResultClass;

use super::View;

/// Comparisons by the class of their result, in the order of [`ResultClass::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts([usize; 4]);

impl Counts {
    /// Of every comparison with the reference.
    pub(crate) fn of(view: &View<'_>) -> Self {
        let mut counts = Self::default();
        for group in view.compared_groups() {
            let rows = group.source.rows.iter().filter(|row| row.is_ranked());
            for found in rows.filter_map(|row| row.comparison.as_ref()) {
                if let Some(class) = group.trusted(found).verdict.class() {
                    counts.0[class as usize] += 1;
                }
            }
        }
        counts
    }

    /// Of one class.
    pub(crate) fn of_class(self, class: ResultClass) -> usize {
        self.0[class as usize]
    }

    /// Of all classes.
    pub(crate) fn total(self) -> usize {
        self.0.iter().sum()
    }

    /// The share that is settled, or the same within 10%; `None` without a comparison.
    pub(crate) fn answered(self) -> Option<f64> {
        let answered = self.of_class(ResultClass::Settled) + self.of_class(ResultClass::Same);
        (self.total() > 0).then(|| answered as f64 / self.total() as f64)
    }

    /// `103 settled, 31 same within 10%, 34 leaning, 48 open`.
    pub(crate) fn words(self) -> String {
        let of = |class: ResultClass| {
            let word = if class == ResultClass::Same { "same within 10%" } else { class.word() };
            format!("{} {word}", self.of_class(class))
        };
        ResultClass::ALL.map(of).join(", ")
    }
}

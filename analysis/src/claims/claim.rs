//! Claims about concurrency as data: the statement, and the cells of a run that test it.
//!
//! A judged claim contains this data, so that a report does not name workloads or runners in code.

use serde::{Deserialize, Serialize};

use runtime_bench_results::key::Point;

/// A statement about concurrency, and the tests that decide it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Claim {
    /// Name in links: lower-case words joined by `-`.
    pub name: String,
    /// The claim in a sentence.
    pub title: String,
    /// The tutorials' statement and its reasons, in plain words.
    pub folklore: String,
    /// Its tests; at least one.
    pub tests: Vec<Test>,
    /// Caveats for readers who quote the verdict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One question about every runner that has a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Test {
    /// Its subject, in a few words.
    pub title: String,
    /// The question; *yes* supports the claim.
    pub question: String,
    /// The cell.
    pub cell: Cell,
    /// The runners that it covers; empty means all that have the cell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runners: Vec<String>,
    /// Whether the test counts only if it was measured.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// The criterion.
    pub ask: Ask,
}

/// A workload at a point, on any runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cell {
    /// Name of the workload.
    pub workload: String,
    /// Variant and parameters.
    #[serde(flatten)]
    pub point: Point,
}

/// The criterion of a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// The median of a metric, against a bound in the metric's unit.
    Figure {
        /// Name of the metric.
        metric: String,
        /// The bound.
        bound: Bound,
    },
    /// The median of a metric ÷ that of a baseline, against a bound.
    Ratio {
        /// Name of the metric, of both sides.
        metric: String,
        /// The divisor.
        baseline: Baseline,
        /// The bound.
        bound: Bound,
    },
    /// Whether the workload's own check passed in every process.
    Check {
        /// Whether a passed check supports the claim or contradicts it.
        supports: bool,
    },
}

/// The baseline of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// Another runner in the same cell.
    Runner(String),
    /// The same runner in another cell.
    Cell(Cell),
}

/// A bound.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Less than this.
    Below(f64),
    /// More than this.
    Above(f64),
}

impl Claim {
    /// Every cell that its tests use, including baselines; a cell may occur twice.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.tests.iter().flat_map(Test::cells)
    }
}

impl Test {
    /// Its cell, and the baseline's cell if that is different.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        std::iter::once(&self.cell).chain(self.baseline_cell())
    }

    /// Whether it covers a runner.
    pub fn is_asked_of(&self, runner: &str) -> bool {
        self.runners.is_empty() || self.runners.iter().any(|name| name == runner)
    }

    /// The other cell, if the same runner is compared with itself.
    pub fn baseline_cell(&self) -> Option<&Cell> {
        match self.baseline()? {
            Baseline::Cell(cell) => Some(cell),
            Baseline::Runner(_) => None,
        }
    }

    /// The runner that all others are compared with.
    pub fn baseline_runner(&self) -> Option<&str> {
        match self.baseline()? {
            Baseline::Runner(runner) => Some(runner),
            Baseline::Cell(_) => None,
        }
    }

    fn baseline(&self) -> Option<&Baseline> {
        match &self.ask {
            Ask::Ratio { baseline, .. } => Some(baseline),
            Ask::Figure { .. } | Ask::Check { .. } => None,
        }
    }
}

impl Ask {
    /// Name of the metric; `None` if only the check counts.
    pub fn metric(&self) -> Option<&str> {
        match self {
            Self::Figure { metric, .. } | Self::Ratio { metric, .. } => Some(metric),
            Self::Check { .. } => None,
        }
    }
}

impl Bound {
    /// The number itself.
    pub fn value(self) -> f64 {
        match self {
            Self::Below(value) | Self::Above(value) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claim_survives_json_and_omits_defaults() {
        let cell = |variant: &str| Cell {
            workload: "w".into(),
            point: Point::new().variant(variant).with("n", 1, ""),
        };
        let claim = Claim {
            name: "a-claim".into(),
            title: "A".into(),
            folklore: "They say a.".into(),
            tests: vec![Test {
                title: "t".into(),
                question: "Is it?".into(),
                cell: cell("one"),
                runners: Vec::new(),
                optional: false,
                ask: Ask::Ratio {
                    metric: "wall".into(),
                    baseline: Baseline::Cell(cell("other")),
                    bound: Bound::Below(0.5),
                },
            }],
            notes: Vec::new(),
        };
        let text = serde_json::to_string(&claim).unwrap();
        assert_eq!(serde_json::from_str::<Claim>(&text).unwrap(), claim);
        assert!(text.contains(r#""bound":{"below":0.5}"#) && !text.contains("optional"), "{text}");
        let variants = claim.cells().map(|cell| cell.point.variant.clone().unwrap());
        assert_eq!(variants.collect::<Vec<_>>(), ["one", "other"]);
        assert!(claim.tests[0].is_asked_of("anyone"));
    }
}

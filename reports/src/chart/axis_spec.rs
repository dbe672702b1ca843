//! The specification of an axis.

use std::ops::Range;

use super::ticks::Round;
use crate::format::Scale;

/// Limits of figures: beyond them, ticks lose precision, and no measurement is this large or small.
const SIZES: Range<f64> = 1e-200..1e200;

/// Whether an axis can show a figure at all.
pub(super) fn is_drawable(value: f64) -> bool {
    value == 0.0 || SIZES.contains(&value.abs())
}

/// An axis: its name, unit and scale.
#[derive(Clone, Debug)]
pub(crate) struct AxisSpec {
    /// Its name; may be empty.
    pub(crate) name: String,
    /// Its unit; may be empty.
    pub(crate) unit: String,
    /// Its scale.
    pub(crate) kind: AxisKind,
}

/// The scale of an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AxisKind {
    /// Linear from zero, or logarithmic if a linear axis would hide small figures.
    Auto,
    /// Logarithmically.
    Log,
    /// Percentiles: `q` is at `1 ÷ (1 − q)`, so that each further nine takes the same distance.
    Percentile,
    /// A label for each of 0, 1, 2…
    Labels(Vec<String>),
}

impl AxisSpec {
    /// An axis with a name and a unit.
    pub(crate) fn new(name: &str, unit: &str, kind: AxisKind) -> Self {
        Self { name: name.to_owned(), unit: unit.to_owned(), kind }
    }

    /// An axis without a name, for rows.
    pub(super) fn figure(unit: &str) -> Self {
        Self { name: String::new(), unit: unit.to_owned(), kind: AxisKind::Auto }
    }

    /// The unit of every tick label; a word would take too much room.
    pub(super) fn tick_unit(&self) -> &str {
        if self.is_word() { "" } else { &self.unit }
    }

    /// The round figures of this unit.
    pub(super) fn round(&self) -> Round {
        match self.unit.split('/').next() {
            Some("B" | "KiB" | "MiB" | "GiB") => Round::Binary,
            _ => Round::Decimal,
        }
    }

    /// The label of the whole axis.
    pub(super) fn heading(&self) -> String {
        match (self.name.as_str(), self.unit.as_str()) {
            ("", unit) if self.is_word() => unit.to_owned(),
            (name, unit) if self.is_word() => format!("{name}, {unit}"),
            (name, _) => name.to_owned(),
        }
    }

    /// Whether the unit is a word, without larger and smaller forms.
    fn is_word(&self) -> bool {
        let same = |value| Scale::of(&self.unit, value).suffix() == self.unit;
        self.unit.chars().count() > 1 && same(1e12) && same(1e-12)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_that_is_a_word_is_said_once() {
        let scaled =
            |name: &str, unit: &str| AxisSpec { name: name.into(), ..AxisSpec::figure(unit) };
        for unit in ["ns", "s", "1/s", "B", "MiB/s", "×", ""] {
            assert_eq!(scaled("cost", unit).heading(), "cost", "{unit}");
            assert_eq!(scaled("cost", unit).tick_unit(), unit);
        }
        assert_eq!(scaled("length", "tasks").heading(), "length, tasks");
        assert_eq!(scaled("", "tasks").heading(), "tasks");
        assert_eq!(scaled("length", "tasks").tick_unit(), "");
    }
}

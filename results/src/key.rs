//! The name of a cell: `workload[/variant]/runner/params`.
//!
//! The same name serves as filter, as criterion path and as key in CSV.

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// The parameter that overrides the number of worker threads of the run.
pub const WORKERS: &str = "workers";

/// The parameter that selects a memory allocator other than the system's.
pub const ALLOCATOR: &str = "allocator";

/// The parameter that gives a rate as a percentage of the capacity of a run's slowest runner.
pub const LOAD: &str = "load";

/// The parameter that is a rate. Next to [`LOAD`], it is the calibrated rate of one run.
pub const RATE: &str = "rate";

/// The value of a parameter: a count, or a name such as `tokio` in `lock=tokio`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum ParamValue {
    /// A whole number, in the parameter's unit.
    Count(u64),
    /// A name.
    Text(String),
}

impl fmt::Display for ParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl From<u64> for ParamValue {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<&str> for ParamValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One parameter of a workload point.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Param {
    /// Its name, such as `connections`.
    pub name: String,
    /// Its value.
    pub value: ParamValue,
    /// Unit of the value, such as `ms` or `KiB`; empty for a plain count.
    #[serde(default)]
    pub unit: String,
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}{}", self.name, self.value, self.unit)
    }
}

/// A point in the parameter space of a workload. Compared cells share a point.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Point {
    /// A named form of the workload, such as `skynet` of `fork-join`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The parameters, in the workload's own order.
    pub params: Vec<Param>,
}

/// A parameter of a point that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// The point lacks it, or has a name instead of a number.
    #[error("the point has no whole-number parameter `{0}`")]
    Missing(String),
    /// It is too small or too large.
    #[error("`{name}` must be between {least} and {most}, not {value}")]
    Range {
        /// The parameter.
        name: String,
        /// Its value.
        value: usize,
        /// Smallest possible value.
        least: usize,
        /// Largest possible value.
        most: usize,
    },
}

impl Point {
    /// A point without variant or parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same point of a named variant.
    #[must_use]
    pub fn variant(mut self, variant: &str) -> Self {
        self.variant = Some(variant.to_owned());
        self
    }

    /// The same point with one more parameter.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<ParamValue>, unit: &str) -> Self {
        self.with_param(name, value.into(), unit)
    }

    /// Not generic: hundreds of calls of [`Point::with`] share it.
    fn with_param(mut self, name: &str, value: ParamValue, unit: &str) -> Self {
        self.params.push(Param { name: name.to_owned(), value, unit: unit.to_owned() });
        self
    }

    /// The value of a parameter; `None` if the point lacks it.
    pub fn value(&self, name: &str) -> Option<&ParamValue> {
        self.params.iter().find(|param| param.name == name).map(|param| &param.value)
    }

    /// The value of a whole-number parameter.
    ///
    /// # Errors
    /// When the parameter is missing or not a whole number.
    pub fn count(&self, name: &str) -> Result<usize, ParamError> {
        match self.value(name) {
            Some(ParamValue::Count(count)) => usize::try_from(*count).ok(),
            Some(ParamValue::Text(_)) | None => None,
        }
        .ok_or_else(|| ParamError::Missing(name.to_owned()))
    }

    /// The value of a whole-number parameter, checked against a range.
    ///
    /// # Errors
    /// As [`Point::count`], and when it lies outside.
    pub fn count_in(&self, name: &str, range: RangeInclusive<usize>) -> Result<usize, ParamError> {
        let value = self.count(name)?;
        if range.contains(&value) {
            return Ok(value);
        }
        let (least, most) = range.into_inner();
        Err(ParamError::Range { name: name.to_owned(), value, least, most })
    }

    /// Worker threads that the point sets; `None` uses those of the run.
    pub fn workers(&self) -> Option<usize> {
        self.count(WORKERS).ok()
    }

    /// The memory allocator that the point sets; `None` is the system's.
    pub fn allocator(&self) -> Option<&str> {
        match self.value(ALLOCATOR)? {
            ParamValue::Text(name) => Some(name),
            ParamValue::Count(_) => None,
        }
    }

    /// Whether its rate is relative to the capacity of a run's runners, so that it is comparable within
    /// that run only.
    pub fn calibrated(&self) -> bool {
        self.count(LOAD).is_ok()
    }

    /// The same point with its calibrated rate.
    #[must_use]
    pub fn at_rate(mut self, rate: u64, unit: &str) -> Self {
        let behind = self.params.iter().position(|param| param.name == LOAD);
        let rate = Param { name: RATE.to_owned(), value: rate.into(), unit: unit.to_owned() };
        self.params.insert(behind.map_or(self.params.len(), |place| place + 1), rate);
        self
    }

    /// The parameters as they stand in a cell's name: `tasks=100,delay=10ms`, or `-` for none.
    pub fn label(&self) -> String {
        if self.params.is_empty() {
            return "-".to_owned();
        }
        let params: Vec<String> = self.params.iter().map(ToString::to_string).collect();
        params.join(",")
    }
}

/// One cell of the matrix: a workload at a point, on a runner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CellKey {
    /// Name of the workload.
    pub workload: String,
    /// Variant and parameters.
    #[serde(flatten)]
    pub point: Point,
    /// Name of the runner.
    pub runner: String,
}

impl CellKey {
    /// Whether it is the same cell, ignoring calibrated rates, which differ between runs.
    pub fn is_counterpart(&self, other: &Self) -> bool {
        if !(self.point.calibrated() && other.point.calibrated()) {
            return self == other;
        }
        let fixed = |key: &Self| {
            let mut key = key.clone();
            key.point.params.retain(|param| param.name != RATE);
            key
        };
        fixed(self) == fixed(other)
    }

    /// `workload[/variant]`, which the runners of one comparison share, like the parameters.
    pub fn family(&self) -> String {
        match &self.point.variant {
            Some(variant) => format!("{}/{variant}", self.workload),
            None => self.workload.clone(),
        }
    }

    /// `workload[/variant]/params`, which all cells of one comparison share.
    pub fn group(&self) -> String {
        format!("{}/{}", self.family(), self.point.label())
    }
}

impl fmt::Display for CellKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (family, params) = (self.family(), self.point.label());
        write!(f, "{family}/{}/{params}", self.runner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CellKey {
        CellKey {
            workload: "fork-join".into(),
            point: Point::new().variant("fib").with("n", 27, "").with("delay", 10, "ms"),
            runner: "tokio".into(),
        }
    }

    #[test]
    fn a_cell_is_named_by_workload_variant_runner_and_params() {
        assert_eq!(key().to_string(), "fork-join/fib/tokio/n=27,delay=10ms");
        assert_eq!(key().group(), "fork-join/fib/n=27,delay=10ms");
    }

    #[test]
    fn a_key_survives_json() {
        let text = serde_json::to_string(&key()).unwrap();
        assert_eq!(serde_json::from_str::<CellKey>(&text).unwrap(), key());
    }

    #[test]
    fn counts_are_read_and_missing_ones_are_named() {
        assert_eq!(key().point.count("n"), Ok(27));
        let missing = key().point.count("m").unwrap_err();
        assert!(missing.to_string().contains("`m`"));
        let text = Point::new().with("lock", "tokio", "");
        assert!(text.count("lock").is_err());
        assert_eq!(key().point.count_in("n", 1..=27), Ok(27));
        let outside = key().point.count_in("n", 1..=26).unwrap_err().to_string();
        assert_eq!(outside, "`n` must be between 1 and 26, not 27");
    }

    #[test]
    fn only_calibrated_cells_match_at_another_rate() {
        let at = |load: Option<u64>, rate| {
            let point = Point::new().with("connections", 16, "");
            let point = load.map_or(point.clone(), |load| point.with(LOAD, load, "%"));
            let point = point.with("duration", 1, "ms").at_rate(rate, "messages/s");
            CellKey { point, ..key() }
        };
        let calibrated = at(Some(50), 7);
        assert_eq!(
            calibrated.point.label(),
            "connections=16,load=50%,rate=7messages/s,duration=1ms"
        );
        assert!(calibrated.point.calibrated() && !at(None, 7).point.calibrated());
        assert!(calibrated.is_counterpart(&at(Some(50), 8)));
        assert!(!calibrated.is_counterpart(&at(Some(80), 7)));
        assert!(!calibrated.is_counterpart(&at(None, 7)));
        assert!(at(None, 7).is_counterpart(&at(None, 7)));
        assert!(!at(None, 7).is_counterpart(&at(None, 8)));
    }
}

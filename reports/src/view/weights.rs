//! How much a comparison says about work of some size.

use runtime_bench_results::key::{ParamValue, Point, WORKERS};

use super::group::Group;

/// The sizes on offer: word in an address, words, and number of tasks; larger ones count as the
/// last.
pub(crate) const SIZES: [(&str, &str, Option<f64>); 6] = [
    ("any", "any number", None),
    ("1", "1", Some(1.0)),
    ("100", "100", Some(100.0)),
    ("1000", "1\u{a0}000", Some(1e3)),
    ("10000", "10\u{a0}000", Some(1e4)),
    ("100000", "100\u{a0}000 or more", Some(LARGEST)),
];
const LARGEST: f64 = 1e5;
/// Names of parameters that count what goes on at the same time.
const TASKS: [&str; 10] = [
    "connections",
    "files",
    "items",
    "jobs",
    "pages",
    "pairs",
    "sensors",
    "shards",
    "tasks",
    "timers",
];
/// How far away a comparison without any count is, in factors of ten.
const UNKNOWN: f64 = 1.0;

/// A comparison by what decides its weight.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sized<'a> {
    /// Comparisons of one workload and variant share a weight.
    workload: (&'a str, Option<&'a str>),
    /// Number of tasks, if it has one.
    size: Option<u64>,
}

impl<'a> Sized<'a> {
    /// A comparison's.
    pub(crate) fn of(group: &Group<'a>) -> Self {
        let source = group.source;
        let workload = (source.workload.as_str(), source.point.variant.as_deref());
        Self { workload, size: size(&source.point) }
    }

    /// Factors of ten between its size and another.
    fn distance(&self, asked: Option<f64>) -> f64 {
        let Some(asked) = asked else { return 0.0 };
        self.size.map_or(UNKNOWN, |size| ((size as f64).clamp(1.0, LARGEST) / asked).log10().abs())
    }
}

/// The largest parameter that counts tasks; where none does, the largest plain count.
fn size(point: &Point) -> Option<u64> {
    let counts = || {
        let plain =
            point.params.iter().filter(|param| param.unit.is_empty() && param.name != WORKERS);
        plain.filter_map(|param| match param.value {
            ParamValue::Count(count) => Some((param.name.as_str(), count)),
            ParamValue::Text(_) => None,
        })
    };
    let tasks = counts().filter(|(name, _)| TASKS.contains(name)).map(|(_, count)| count).max();
    tasks.or_else(|| counts().map(|(_, count)| count).max())
}

/// The weight of each comparison for each of [`SIZES`]. Of a workload only the nearest count, so
/// that one measured at many sizes weighs no more than another; they share one weight, which
/// halves with each factor of ten.
pub(crate) fn weights(all: &[Sized<'_>]) -> Vec<[f64; SIZES.len()]> {
    let weight = |one: &Sized<'_>, asked: Option<f64>| {
        let distance = one.distance(asked);
        let family = || all.iter().filter(|other| other.workload == one.workload);
        let nearer = |other: &&Sized<'_>| other.distance(asked) < distance;
        if family().any(|other| nearer(&other)) {
            return 0.0;
        }
        let alike = family().filter(|other| other.distance(asked) <= distance).count();
        0.5_f64.powf(distance) / alike as f64
    };
    all.iter().map(|one| SIZES.map(|(_, _, asked)| weight(one, asked))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sized(workload: &str, size: Option<u64>) -> Sized<'_> {
        Sized { workload: (workload, None), size }
    }

    #[test]
    fn the_size_is_that_of_the_tasks_or_the_largest_plain_count() {
        let echo = Point::new().with("connections", 64, "").with("messages", 1000, "");
        assert_eq!(size(&echo), Some(64));
        let sort = Point::new().with("workers", 900_000, "").with("elements", 200, "");
        assert_eq!(size(&sort.with("delay", 5000, "ms").with("cut-off", 8, "")), Some(200));
        assert_eq!(size(&Point::new().with("lock", "own", "").with("hold", 2, "ms")), None);
    }

    #[test]
    fn a_factor_of_ten_halves_the_weight() {
        let all = [sized("a", Some(1000)), sized("b", None), sized("c", Some(9_000_000))];
        let close = |a: [f64; 6], b: [f64; 6]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        let found = weights(&all);
        assert!(close(found[0], [1.0, 0.125, 0.5, 1.0, 0.5, 0.25]), "{found:?}");
        assert!(close(found[1], [1.0, 0.5, 0.5, 0.5, 0.5, 0.5]), "{found:?}");
        assert!(close(found[2], [1.0, 1.0 / 32.0, 0.125, 0.25, 0.5, 1.0]), "{found:?}");
    }

    #[test]
    fn nearest_points_of_a_workload_share_its_weight() {
        let all = [sized("a", Some(100)), sized("a", Some(10_000)), sized("b", Some(100))];
        let found = weights(&all);
        let of = |size: usize| found.iter().map(|one| one[size]).collect::<Vec<f64>>();
        assert_eq!(of(0), vec![0.5, 0.5, 1.0]);
        assert_eq!(of(2), vec![1.0, 0.0, 1.0]);
        assert_eq!(of(3), vec![0.25, 0.25, 0.5], "as far from one as from the other");
        assert_eq!(of(4), vec![0.0, 1.0, 0.25]);
    }
}

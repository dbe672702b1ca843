//! One comparison: a workload at one point and one phase.

use runtime_bench_analysis::analysis::{self, Row, Scaling, Status, Summary};
use runtime_bench_analysis::stats::Verdict;
use runtime_bench_results::catalogue::Class;
use runtime_bench_results::key::{Param, ParamValue, Point};
use runtime_bench_results::trial::{Better, Phase};

use super::runner::Runner;
use super::wording;

/// One comparison, arranged for reading.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// Where its figures come from.
    pub(crate) source: &'a analysis::Group,
    /// Heading of its workload.
    pub(crate) title: &'a str,
    /// Target of links to it, and stem of its charts' ids.
    pub(crate) anchor: String,
    /// Class of each row's runner, in the order of the rows.
    classes: Vec<Option<Class>>,
}

impl<'a> Group<'a> {
    pub(super) fn new(
        source: &'a analysis::Group,
        title: &'a str,
        runners: &[Runner<'a>],
        index: usize,
    ) -> Self {
        let class = |row: &Row| {
            runners.iter().find(|runner| runner.name == row.key.runner).and_then(Runner::class)
        };
        Self {
            source,
            title,
            anchor: format!("comparison-{}", index + 1),
            classes: source.rows.iter().map(class).collect(),
        }
    }

    /// `variant · connections 64, messages 100 · steady state`; most instances are warm, and that is
    /// not said.
    pub(crate) fn point(&self) -> String {
        let params = self.source.point.params.iter();
        let params: Vec<String> = params
            .map(|param| match param.unit.as_str() {
                "" => format!("{} {}", param.name, param.value),
                unit => format!("{} {}\u{a0}{unit}", param.name, param.value),
            })
            .collect();
        let mut parts: Vec<String> = self.source.point.variant.iter().cloned().collect();
        if !params.is_empty() {
            parts.push(params.join(", "));
        }
        if self.source.phase != Phase::Warm || parts.is_empty() {
            parts.push(wording::phase(self.source.phase).to_owned());
        }
        parts.join(" · ")
    }

    /// Whether it is the comparison at one value of a scaling's parameter.
    pub(crate) fn lies_on(&self, scaling: &Scaling, x: f64) -> bool {
        let Point { variant, params } = &self.source.point;
        let is_x = |param: &Param| match param.value {
            ParamValue::Count(count) => {
                param.name == scaling.param && (count as f64).total_cmp(&x).is_eq()
            }
            ParamValue::Text(_) => false,
        };
        let others = params.iter().filter(|param| param.name != scaling.param);
        (variant, self.source.phase) == (&scaling.variant, scaling.phase)
            && params.iter().any(is_x)
            && others.eq(&scaling.fixed)
    }

    /// The row of a runner.
    pub(crate) fn row(&self, runner: &str) -> Option<&'a Row> {
        self.source.rows.iter().find(|row| row.key.runner == runner)
    }

    /// The headline of a row that was measured.
    pub(crate) fn figure<'r>(&self, row: &'r Row) -> Option<&'r Summary> {
        row.metric(&self.source.headline)
    }

    /// Any row's headline: its name, unit and direction are the comparison's.
    pub(crate) fn headline(&self) -> Option<&'a Summary> {
        self.source.rows.iter().find_map(|row| row.metric(&self.source.headline))
    }

    /// Name of the headline metric, also where nothing was measured.
    pub(crate) fn headline_name(&self) -> &'a str {
        &self.source.headline
    }

    /// Unit of the headline metric.
    pub(crate) fn unit(&self) -> &'a str {
        self.headline().map_or("", |headline| headline.unit.as_str())
    }

    /// The rows that have a headline figure.
    pub(crate) fn measured(&self) -> impl Iterator<Item = &'a Row> {
        let headline = &self.source.headline;
        self.source.rows.iter().filter(move |row| row.metric(headline).is_some())
    }

    /// The measured row that the others are compared with.
    pub(crate) fn reference(&self) -> Option<&'a Row> {
        // With a single figure there is nothing to be the reference of.
        self.source.rows.iter().find_map(|row| row.comparison.as_ref()).and_then(|comparison| {
            self.row(&comparison.reference).filter(|row| row.status == Status::Measured)
        })
    }

    /// Whether the reference against itself told identical code apart.
    pub(crate) fn is_distrusted(&self) -> bool {
        self.source.control_failed()
    }

    /// Whether any verdict was reached.
    pub(crate) fn is_decided(&self) -> bool {
        let mut comparisons = self.source.rows.iter().filter_map(|row| row.comparison.as_ref());
        !self.is_distrusted()
            && comparisons.any(|comparison| comparison.verdict != Verdict::NotCompared)
    }

    /// The rows of a row's class that are ranked, itself among them.
    pub(crate) fn peers(&self, row: &Row) -> Vec<&'a Row> {
        let class = self.class(row);
        let headline = &self.source.headline;
        self.source
            .rows
            .iter()
            .zip(&self.classes)
            .filter(|(peer, of)| {
                **of == class && peer.is_ranked() && peer.metric(headline).is_some()
            })
            .map(|(peer, _)| peer)
            .collect()
    }

    /// The class of a row's runner, if the run says so.
    pub(crate) fn class(&self, row: &Row) -> Option<Class> {
        let place = self.source.rows.iter().position(|one| one.key == row.key)?;
        self.classes.get(place).copied().flatten()
    }

    /// Whether a row has a verdict beside one of its class at least: otherwise it is neither beaten nor
    /// unbeaten.
    pub(crate) fn judges(&self, row: &Row) -> bool {
        self.is_decided() && (row.beaten_by.is_empty() || !row.beaten_by.is_empty())
    }

    /// What a row costs ÷ what the cheapest of its class costs; `None` for a class of one, for a figure
    /// that is not the runner's own, and where identical code was told apart.
    pub(crate) fn slowdown(&self, row: &Row) -> Option<f64> {
        let peers = self.peers(row);
        if peers.len() < 2 || !row.is_ranked() || self.is_distrusted() {
            return None;
        }
        let own = self.cost(row)?;
        let best = peers.iter().filter_map(|peer| self.cost(peer)).min_by(f64::total_cmp)?;
        let slowdown = own / best;
        slowdown.is_finite().then_some(slowdown)
    }

    /// The headline, or its inverse where more is better; `None` unless it is positive and finite.
    pub(crate) fn cost(&self, row: &Row) -> Option<f64> {
        let figure = self.figure(row)?;
        let cost = match figure.better {
            Better::Higher => 1.0 / figure.value,
            Better::Lower | Better::Neither => figure.value,
        };
        (cost.is_finite() && cost > 0.0).then_some(cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, comparison, summary};
    use runtime_bench_analysis::analysis::AaControl;
    use runtime_bench_analysis::stats::ControlCheck;

    fn row(runner: &str, value: f64) -> Row {
        Row {
            comparison: (runner != "a").then(|| comparison(Verdict::Slower)),
            best: runner == "a",
            beaten_by: (runner == "b").then(|| "a".to_owned()).into_iter().collect(),
            ..fixtures::row(runner, vec![summary("wall", value)])
        }
    }

    /// What each of three rows costs beside the best, and whether it is judged. The third is bound by its
    /// load generator.
    fn standing(check: ControlCheck) -> Vec<(Option<f64>, bool)> {
        let bound = Row { client_bound: Some("late".into()), comparison: None, ..row("c", 1.0) };
        let rows = vec![row("a", 2.0), row("b", 4.0), bound];
        let mut source = fixtures::group(Point::new(), "wall", rows);
        source.control = Some(AaControl { comparison: comparison(Verdict::Tie), check });
        let group = Group::new(&source, "W", &[], 0);
        source.rows.iter().map(|row| (group.slowdown(row), group.judges(row))).collect()
    }

    #[test]
    fn client_bound_and_distrusted_rows_are_not_ranked() {
        let of_a_good_one = [(Some(1.0), true), (Some(2.0), true), (None, false)];
        assert_eq!(standing(ControlCheck::Passed), of_a_good_one);
        assert_eq!(standing(ControlCheck::Failed), [(None, false); 3]);
    }
}

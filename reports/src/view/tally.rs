//! How often each runner is unbeaten among the workloads of one kind, and what follows from that.

use std::collections::BTreeMap;

use runtime_bench_analysis::analysis::Row;
use runtime_bench_results::catalogue::Class;

use super::group::Group;
use super::runner::Runner;
use super::workload::Section;
use crate::format;

/// Fewer workloads are no kind to speak of.
const FEWEST: usize = 3;

/// A runner and its share of workloads.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tally<'a> {
    /// Name of the runner.
    pub(crate) runner: &'a str,
    /// Those of another class were not compared with it.
    pub(crate) class: Option<Class>,
    /// Workloads in which nobody of its class is proven faster.
    pub(crate) unbeaten: usize,
    /// Workloads in which everybody else of its class is proven slower.
    pub(crate) best: usize,
    /// Of these, what the next costs at least, as a multiple of its own cost.
    pub(crate) lead: Option<f64>,
    /// Workloads that judge it beside a rival of its class.
    pub(crate) of: usize,
    /// Workloads that judge anybody of its class, whether it took part or not.
    pub(crate) decided: usize,
    /// In how many workloads each rival is proven to cost less.
    pub(crate) losses: BTreeMap<&'a str, usize>,
    /// In how many workloads each rival is proven to cost the same.
    pub(crate) ties: BTreeMap<&'a str, usize>,
}

impl Tally<'_> {
    /// It took part in every workload, was beaten in none and the best in at least one.
    pub(crate) fn leads(&self) -> bool {
        self.unbeaten == self.decided && self.best > 0
    }

    /// Nobody is proven to cost less in more than half of the workloads.
    fn is_mostly_unbeaten(&self) -> bool {
        2 * self.unbeaten > self.decided
    }

    /// Of the same class it took part no less often than the other, neither beats the other more often,
    /// and third ones do not beat it where they spare the other.
    fn is_level_with(&self, other: &Self) -> bool {
        let losses = |tally: &Self, to: &str| tally.losses.get(to).copied().unwrap_or(0);
        self.class == other.class
            && self.of >= other.of
            && self.is_mostly_unbeaten()
            && losses(self, other.runner) <= losses(other, self.runner)
    }
}

/// The runners of a section, the most often unbeaten first; empty without any verdict.
pub(crate) fn tallies<'a>(section: &Section<'_, 'a>, runners: &[Runner<'a>]) -> Vec<Tally<'a>> {
    let decided: Vec<(&Group<'a>, Vec<Option<Class>>)> = section
        .mains()
        .filter(|group| group.is_decided())
        .map(|group| (group, judged_classes(group)))
        .collect();
    let ranked = runners.iter().filter(|runner| runner.class() != Some(Class::Reference));
    let mut tallies: Vec<Tally<'a>> = ranked
        .map(|runner| {
            let rows =
                decided.iter().filter_map(|(group, _)| Some((group, group.row(runner.name)?)));
            let met: Vec<&Row> =
                rows.filter(|(group, row)| group.judges(row)).map(|(_, row)| row).collect();
            let count = |is: fn(&Row) -> bool| met.iter().filter(|row| is(row)).count();
            let class = runner.class();
            Tally {
                runner: runner.name,
                class,
                unbeaten: count(|row| row.beaten_by.is_empty()),
                best: count(|row| row.best),
                lead: met.iter().filter_map(|row| row.lead).min_by(f64::total_cmp),
                of: met.len(),
                decided: decided.iter().filter(|(_, classes)| classes.contains(&class)).count(),
                losses: counted(&met, |row| &row.beaten_by),
                ties: counted(&met, |row| &row.tied_with),
            }
        })
        .filter(|tally| tally.of > 0)
        .collect();
    tallies.sort_by_key(|tally| (std::cmp::Reverse(tally.unbeaten), tally.of));
    tallies
}

/// The classes of which a comparison judges anybody.
fn judged_classes(group: &Group<'_>) -> Vec<Option<Class>> {
    let judged = group.source.rows.iter().filter(|row| group.judges(row));
    let mut classes: Vec<Option<Class>> = judged.map(|row| group.class(row)).collect();
    classes.sort();
    classes.dedup();
    classes
}

/// How often the rows name each rival.
fn counted<'a>(rows: &[&'a Row], names: fn(&Row) -> &Vec<String>) -> BTreeMap<&'a str, usize> {
    let mut counted = BTreeMap::new();
    for rival in rows.iter().flat_map(|row| names(row)) {
        *counted.entry(rival.as_str()).or_default() += 1;
    }
    counted
}

/// Whether each of a group ties with each other of it in every workload.
fn all_tie(tallies: &[Tally<'_>], group: &[&str]) -> bool {
    let members = tallies.iter().filter(|tally| group.contains(&tally.runner));
    members.into_iter().all(|tally| {
        let mut others = group.iter().filter(|name| **name != tally.runner);
        others.all(|name| tally.ties.get(name) == Some(&tally.decided))
    })
}

/// What a kind of work comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The best runner, or the best group, or that it depends.
    pub(crate) headline: String,
    /// On what that rests, and by how much at least.
    pub(crate) grounds: String,
}

impl Verdict {
    /// Being *unbeaten* is no lead: wide intervals are enough for it. So one that leads must also be
    /// proven best somewhere.
    pub(crate) fn of(tallies: &[Tally<'_>]) -> Self {
        let Some(top) = tallies.first() else {
            return Self { headline: "No verdict yet".to_owned(), grounds: String::new() };
        };
        let names = |is: &dyn Fn(&Tally<'_>) -> bool| -> Vec<&str> {
            tallies.iter().filter(|tally| is(tally)).map(|tally| tally.runner).collect()
        };
        let all = format::count(top.decided, "workload");
        let leaders = names(&|tally| tally.leads());
        let (headline, grounds) = if !leaders.is_empty() {
            (format::list(&leaders), format!("Unbeaten in all of {all}."))
        } else if top.is_mostly_unbeaten() {
            let group = names(&|tally| tally.is_level_with(top));
            let level = match group.iter().filter(|name| **name != top.runner).collect::<Vec<_>>()[..]
            {
                [] => String::new(),
                [one] => format!("; {one} is level with it"),
                ref more => format!("; {} are level with it", format::list(more)),
            };
            let grounds = match top.decided - top.unbeaten {
                0 => format!("{} is never beaten in {all}{level}.", top.runner),
                but => format!("{} is unbeaten in all but {but} of {all}{level}.", top.runner),
            };
            let headline = if group.len() > 1 && all_tie(tallies, &group) {
                format!("A tie: {}", format::list(&group))
            } else {
                group.join(" or ")
            };
            (headline, grounds)
        } else {
            let grounds = match top.decided {
                ..FEWEST => format!("Only {all}: look at each."),
                _ => format!("No runner is unbeaten in more than half of {all}."),
            };
            ("Depends on the work".to_owned(), grounds)
        };
        Self { headline, grounds: format!("{grounds}{}", proven(tallies)) }
    }
}

/// Who is proven best, in how many workloads, and by how much at least.
fn proven(tallies: &[Tally<'_>]) -> String {
    let best = tallies.iter().filter(|tally| tally.best > 0);
    let parts: Vec<String> = best
        .map(|tally| {
            let lead = tally.lead.map(|lead| match lead {
                ..2.0 => format!(", by {} at least", format::percent_at_least(lead - 1.0)),
                _ => format!(", the next costs {} at least", format::ratio_at_least(lead)),
            });
            format!("{} in {}{}", tally.runner, tally.best, lead.unwrap_or_default())
        })
        .collect();
    if parts.is_empty() { String::new() } else { format!(" Proven best: {}.", parts.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(runner: &'static str, unbeaten: usize, best: usize) -> Tally<'static> {
        let lead = (best > 0).then_some(1.06);
        let (losses, ties) = (BTreeMap::new(), BTreeMap::new());
        Tally { runner, class: None, unbeaten, best, lead, of: 5, decided: 5, losses, ties }
    }

    fn verdict(tallies: &[Tally<'_>]) -> (String, String) {
        let Verdict { headline, grounds } = Verdict::of(tallies);
        (headline, grounds)
    }

    #[test]
    fn unbeaten_runner_that_is_best_once_leads() {
        let (headline, grounds) = verdict(&[tally("a", 5, 1), tally("b", 4, 0)]);
        assert_eq!(headline, "a");
        assert!(
            grounds.contains("all of 5 workloads") && grounds.contains("a in 1, by 6.0"),
            "{grounds}"
        );
    }

    #[test]
    fn ties_form_a_group_when_nobody_leads() {
        let (headline, grounds) = verdict(&[tally("a", 5, 0), tally("b", 4, 0)]);
        assert_eq!(headline, "a or b");
        assert!(
            grounds.contains("never beaten in 5 workloads; b is level")
                && !grounds.contains("Proven best"),
            "{grounds}"
        );
        let tied = |one, other| Tally { ties: BTreeMap::from([(other, 5)]), ..tally(one, 5, 0) };
        assert_eq!(verdict(&[tied("a", "b"), tied("b", "a")]).0, "A tie: a and b");
        let three = [
            Tally { ties: BTreeMap::from([("b", 5), ("c", 5)]), ..tally("a", 5, 0) },
            tied("b", "a"),
            tied("c", "a"),
        ];
        assert_eq!(verdict(&three).0, "a or b or c", "b and c may differ");
        let losing = Tally { losses: BTreeMap::from([("a", 1)]), ..tally("c", 3, 1) };
        let absent = Tally { of: 4, ..tally("d", 4, 0) };
        let (headline, grounds) = verdict(&[tally("a", 4, 0), losing, absent]);
        assert_eq!(headline, "a");
        assert!(
            grounds.contains("all but 1 of 5") && grounds.contains("best: c in 1"),
            "{grounds}"
        );
        let elsewhere = Tally { class: Some(Class::SingleThread), ..tally("e", 5, 0) };
        let often = tally("f", 1, 0);
        let (headline, _) = verdict(&[tally("a", 5, 0), elsewhere, often]);
        assert_eq!(headline, "a", "another class, and one that third ones beat, are not level");
        assert_eq!(verdict(&[tally("a", 2, 2), tally("b", 2, 1)]).0, "Depends on the work");
        assert_eq!(verdict(&[]).0, "No verdict yet");
    }
}

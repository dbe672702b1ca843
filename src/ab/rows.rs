//! The rows of a comparison of builds: cells of both, on one core and on all.

use runtime_bench_results::catalog::WorkloadInfo;
use runtime_bench_results::listing::{ListedCell, Listing};
use runtime_bench_results::setting;
use runtime_bench_results::trial::metric;

use super::Sides;
use runtime_bench_harness::process::ProcessExecutor;
use runtime_bench_harness::run::interleave::{Row, Side};

/// Cells of two listings.
#[derive(Debug, Default)]
pub struct Common {
    /// Cells that both can run, in the order of the base.
    pub both: Vec<ListedCell>,
    /// Names of those that only the base can run.
    pub only_base: Vec<String>,
    /// Names of those that only the head can run.
    pub only_head: Vec<String>,
    /// Runners with settings that neither build can run in any row, with the reason.
    pub unsupported: Vec<String>,
}

/// Sorts the cells of two builds.
pub fn common(base: &Listing, head: &Listing) -> Common {
    let runs = |listing: &Listing, cell: &ListedCell| {
        let same = |other: &&ListedCell| {
            other.cell.key == cell.cell.key && other.cell.phase == cell.cell.phase
        };
        listing.cells.iter().find(same).is_some_and(|cell| cell.cell.not_applicable.is_none())
    };
    let mut common = Common::default();
    for cell in base.cells.iter().filter(|cell| runs(base, cell)) {
        if runs(head, cell) {
            common.both.push(cell.clone());
        } else {
            common.only_base.push(cell.name.clone());
        }
    }
    let new = head.cells.iter().filter(|cell| runs(head, cell) && !runs(base, cell));
    common.only_head = new.map(|cell| cell.name.clone()).collect();
    common.unsupported = unsupported(base, head);
    common
}

/// Runners with settings that neither build can run in any row, with the reason, each fact once.
fn unsupported(base: &Listing, head: &Listing) -> Vec<String> {
    let runs = |runner: &str| {
        let mut cells = base.cells.iter().chain(&head.cells).map(|listed| &listed.cell);
        cells.any(|cell| cell.key.runner == runner && cell.not_applicable.is_none())
    };
    let mut facts = Vec::new();
    for cell in base.cells.iter().map(|listed| &listed.cell) {
        let runner = &cell.key.runner;
        let Some(reason) = &cell.not_applicable else { continue };
        let fact = format!("{runner} is n/a: {reason}");
        if setting::base(runner) != runner && !runs(runner) && !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    facts
}

/// The row of a cell on some cores.
pub fn name(cell: &ListedCell, cores: &str) -> String {
    format!("{} on {cores}", cell.name)
}

/// A row for every cell, named after it and `cores`.
pub fn rows<'a>(
    cells: &[ListedCell],
    workloads: &[WorkloadInfo],
    sides: &Sides<'a, ProcessExecutor<'a>>,
    cores: &str,
) -> Vec<Row<'a>> {
    let row = |listed: &ListedCell| {
        let cell = &listed.cell;
        let info = workloads.iter().find(|info| info.name == cell.key.workload);
        let [always, in_turns] =
            sides.lists(|executor, _| Side { executor, cell: cell.key.clone() });
        Row {
            name: name(listed, cores),
            phase: cell.phase,
            metric: info.map_or(metric::WALL.id, decisive).to_owned(),
            always,
            in_turns,
        }
    };
    cells.iter().map(row).collect()
}

/// The metric that two builds are compared by: the headline, unless that is a ratio to something timed
/// in the same process, because a build that slows down both equally would not change it.
fn decisive(info: &WorkloadInfo) -> &str {
    if info.headline == metric::SPEED_UP.id { metric::WALL.id } else { &info.headline }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_results::key::{CellKey, Point};
    use runtime_bench_results::listing::Build;
    use runtime_bench_results::run::{PlannedCell, Role};
    use runtime_bench_results::trial::Phase;

    fn listing(cells: &[(&str, bool)]) -> Listing {
        let cell = |(runner, runs): &(&str, bool)| {
            let key = CellKey {
                workload: "echo".into(),
                point: Point::new().with("n", 1, ""),
                runner: (*runner).into(),
            };
            let not_applicable = (!runs).then(|| "it cannot".to_owned());
            let cell = PlannedCell { key, role: Role::Subject, phase: Phase::Warm, not_applicable };
            ListedCell { name: cell.key.to_string(), cell }
        };
        Listing {
            protocol: 1,
            build: Build::default(),
            workloads: Vec::new(),
            runners: Vec::new(),
            cells: cells.iter().map(cell).collect(),
            routes: Vec::new(),
        }
    }

    #[test]
    fn only_common_cells_are_compared() {
        let base = listing(&[("tokio", true), ("smol", true), ("rayon", false)]);
        let head = listing(&[("tokio", true), ("smol", false), ("new", true)]);
        let common = common(&base, &head);
        assert_eq!(common.both.len(), 1);
        assert_eq!(common.only_base, ["echo/smol/n=1"]);
        assert_eq!(common.only_head, ["echo/new/n=1"]);
    }

    #[test]
    fn settings_that_neither_can_run_are_named_once_with_their_reason() {
        let cells = |a: bool| [("tokio", false), ("tokio[a=1]", a), ("tokio[b=1]", false)];
        let twice = [cells(false), cells(false)].concat();
        let common = common(&listing(&twice), &listing(&cells(true)));
        assert_eq!(common.unsupported, ["tokio[b=1] is n/a: it cannot"]);
        assert_eq!(common.only_head, ["echo/tokio[a=1]/n=1"]);
    }
}

//! Claims about cells that a run has or has not, and words.

use arbitrary::Result;
use runtime_bench_results::claims::{Ask, Baseline, Bound, Cell, Claim, Test};
use runtime_bench_results::glossary::{Called, Term};
use runtime_bench_results::key::Point;
use runtime_bench_results::run::PlannedCell;

use super::Bytes;
use super::figures::figure;
use super::texts::{name, some, text, texts};

pub(super) fn claim(u: &mut Bytes<'_>, cells: &[PlannedCell]) -> Result<Claim> {
    Ok(Claim {
        name: name(u)?,
        title: text(u)?,
        folklore: text(u)?,
        tests: some(u, 3, |u| test(u, cells))?,
        notes: texts(u)?,
    })
}

fn test(u: &mut Bytes<'_>, cells: &[PlannedCell]) -> Result<Test> {
    let metric = if u.ratio(3, 4)? { "wall".to_owned() } else { name(u)? };
    let bound = if u.arbitrary()? { Bound::Below(figure(u)?) } else { Bound::Above(figure(u)?) };
    let ask = match u.int_in_range(0..=3)? {
        0 => Ask::Figure { metric, bound },
        1 => Ask::Ratio { metric, baseline: Baseline::Cell(cell(u, cells)?), bound },
        2 => Ask::Ratio { metric, baseline: Baseline::Runner(runner(u, cells)?), bound },
        _ => Ask::Check { supports: u.arbitrary()? },
    };
    Ok(Test {
        title: text(u)?,
        question: text(u)?,
        cell: cell(u, cells)?,
        runners: some(u, 2, |u| runner(u, cells))?,
        optional: u.arbitrary()?,
        ask,
    })
}

fn cell(u: &mut Bytes<'_>, cells: &[PlannedCell]) -> Result<Cell> {
    if cells.is_empty() {
        return Ok(Cell { workload: name(u)?, point: Point::default() });
    }
    let key = &u.choose(cells)?.key;
    Ok(Cell { workload: key.workload.clone(), point: key.point.clone() })
}

fn runner(u: &mut Bytes<'_>, cells: &[PlannedCell]) -> Result<String> {
    if cells.is_empty() { name(u) } else { Ok(u.choose(cells)?.key.runner.clone()) }
}

pub(super) fn term(u: &mut Bytes<'_>) -> Result<Term> {
    let called =
        |u: &mut Bytes<'_>| Ok(Called { by: name(u)?, name: Some(text(u)?), remark: text(u)? });
    Ok(Term {
        name: name(u)?,
        title: text(u)?,
        forms: texts(u)?,
        meaning: text(u)?,
        called: some(u, 3, called)?,
    })
}

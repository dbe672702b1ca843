//! Arbitrary evidence: impossible counts, of cells that the run lacks.

use arbitrary::Result;
use runtime_bench_results::evidence::{Count, Event, Evidence, Missing};
use runtime_bench_results::run::PlannedCell;

use super::Bytes;
use super::figures::figure;
use super::texts::{some, text};

/// Evidence of some cells.
pub(super) fn evidence(u: &mut Bytes<'_>, cells: &[PlannedCell]) -> Result<Vec<Evidence>> {
    if cells.is_empty() {
        return Ok(Vec::new());
    }
    some(u, 6, |u| {
        Ok(Evidence {
            cell: u.choose(cells)?.key.clone(),
            operation: text(u)?,
            counts: counts(u)?,
            missing: some(u, 2, missing)?,
        })
    })
}

/// Times, without which nothing is explained, and other counts.
fn counts(u: &mut Bytes<'_>) -> Result<Vec<Count>> {
    let times = [Event::WallTime, Event::UserTime, Event::SystemTime];
    let mut counts = times.map(|event| count(u, event)).into_iter().collect::<Result<Vec<_>>>()?;
    let other = |u: &mut Bytes<'_>| {
        let name = text(u)?;
        let events = [Event::Syscall(name), Event::Allocation, Event::VoluntarySwitch];
        let event = u.choose(&events)?.clone();
        count(u, event)
    };
    counts.extend(some(u, 4, other)?);
    Ok(counts)
}

fn count(u: &mut Bytes<'_>, event: Event) -> Result<Count> {
    let processes = if u.ratio(3, 4)? { 5 } else { u.int_in_range(0..=12)? };
    let values = (0..processes).map(|_| figure(u)).collect::<Result<_>>()?;
    Ok(Count { event, values })
}

fn missing(u: &mut Bytes<'_>) -> Result<Missing> {
    let help = if u.ratio(1, 2)? { Some(text(u)?) } else { None };
    Ok(Missing { what: text(u)?, why: text(u)?, help })
}

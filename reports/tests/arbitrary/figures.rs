//! Figures of every size, and trials that report them.

use arbitrary::Result;
use runtime_bench_results::catalog::WorkloadInfo;
use runtime_bench_results::histogram::{self, Histogram};
use runtime_bench_results::interruption::{Break, PartialRound};
use runtime_bench_results::noise::{NoiseWindow, Stall};
use runtime_bench_results::run::{PlannedCell, TrialRecord};
use runtime_bench_results::trial::{Better, Block, ErrorKind, Metric, Outcome, Phases};

use super::Bytes;
use super::texts::{some, text};

/// Any figure that JSON can hold.
pub(super) fn figure(u: &mut Bytes<'_>) -> Result<f64> {
    const ODD: [f64; 12] = [
        0.0,
        -0.0,
        -1.0,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
        1e-300,
        1e300,
        1e18,
        0.1,
        9_007_199_254_740_993.0,
    ];
    Ok(match u.int_in_range(0..=3)? {
        0 => *u.choose(&ODD)?,
        1 => Some(u.arbitrary::<f64>()?).filter(|any| any.is_finite()).unwrap_or(1.0),
        _ => f64::from(u.int_in_range(1..=10_000_u32)?),
    })
}

/// Trials of some of the cells; those of one cell are similar.
pub(super) fn trials(
    u: &mut Bytes<'_>,
    cells: &[PlannedCell],
    workloads: &[WorkloadInfo],
) -> Result<Vec<TrialRecord>> {
    let mut trials = Vec::new();
    let rounds = *u.choose(&[0, 1, 2, 8, 30])?;
    for (cell, planned) in cells.iter().enumerate() {
        if planned.not_applicable.is_some() && u.ratio(9, 10)? {
            continue;
        }
        let info = workloads.iter().find(|info| info.name == planned.key.workload);
        let headline = info.map_or("wall", |info| info.headline.as_str());
        let better = *u.choose(&[Better::Lower, Better::Higher, Better::Neither])?;
        let (base, spread) = (figure(u)?, *u.choose(&[0.0, 0.001, 0.2, 3.0])?);
        let unit = if u.ratio(1, 2)? { "ns".to_owned() } else { text(u)? };
        let odd = u.ratio(1, 8)?;
        for round in 0..=rounds {
            let outcome = if odd && u.ratio(1, 5)? {
                failure(u)?
            } else {
                // A few decimals that look random.
                let noise = f64::from((round * 7919 + cell as u32 * 104_729) % 1000) / 1000.0;
                let value = if odd && u.ratio(1, 5)? { figure(u)? } else { base };
                let value = Some(value * (1.0 + spread * noise)).filter(|v| v.is_finite());
                let named = |name: &str, value| Metric {
                    name: name.into(),
                    unit: unit.as_str().into(),
                    better,
                    value,
                };
                let mut metrics = vec![named(headline, value.unwrap_or(base))];
                if odd {
                    metrics.extend(some(u, 2, |u| Ok(named(&text(u)?, figure(u)?)))?);
                }
                metrics.push(Metric::lower("wall", "ns", base.abs()));
                metrics.push(Metric::lower("cpu", "ns", base.abs()));
                Outcome::Ok { block: block(u, metrics, odd)? }
            };
            let position = if odd { u.arbitrary()? } else { 0 };
            let at_s = if odd { figure(u)? } else { f64::from(round) };
            let stderr = if odd { Some(text(u)?) } else { None };
            trials.push(TrialRecord { cell, round, position, at_s, cost_s: 0.1, outcome, stderr });
        }
    }
    Ok(trials)
}

fn failure(u: &mut Bytes<'_>) -> Result<Outcome> {
    let kinds = [ErrorKind::WrongOutput, ErrorKind::Crashed, ErrorKind::TimedOut];
    Ok(Outcome::Error { kind: *u.choose(&kinds)?, message: text(u)? })
}

fn block(u: &mut Bytes<'_>, metrics: Vec<Metric>, odd: bool) -> Result<Block> {
    let usual = Block { iterations: 10, metrics, output: "1000".into(), ..Block::default() };
    if !odd {
        return Ok(usual);
    }
    let phases = Phases { prepare_s: figure(u)?, warm_up_s: figure(u)?, measure_s: figure(u)? };
    Ok(Block {
        iterations: u.arbitrary()?,
        warm_up_iterations: u.arbitrary()?,
        histogram: if u.ratio(1, 2)? { Some(latencies(u)?) } else { None },
        output: text(u)?,
        phases,
        ..usual
    })
}

/// A histogram, or a text that is not one.
fn latencies(u: &mut Bytes<'_>) -> Result<String> {
    if u.ratio(1, 3)? {
        return text(u);
    }
    let digits = u.int_in_range(1..=3)?;
    let mut histogram = Histogram::new(digits).expect("this number of digits is allowed");
    for _ in 0..u.int_in_range(0..=5)? {
        let (value, count) = (u.arbitrary::<u64>()? >> 8, u.arbitrary()?);
        // A value beyond its bounds is not recorded.
        let _ = histogram.record_n(value, count);
    }
    Ok(histogram::encode(&histogram).unwrap_or_default())
}

/// Events during the run.
pub(super) fn noise(u: &mut Bytes<'_>) -> Result<Vec<NoiseWindow>> {
    some(u, 3, |u| {
        let any = |u: &mut Bytes<'_>| Ok(if u.ratio(1, 2)? { Some(figure(u)?) } else { None });
        Ok(NoiseWindow {
            at_s: figure(u)?,
            until_s: figure(u)?,
            foreign_cores: any(u)?,
            steal_cores: any(u)?,
            pressure: any(u)?,
            load: any(u)?,
            capacity: any(u)?,
            capacity_ideal: any(u)?,
        })
    })
}

/// Stalls of the machine.
pub(super) fn stalls(u: &mut Bytes<'_>) -> Result<Vec<Stall>> {
    some(u, 2, |u| Ok(Stall { at_s: figure(u)?, until_s: figure(u)? }))
}

/// The rounds where the run was resumed.
pub(super) fn breaks(u: &mut Bytes<'_>) -> Result<Vec<Break>> {
    some(u, 2, |u| {
        let partial_round = if u.ratio(1, 2)? {
            Some(PartialRound {
                round: u.int_in_range(0..=3)?,
                cells: vec![u.int_in_range(0..=5)?, usize::MAX],
            })
        } else {
            None
        };
        Ok(Break { trials: u.arbitrary()?, resumed: text(u)?, partial_round })
    })
}

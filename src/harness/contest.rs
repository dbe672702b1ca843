//! Contests: a few contenders each, round by round, all rounds of all contests in random order.
//!
//! A run compares runners of one program. A contest compares whatever answers trial requests: two
//! builds, or two sizes of one workload.

use std::time::{Duration, Instant};

use fastrand::Rng;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::noise::{NoiseWindow, Stall};
use runtime_bench_results::run::Line;
use runtime_bench_results::trial::{Age, BlockSize, Outcome};

use super::beside::Beside;
use super::interrupt::Interrupt;
use super::profile::Profile;
use super::progress::Progress;
use super::trials::Trials;
use crate::error::Error;

/// The most rounds of a contest.
const MOST_ROUNDS: u32 = 1_000;

/// What is measured again and again.
#[derive(Clone)]
pub struct Contender<'a> {
    /// Who measures it.
    pub trials: &'a Trials<'a>,
    /// What is measured.
    pub cell: CellKey,
}

/// Contenders that are measured in the same rounds.
pub struct Contest<'a> {
    /// What it is called.
    pub name: String,
    /// Age of the instances.
    pub age: Age,
    /// Name of the metric that counts.
    pub metric: String,
    /// Measured in every round.
    pub always: Vec<Contender<'a>>,
    /// Measured in turns, one a round.
    pub in_turns: Vec<Contender<'a>>,
}

/// What came of a contest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Costs by round of each contender, those of every round first; `None` where it had no turn.
    pub costs: Vec<Vec<Option<f64>>>,
    /// The first contender that failed, and how.
    pub failure: Option<(usize, String)>,
    /// Unit of the metric.
    pub unit: String,
    /// Costs that were dropped because the machine stood still meanwhile.
    pub dropped: usize,
}

/// Contests that came to their end, and what went on beside them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurement {
    /// By contest.
    pub contests: Vec<Measured>,
    /// What the machine was busy with.
    pub noise: Vec<NoiseWindow>,
}

impl Measured {
    /// Costs of the rounds in which both of two contenders were measured, in the order of time.
    pub fn pairs(&self, candidate: usize, reference: usize) -> Vec<(f64, f64)> {
        let of = |contender: usize| self.costs.get(contender).into_iter().flatten();
        of(candidate).zip(of(reference)).filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect()
    }
}

impl<'a> Contest<'a> {
    fn contender(&self, index: usize) -> Option<&Contender<'a>> {
        self.always.iter().chain(&self.in_turns).nth(index)
    }

    fn size(&self) -> usize {
        self.always.len() + self.in_turns.len()
    }

    /// Who is measured in a round.
    fn members(&self, round: usize) -> Vec<usize> {
        let turn = (!self.in_turns.is_empty())
            .then(|| self.always.len() + round % self.in_turns.len().max(1));
        (0..self.always.len()).chain(turn).collect()
    }
}

/// Measures contests, each for about `budget` and at least `fewest` rounds.
///
/// # Errors
/// When it is interrupted.
pub fn measure(
    contests: &[Contest<'_>],
    budget: Duration,
    fewest: usize,
    rng: &mut Rng,
    quiet: bool,
    interrupt: &Interrupt,
) -> Result<Measurement, Error> {
    let start = Instant::now();
    let workers = contests.iter().flat_map(|contest| &contest.always);
    let workers = workers.map(|contender| contender.trials.settings.workers).max().unwrap_or(1);
    let measured = contests
        .iter()
        .map(|contest| Measured { costs: vec![Vec::new(); contest.size()], ..Measured::default() });
    let mut measuring = Measuring {
        contests,
        measured: measured.collect(),
        progress: Progress::new(quiet),
        times: Vec::new(),
        start,
        interrupt,
    };
    let mut beside = Beside::watch(start, workers);
    let mut lines = Vec::new();
    let ended = measuring.all(budget, fewest, rng, || {
        lines.extend(beside.after_trial());
        lines.extend(beside.between_rounds());
    });
    measuring.progress.clear();
    ended?;
    lines.extend(beside.end());
    let (mut noise, mut stalls) = (Vec::new(), Vec::new());
    for line in lines {
        match line {
            Line::Noise(window) => noise.push(window),
            Line::Stall(stall) => stalls.push(stall),
            _ => {}
        }
    }
    measuring.drop_stalled(&stalls);
    Ok(Measurement { contests: measuring.measured, noise })
}

struct Measuring<'a> {
    contests: &'a [Contest<'a>],
    measured: Vec<Measured>,
    progress: Progress,
    /// When each round's trials ran.
    times: Vec<RoundTime>,
    start: Instant,
    interrupt: &'a Interrupt,
}

/// When a round was measured, seconds since the start.
struct RoundTime {
    contest: usize,
    round: usize,
    at_s: f64,
    until_s: f64,
}

impl Measuring<'_> {
    fn all(
        &mut self,
        budget: Duration,
        fewest: usize,
        rng: &mut Rng,
        mut between_rounds: impl FnMut(),
    ) -> Result<(), Error> {
        let budget_s = budget.as_secs_f64();
        let whole_s = budget_s * self.contests.len() as f64;
        self.progress.phase("measuring", whole_s);
        let mut order = Vec::new();
        let mut cost_s = Vec::new();
        for contest in 0..self.contests.len() {
            let each_s = self.pilots(contest)?;
            let most = MOST_ROUNDS.max(fewest as u32);
            let rounds = (budget_s / each_s).clamp(fewest as f64, f64::from(most)) as usize;
            order.extend(std::iter::repeat_n(contest, rounds));
            cost_s.push(each_s);
        }
        // A burst of foreign load should hit a few rounds of many contests.
        rng.shuffle(&mut order);
        self.progress.phase("measuring", order.iter().map(|&contest| cost_s[contest]).sum());
        let mut rounds = vec![0; self.contests.len()];
        for contest in order {
            let (round, at_s) = (rounds[contest], self.start.elapsed().as_secs_f64());
            self.round(contest, round, rng)?;
            let until_s = self.start.elapsed().as_secs_f64();
            self.times.push(RoundTime { contest, round, at_s, until_s });
            between_rounds();
            rounds[contest] += 1;
            self.progress.finished(cost_s[contest]);
        }
        Ok(())
    }

    /// Drops the rounds in which the machine stood still: they measured that.
    fn drop_stalled(&mut self, stalls: &[Stall]) {
        for time in &self.times {
            if stalls.iter().any(|stall| stall.overlaps(time.at_s, time.until_s)) {
                let measured = &mut self.measured[time.contest];
                for costs in &mut measured.costs {
                    measured.dropped += usize::from(costs[time.round].take().is_some());
                }
            }
        }
    }

    /// Two trials of each contender that are not counted; what a round costs, seconds.
    fn pilots(&mut self, contest: usize) -> Result<f64, Error> {
        let mut cost_s = vec![0.0; self.contests[contest].size()];
        for _ in 0..2 {
            for (contender, cost) in cost_s.iter_mut().enumerate() {
                // The first process of a program pays for cold caches.
                *cost = self.trial(contest, contender)?.1.as_secs_f64();
            }
        }
        let mean = cost_s.iter().sum::<f64>() / cost_s.len().max(1) as f64;
        Ok((mean * self.contests[contest].members(0).len() as f64).max(1e-6))
    }

    fn round(&mut self, contest: usize, round: usize, rng: &mut Rng) -> Result<(), Error> {
        let mut members = self.contests[contest].members(round);
        rng.shuffle(&mut members);
        let mut costs = vec![None; self.contests[contest].size()];
        for contender in members {
            costs[contender] = self.trial(contest, contender)?.0;
        }
        for (all, cost) in self.measured[contest].costs.iter_mut().zip(costs) {
            all.push(cost);
        }
        Ok(())
    }

    /// One trial: its cost in the metric, and in time.
    fn trial(
        &mut self,
        contest: usize,
        contender: usize,
    ) -> Result<(Option<f64>, Duration), Error> {
        let nothing = (None, Duration::ZERO);
        let Contest { name, age, metric, .. } = &self.contests[contest];
        let Some(who) = self.contests[contest].contender(contender) else { return Ok(nothing) };
        let measured = &mut self.measured[contest];
        // A contest that cannot be decided any more is not worth its time.
        if measured.failure.is_some() {
            return Ok(nothing);
        }
        self.progress.running(name);
        let block = BlockSize::Nanoseconds(Profile::Quick.block(*age).as_nanos() as u64);
        let finished = who.trials.run(&who.cell, *age, block);
        let finished = match finished {
            Some(finished) if !self.interrupt.requested() => finished,
            _ => return Err(Error::Interrupted("interrupted; nothing was kept".to_owned())),
        };
        match finished.outcome {
            Outcome::Ok { block } => {
                let metric = block.metrics.iter().find(|found| found.name == *metric);
                if let Some(metric) = metric {
                    measured.unit.clone_from(&metric.unit);
                }
                let cost = metric.map(runtime_bench_results::trial::Metric::cost);
                Ok((cost.filter(|cost| cost.is_finite() && *cost > 0.0), finished.cost))
            }
            Outcome::Error { kind, message } => {
                self.progress.say(&format!("failed: {name}: {kind}: {message}"));
                measured.failure = Some((contender, format!("{kind}: {message}")));
                Ok(nothing)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_the_rounds_that_both_have() {
        let costs = vec![
            vec![Some(1.0), Some(2.0), Some(3.0)],
            vec![Some(1.5), None, Some(2.5)],
            vec![None, Some(9.0), None],
        ];
        let measured = Measured { costs, ..Measured::default() };
        assert_eq!(measured.pairs(1, 0), [(1.5, 1.0), (2.5, 3.0)]);
        assert_eq!(measured.pairs(2, 0), [(9.0, 2.0)]);
        assert_eq!(measured.pairs(7, 0), []);
    }
}

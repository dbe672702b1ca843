//! Our answer: interleaved trials, each a process with a fresh instance.

use std::time::Duration;

use fastrand::Rng;
use runtime_bench::error::Error;
use runtime_bench::harness::contest::{self, Contender, Contest};
use runtime_bench::harness::interrupt::Interrupt;
use runtime_bench::harness::trials::{Settings, Trials};
use runtime_bench::machine::allowed_cores;
use runtime_bench::registry::Registry;
use runtime_bench::results::analysis::level;
use runtime_bench::results::stats::gate::{STAGE_LEVEL, Stage, gate, suspicious};
use runtime_bench::results::stats::{Verdict, compare, fewest_pairs};
use runtime_bench::results::trial::{Age, metric};

use crate::jobs::{Cores, Job, Question};
use crate::store::Answer;

/// Runners of a usual table: the level that a comparison would have in it.
const RUNNERS: usize = 7;

/// Asks this harness.
pub(crate) struct Asker<'a> {
    one_core: Trials<'a>,
    all_cores: Trials<'a>,
    interrupt: &'a Interrupt,
}

impl<'a> Asker<'a> {
    pub(crate) fn new(registry: &'a Registry, interrupt: &'a Interrupt) -> Result<Self, Error> {
        let settings = |workers, core| Settings {
            workers,
            pool_threads: 64,
            seed: 1,
            limit: Duration::from_secs(60),
            core,
        };
        let core = allowed_cores().and_then(|cores| cores.last().copied());
        Ok(Self {
            one_core: Trials::new(registry, interrupt, settings(1, core))?,
            all_cores: Trials::new(registry, interrupt, settings(cores(), None))?,
            interrupt,
        })
    }

    pub(crate) fn ask(&self, job: &Job) -> Result<Answer, Error> {
        let mut rng = Rng::new();
        let budget = Duration::from_secs_f64(job.budget_s());
        if job.question == Question::Builds {
            let fewest = fewest_pairs(STAGE_LEVEL);
            let mut stages = vec![self.stage(job, budget, fewest, &mut rng)?];
            if stages.iter().any(suspicious) {
                stages.push(self.stage(job, budget * 2, fewest, &mut rng)?);
            }
            return Ok(Answer { stages, ..Answer::default() });
        }
        let stages = vec![self.stage(job, budget, fewest_pairs(level(RUNNERS, 1)), &mut rng)?];
        Ok(Answer { stages, ..Answer::default() })
    }

    fn stage(
        &self,
        job: &Job,
        budget: Duration,
        fewest: usize,
        rng: &mut Rng,
    ) -> Result<Stage, Error> {
        let (trials, workers) = match job.cores {
            Cores::One => (&self.one_core, 1),
            Cores::All => (&self.all_cores, cores()),
        };
        let contender = |head| Contender {
            trials,
            cell: job.work.cell(workers, if head { job.percent } else { 0 }, head),
        };
        let builds = job.question == Question::Builds;
        let contest = Contest {
            name: job.to_string(),
            age: Age::Young,
            metric: metric::WALL.to_owned(),
            always: vec![contender(false), contender(true)],
            in_turns: if builds { vec![contender(false)] } else { Vec::new() },
        };
        let measured = contest::measure(&[contest], budget, fewest, rng, true, self.interrupt)?;
        let measured = measured.contests.into_iter().next().unwrap_or_default();
        if let Some((_, failure)) = measured.failure {
            return Err(Error::Failed(format!("{job}: {failure}")));
        }
        Ok(Stage { head: measured.pairs(1, 0), twin: measured.pairs(2, 0), layouts: Vec::new() })
    }
}

/// The word of an answer, and the ratio that goes with it.
pub(crate) fn word(job: &Job, answer: &Answer) -> (Verdict, Option<f64>) {
    match (job.question, answer.stages.as_slice()) {
        (Question::Criterion, _) => (answer.criterion.unwrap_or(Verdict::NotCompared), None),
        (Question::Builds, stages) => {
            let gated = gate(stages);
            (gated.verdict, gated.comparison.ratio)
        }
        (Question::Runners, stages) => {
            let pairs = stages.first().map_or(&[][..], |stage| &stage.head);
            let comparison = compare("base", pairs, level(RUNNERS, 1));
            (comparison.verdict, comparison.ratio)
        }
    }
}

/// Cores that a run would use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

//! The answer of this harness: interleaved trials, each a process with a fresh instance.

use std::time::Duration;

use fastrand::Rng;
use runtime_bench::ab::{Effort, Sides, measure};
use runtime_bench::api::cells::Cells;
use runtime_bench::harness::error::Error;
use runtime_bench::harness::machine::allowed_cores;
use runtime_bench::harness::process::interrupt::Interrupt;
use runtime_bench::harness::process::{ProcessExecutor, Settings};
use runtime_bench::harness::program::Program;
use runtime_bench::harness::run::interleave::{self, Row, Side};
use runtime_bench::results::listing::Route;
use runtime_bench::results::trial::{Phase, metric};
use runtime_bench_analysis::analysis::{comparisons_of, level};
use runtime_bench_analysis::stats::gate::{Stage, gate};
use runtime_bench_analysis::stats::{Verdict, compare, fewest_pairs};

use crate::jobs::{Cores, Job, Question};
use crate::store::Answer;

/// Number of runners of a usual table.
const RUNNERS: usize = 7;
/// Looks of the quick profile.
const LOOKS: usize = 4;

/// The level of a comparison in the table of the quick profile.
fn table_level() -> f64 {
    level(runtime_bench::catalog().entries().len(), comparisons_of(RUNNERS, 0), LOOKS)
}

/// Asks this harness.
pub(crate) struct Asker<'a> {
    one_core: ProcessExecutor<'a>,
    all_cores: ProcessExecutor<'a>,
    interrupt: &'a Interrupt,
}

impl<'a> Asker<'a> {
    pub(crate) fn new(cells: &Cells, interrupt: &'a Interrupt) -> Result<Self, Error> {
        let settings = |workers, core| Settings {
            workers,
            pool_threads: 64,
            seed: 1,
            limit: Duration::from_secs(60),
            core,
        };
        let program = Program::this()?;
        let route = |runner: &'static str| Route {
            runner: runner.to_owned(),
            program: program.path.clone(),
            args: program.args.clone(),
            worker_variable: None,
            variables: std::collections::BTreeMap::new(),
            settings: Vec::new(),
            workloads: cells.workload_names(runner),
            external: None,
        };
        let executor = |settings| {
            let routes = cells.runner_names().map(route).collect();
            ProcessExecutor::new(interrupt, settings).map(|new| new.with_routes(routes))
        };
        let core = allowed_cores().and_then(|cores| cores.last().copied());
        Ok(Self {
            one_core: executor(settings(1, core))?,
            all_cores: executor(settings(cores(), None))?,
            interrupt,
        })
    }

    pub(crate) fn ask(&self, job: &Job) -> Result<Answer, Error> {
        let budget = Duration::from_secs_f64(job.budget_s());
        let stages = match job.question {
            Question::Builds => self.builds(job, budget)?,
            Question::Runners | Question::Criterion => vec![self.runners(job, budget)?],
        };
        Ok(Answer { stages, ..Answer::default() })
    }

    /// As `ab` measures, with one executable on both sides.
    fn builds(&self, job: &Job, budget: Duration) -> Result<Vec<Stage>, Error> {
        let (trials, _) = self.trials(job);
        let sides = Sides { base: trials, head: trials, base_layouts: &[], head_layouts: &[] };
        let [always, in_turns] = sides.lists(|_, head| self.side(job, head));
        let effort = Effort {
            budget,
            seed: fastrand::u64(..),
            base_layouts: 0,
            workers: cores(),
            quiet: true,
        };
        let outcome = measure(vec![row(job, always, in_turns)], effort, self.interrupt);
        let built = outcome.rows.into_iter().next();
        let failure = built.as_ref().and_then(|row| row.failure.as_ref());
        checked(job, outcome.interrupted, failure.map(|failure| failure.message.as_str()))?;
        Ok(built.map(|row| row.stages).unwrap_or_default())
    }

    /// As a run measures: two cells, round by round.
    fn runners(&self, job: &Job, budget: Duration) -> Result<Stage, Error> {
        let always = vec![self.side(job, false), self.side(job, true)];
        let fewest = fewest_pairs(table_level());
        let rows = [row(job, always, Vec::new())];
        let measured = interleave::measure(
            &rows,
            cores(),
            budget,
            fewest,
            &mut Rng::new(),
            true,
            self.interrupt,
        );
        let found = measured.rows.into_iter().next().unwrap_or_default();
        let failure = found.failure.as_ref().map(|(_, message)| message.as_str());
        checked(job, measured.interrupted, failure)?;
        Ok(Stage { head: found.pairs(1, 0), ..Stage::default() })
    }

    fn trials(&self, job: &Job) -> (&ProcessExecutor<'a>, usize) {
        match job.cores {
            Cores::One => (&self.one_core, 1),
            Cores::All => (&self.all_cores, cores()),
        }
    }

    fn side(&self, job: &Job, head: bool) -> Side<'_> {
        let (trials, workers) = self.trials(job);
        let percent = if head { job.percent } else { 0 };
        Side { executor: trials, cell: job.work.cell(workers, percent, head) }
    }
}

fn row<'a>(job: &Job, always: Vec<Side<'a>>, in_turns: Vec<Side<'a>>) -> Row<'a> {
    Row {
        name: job.to_string(),
        phase: Phase::Warm,
        metric: metric::WALL.id.to_owned(),
        always,
        in_turns,
    }
}

/// A question with an incomplete answer is asked again when the study resumes.
fn checked(job: &Job, interrupted: bool, failure: Option<&str>) -> Result<(), Error> {
    match failure {
        Some(failure) => Err(Error::Failed(format!("{job}: {failure}"))),
        None if interrupted => {
            Err(Error::Interrupted("interrupted; the answers so far are saved".to_owned()))
        }
        None => Ok(()),
    }
}

/// The verdict of an answer, and its ratio.
pub(crate) fn word(job: &Job, answer: &Answer) -> (Verdict, Option<f64>) {
    match (job.question, answer.stages.as_slice()) {
        (Question::Criterion, _) => (answer.criterion.unwrap_or(Verdict::NotCompared), None),
        (Question::Builds, stages) => {
            let gated = gate(stages);
            (gated.verdict, gated.ratio)
        }
        (Question::Runners, stages) => {
            let pairs = stages.first().map_or(&[][..], |stage| &stage.head);
            let comparison = compare("base", pairs, table_level());
            (comparison.verdict, comparison.ratio)
        }
    }
}

/// Cores that a run would use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

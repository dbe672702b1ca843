//! Counted evidence of cells, collected in separate untimed trials.
//!
//! Each process is a pair of trials with the same input, a short and a long one, with a fixed number of
//! iterations and no warm-up; the input is made before both. A count per operation is the difference between the two
//! counts, divided by the difference in operations, so that startup and preparation do not count. `pass` defines the
//! kinds of evidence that are counted together; `subject` holds the counts of a cell so far.
//!
//! - `trace`: system calls, by ptrace (`no_trace`: for other platforms).
//! - `valgrind`: instructions, simulated.
//! - `perf`: counters of the kernel and the processor (`no_perf`: for other platforms).
//!
//! If a trial fails here, its evidence is missing; the measurement does not fail.

#[cfg_attr(not(target_os = "linux"), path = "no_perf.rs")]
mod perf;
#[cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))),
    path = "no_trace.rs"
)]
mod trace;

mod pass;
mod subject;
mod valgrind;

use std::time::{Duration, Instant};

use fastrand::Rng;
use runtime_bench_results::evidence::{Evidence, FEWEST_PROCESSES, Missing};
use runtime_bench_results::run::PlannedCell;

use crate::error::Error;
use crate::executor::Executor;
use crate::process::ProcessExecutor;
use pass::Pass;
use subject::Subject;

/// A run spends at most this long on trials of evidence, or a quarter of its measuring time.
const LONGEST: Duration = Duration::from_secs(60);
/// Factor by which the evidence trials of a run are shorter than those of a single comparison.
const SHORTER: u32 = 4;

/// Collects evidence of two cells, of one build or of two, from `processes` processes each, in random order.
/// `instructions` adds valgrind, with the fewest processes that show the variation.
///
/// # Errors
/// When a cell fails before anything is counted, or the collecting is interrupted.
pub fn collect(
    cells: [(&ProcessExecutor<'_>, &PlannedCell); 2],
    processes: usize,
    instructions: bool,
    say: &dyn Fn(&str),
) -> Result<[Evidence; 2], Error> {
    let [one, other] = cells;
    let mut subjects = [Subject::piloted(one.0, one.1)?, Subject::piloted(other.0, other.1)?];
    let longest = subjects[0].iteration.max(subjects[1].iteration);
    for subject in &mut subjects {
        subject.iteration = longest;
    }
    let mut rng = Rng::with_seed(one.0.settings.seed);
    let simulated = instructions.then_some((Pass::Instructions, FEWEST_PROCESSES));
    let passes = Pass::USUAL.into_iter().map(|pass| (pass, processes)).chain(simulated);
    for (pass, processes) in passes {
        say(&format!("counting {} of {processes} processes each", pass.what()));
        count(pass, pass.block(), processes, &mut subjects, &mut rng)?;
    }
    Ok(subjects.map(Subject::evidence))
}

/// Adds the evidence that needs separate trials to the evidence of a run, which holds the time of an
/// iteration of each cell. The cells of a comparison are adjacent. `progress` receives the completed share.
///
/// # Errors
/// When the collecting is interrupted.
pub(crate) fn complete(
    executor: &dyn Executor,
    cells: Vec<(&PlannedCell, Duration, Evidence)>,
    measured: Duration,
    seed: u64,
    progress: &mut dyn FnMut(&str, f64),
) -> Result<Vec<Evidence>, Error> {
    let mut subjects: Vec<Subject<'_>> = cells
        .into_iter()
        .map(|(cell, iteration, evidence)| Subject::of(executor, cell, iteration, evidence))
        .collect();
    let (start, limit) = (Instant::now(), LONGEST.max(measured / 4));
    let (mut done, all) = (0, subjects.len() * Pass::OF_RUN.len());
    let mut rng = Rng::with_seed(seed);
    for pass in Pass::OF_RUN {
        for group in subjects.chunk_by_mut(|a, b| a.cell.key.group() == b.cell.key.group()) {
            if start.elapsed() < limit {
                let counted = group.iter().find(|subject| subject.wants(pass));
                if let Some(subject) = counted.filter(|_| pass == Pass::OF_RUN[0]) {
                    subject.prepare()?;
                }
                // At the limit, the rest is left out.
                let of_limit = start.elapsed().as_secs_f64() / limit.as_secs_f64();
                progress(pass.what(), of_limit.max(done as f64 / all as f64));
                count(pass, pass.block() / SHORTER, FEWEST_PROCESSES, group, &mut rng)?;
            } else {
                let why =
                    format!("the time limit for evidence, {} s, was reached", limit.as_secs());
                let help = "`runtime-bench explain` counts one comparison".to_owned();
                let what = pass.what().to_owned();
                let missing = Missing { what, why, help: Some(help) };
                for subject in &mut *group {
                    subject.give_up(pass, missing.clone());
                }
            }
            done += group.len();
        }
    }
    Ok(subjects.into_iter().map(Subject::evidence).collect())
}

/// Counts one pass of cells, in long trials that would take `block` if nothing slowed them down.
fn count(
    pass: Pass,
    block: Duration,
    processes: usize,
    subjects: &mut [Subject<'_>],
    rng: &mut Rng,
) -> Result<(), Error> {
    for process in 0..processes {
        let mut order: Vec<&mut Subject<'_>> = subjects.iter_mut().collect();
        rng.shuffle(&mut order);
        for subject in order {
            subject.count(pass, block, process)?;
        }
    }
    // The last processes may not have had every event.
    for subject in subjects {
        subject.fill(pass, processes);
    }
    Ok(())
}

//! Measures how often verdicts are wrong and which differences are found. Compares identical code and
//! known differences, with this harness and with criterion, in the same time:
//!
//! ```text
//! scripts/aa-study            # about 10 minutes
//! scripts/aa-study --full     # about 75 minutes; can be stopped and resumed
//! ```
//!
//! - `jobs`: the questions, and how often each is asked.
//! - `work`: the measured work, and how to add to it.
//! - `counters`: counters that share a cache line or a lock.
//! - `ours`: the answer of this harness. `native`: that of criterion, from its own benchmark.
//! - `machine`: idle, or under load.
//! - `store`: the answers so far, one per line. `table`: a summary of them.

mod counters;
mod jobs;
mod machine;
mod native;
mod ours;
mod store;
mod table;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use runtime_bench::api::cells::{Cells, WorkloadVisitor};
use runtime_bench::harness::error::Error;
use runtime_bench::harness::process::LOAD;
use runtime_bench::harness::process::interrupt::Interrupt;
use runtime_bench::harness::program::TRIAL;
use runtime_bench::harness::registry::Registry;
use runtime_bench::workloads::concurrency::spawn_join::SpawnJoin;
use runtime_bench::workloads::cpu::cpu_batch::CpuBatch;
use runtime_bench::workloads::io::tcp_echo::TcpEcho;
use runtime_bench_tokio::MultiThread;

use counters::Counters;
use store::Store;

/// Measures how often verdicts are wrong: identical code against itself, and known differences.
#[derive(Debug, Parser)]
#[command(name = "aa-study", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    inner: Option<Inner>,
    #[command(flatten)]
    args: StudyArgs,
}

#[derive(Debug, Args)]
struct StudyArgs {
    /// Run for about 75 minutes instead of 10: enough runs of identical runners for a bound of 1%
    #[arg(long)]
    full: bool,
    /// Discard the answers of an earlier study instead of resuming it
    #[arg(long, conflicts_with = "table")]
    fresh: bool,
    /// Ask only the questions of this method
    #[arg(long, value_enum)]
    method: Option<jobs::Question>,
    /// Only print the table of the answers so far
    #[arg(long)]
    table: bool,
    /// Write the table between the marks `<!-- aa-study -->` and `<!-- end of aa-study -->` of a file
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// File of the answers [default: target/runtime-bench/aa-study/{quick,full}.jsonl]
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Passed by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Subcommand)]
enum Inner {
    /// A trial of this program
    #[command(name = TRIAL, hide = true)]
    Trial,
    /// The load generator of a trial
    #[command(name = LOAD, hide = true)]
    Load,
    /// One side of criterion's answer
    #[command(name = native::SIDE, hide = true)]
    Native(native::SideArgs),
    /// Load
    #[command(name = machine::SPIN, hide = true)]
    Spin,
}

fn main() -> ExitCode {
    let cells = Cells::default().with(MultiThread, |on| {
        on.visit(Counters);
        on.visit(CpuBatch);
        on.visit(SpawnJoin);
        on.visit(TcpEcho);
    });
    let cli = Cli::parse();
    let ended = match cli.inner {
        Some(Inner::Trial | Inner::Load) => {
            return runtime_bench::main(&Registry::default().with_cells(cells));
        }
        Some(Inner::Native(side)) => native::side(&cells, &side),
        Some(Inner::Spin) => machine::spin(),
        None => study(&cells, &cli.args),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
    }
}

fn study(cells: &Cells, args: &StudyArgs) -> Result<(), Error> {
    let size = if args.full { jobs::Size::Full } else { jobs::Size::Quick };
    let path = args.answers.clone().unwrap_or_else(|| {
        runtime_bench::commands::home().join(format!("aa-study/{}.jsonl", size.name()))
    });
    let mut store = Store::open(&path, args.fresh, !args.table)?;
    let jobs = jobs::all(size);
    if !args.table {
        let interrupt = Interrupt::install()?;
        let asked = |job: &&jobs::Job| args.method.is_none_or(|method| job.question == method);
        let ended = ask(cells, jobs.iter().filter(asked), &mut store, &interrupt);
        eprintln!("answers: {}", path.display());
        ended?;
    }
    let table = table::markdown(&store, &jobs, size);
    runtime_bench::commands::print(&table)?;
    args.write.as_ref().map_or(Ok(()), |file| table::write_into(file, &table))
}

/// Asks each of these questions that has no answer yet.
fn ask<'j>(
    cells: &Cells,
    jobs: impl Iterator<Item = &'j jobs::Job>,
    store: &mut Store,
    interrupt: &Interrupt,
) -> Result<(), Error> {
    let open: Vec<&jobs::Job> = jobs.filter(|job| !store.knows(job)).collect();
    let (mut left_s, all) = (open.iter().map(|job| job.cost_s()).sum::<f64>(), open.len());
    let asker = ours::Asker::new(cells, interrupt)?;
    let mut load = machine::Load::none();
    for (number, job) in open.into_iter().enumerate() {
        let cost_s = job.cost_s();
        eprintln!("{} of {all}, about {:.0} min left: {job}", number + 1, left_s / 60.0);
        load.become_like(job.machine, interrupt)?;
        let watch = machine::Watch::start();
        let mut answer = match job.question {
            jobs::Question::Criterion => native::ask(job, interrupt)?,
            jobs::Question::Runners | jobs::Question::Builds => asker.ask(job)?,
        };
        answer.foreign_cores = watch.foreign_cores();
        store.add(job, answer)?;
        left_s -= cost_s;
    }
    Ok(())
}

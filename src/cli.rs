//! The command line. The arguments of each command are in [`crate::commands`]; shared ones are here.

mod matrix;
mod values;

pub(crate) use matrix::setting_text;
pub use matrix::{EvidenceArgs, MatrixArgs, OutputArgs, ResumeArgs};
pub use values::Format;
pub(crate) use values::{
    MAX_SEED, POOL_THREADS, at_least_one, cores, duration, layouts, regex, seed,
};

use clap::{CommandFactory, Parser, Subcommand};
use runtime_bench_api::clock::SYSTEM;

use crate::commands;
use runtime_bench_api::load;
use runtime_bench_api::process::raise_open_files;
use runtime_bench_api::trial::serve;
use runtime_bench_harness::error::Error;
use runtime_bench_harness::external::adapter;
use runtime_bench_harness::process::LOAD;
use runtime_bench_harness::program::TRIAL;
use runtime_bench_harness::registry::Registry;

/// The name of the program.
const NAME: &str = "runtime-bench";

/// Measures the same verified workloads on tokio, async-std, smol, OS threads, a thread pool and rayon,
/// in random order, round by round.
#[derive(Debug, Parser)]
#[command(
    name = NAME,
    version,
    after_help = "Exit codes: 0 success; 1 a wrong output, a crash or a regression; 2 bad usage or \
                  could not run; 3 not trustworthy or inconclusive; 130 interrupted."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure, print a summary and write the report
    Bench(commands::bench::BenchArgs),
    /// List workloads, points and runners, and why some cells are n/a
    List(commands::list::ListArgs),
    /// Run one iteration of every cell and check its output, without measuring
    Verify(commands::verify::VerifyArgs),
    /// Render a report from results files
    Report(commands::report::ReportArgs),
    /// Find the runs at which a cell changed, across all results of a machine
    History(commands::history::HistoryArgs),
    /// Merge the results files of shards (`bench --shard I/N`) into one run
    Merge(commands::merge::MergeArgs),
    /// Check a runner in another language against the protocol, workload by workload
    CheckRunner(commands::check_runner::CheckRunnerArgs),
    /// Compare the runners of one results file, or two results files
    Compare(commands::compare::CompareArgs),
    /// Count what two runners do per operation, and say what explains their difference
    Explain(commands::explain::ExplainArgs),
    /// Export the figures of a results file for another tracker
    Export(commands::export::ExportArgs),
    /// Re-evaluate stored runs with the current rules
    Analyze(commands::analyze::AnalyzeArgs),
    /// Compare two builds of this harness, interleaved on this machine
    Ab(commands::ab::AbArgs),
    /// Link the trial programs in additional code layouts
    Layouts(commands::layouts::LayoutsArgs),
    /// Check whether this machine is quiet enough, and how small a difference it can detect
    Doctor(commands::doctor::DoctorArgs),
    /// Run a server workload for an external client such as wrk, oha or curl
    Serve(commands::serve::ServeArgs),
    /// Print a shell completion script
    Completions(commands::completions::CompletionsArgs),
    /// Print the manual page, or write one per command to a folder
    Man(commands::man::ManArgs),
    /// Serve one trial request from standard input (used by the harness to start trials)
    #[command(name = TRIAL, hide = true)]
    Trial,
    /// Load a server as requested on standard input (used by trials of servers)
    #[command(name = LOAD, hide = true)]
    Load,
}

impl Cli {
    /// The documented command line, without internal commands.
    pub fn documented() -> clap::Command {
        let whole = Self::command();
        let shown = whole.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
        let shown: Vec<clap::Command> = shown.collect();
        // clap cannot remove subcommands, so this builds a command without the hidden ones.
        clap::Command::new(NAME)
            .version(env!("CARGO_PKG_VERSION"))
            .about(whole.get_about().cloned().unwrap_or_default())
            .after_help(whole.get_after_help().cloned().unwrap_or_default())
            .subcommand_required(true)
            .subcommands(shown)
            // It would repeat every command.
            .disable_help_subcommand(true)
    }
}

/// The command line as typed: `program`, then the arguments of this process without the first `skipped`.
pub(crate) fn typed(program: &[&str], skipped: usize) -> Vec<String> {
    let program = program.iter().map(|word| (*word).to_owned());
    // File names may not be UTF-8; the stored command is only for people to read.
    let args = std::env::args_os().skip(skipped).map(|arg| arg.to_string_lossy().into_owned());
    let args: Vec<String> = args.filter(|arg| arg != "--bench").collect();
    // `cargo bench` without options does not need `--`.
    program.filter(|word| word != "--" || !args.is_empty()).chain(args.clone()).collect()
}

/// Serves one trial request of this program's own cells, or of an external runner.
fn trial(registry: &Registry) -> Result<(), Error> {
    serve(registry.cells(), &SYSTEM, |request| adapter::handle(registry, request, &SYSTEM))
        .map_err(|error| Error::CouldNotRun(format!("cannot reply to the harness: {error}")))
}

/// Parses the command line and runs the command.
///
/// # Errors
/// The error of the command.
pub fn run(registry: &Registry) -> Result<(), Error> {
    let cli = Cli::parse();
    if let Some(problem) = registry.problem() {
        return Err(Error::Usage(problem.to_owned()));
    }
    match cli.command {
        Command::Bench(args) => {
            commands::bench::run(registry, &args, typed(&[NAME], 1), |_| Ok(()))
        }
        Command::List(args) => commands::list::run(registry, &args),
        Command::Verify(args) => commands::verify::run(registry, &args),
        Command::Report(args) => commands::report::run(&args),
        Command::History(args) => commands::history::run(&args),
        Command::Merge(args) => commands::merge::run(&args),
        Command::CheckRunner(args) => commands::check_runner::run(registry, &args),
        Command::Ab(args) => commands::ab::run(&args),
        Command::Explain(args) => commands::explain::run(registry, &args, typed(&[NAME], 1)),
        Command::Analyze(args) => commands::analyze::run(&args),
        Command::Export(args) => commands::export::run(&args),
        Command::Compare(args) => commands::compare::run(&args),
        Command::Layouts(args) => commands::layouts::run(registry, &args),
        Command::Doctor(args) => commands::doctor::run(registry, &args, typed(&[NAME], 1)),
        Command::Serve(args) => commands::serve::run(registry, &args),
        Command::Completions(args) => commands::completions::run(&args, Cli::documented()),
        Command::Man(args) => commands::man::run(&args, Cli::documented()),
        Command::Trial => trial(registry),
        Command::Load => {
            // It exits when its input ends. A death signal would arrive when the thread that started it ends,
            // which may be before the trial ends.
            raise_open_files();
            load::run().map_err(Error::CouldNotRun)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_is_well_formed() {
        Cli::command().debug_assert();
        Cli::documented().debug_assert();
    }
}

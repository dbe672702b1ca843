//! `completions`: what makes a shell complete our command line.

use clap::Args;
use clap_complete::{Shell, generate};

use super::print;
use crate::cli::Cli;
use runtime_bench_harness::error::Error;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
///
/// # Errors
/// When the script cannot be printed.
pub fn run(args: &CompletionsArgs) -> Result<(), Error> {
    let (mut command, mut script) = (Cli::documented(), Vec::new());
    let name = command.get_name().to_owned();
    generate(args.shell, &mut command, &name, &mut script);
    print(&one_name(&String::from_utf8_lossy(&script), &name))
}

/// The script with one name for each command: for bash, `clap_complete` 4.6 writes two where the program's
/// name holds a hyphen, and no option of a command is completed (issue 6421 of clap).
fn one_name(script: &str, program: &str) -> String {
    script.replace(&program.replace('-', "__subcmd__"), &program.replace('-', "__"))
}

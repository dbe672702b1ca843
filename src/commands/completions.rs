//! `completions`: shell completion scripts.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::print;
use runtime_bench_harness::error::Error;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command: the script of `program`.
///
/// # Errors
/// When the script cannot be printed.
pub fn run(args: &CompletionsArgs, mut program: Command) -> Result<(), Error> {
    let mut script = Vec::new();
    let name = program.get_name().to_owned();
    generate(args.shell, &mut program, &name, &mut script);
    print(&one_name(&String::from_utf8_lossy(&script), &name))
}

/// Works around clap's issue 6421: for a program with a hyphen in its name, the bash script of
/// `clap_complete` 4.6 has two names per command, and options of subcommands are not completed.
fn one_name(script: &str, program: &str) -> String {
    script.replace(&program.replace('-', "__subcmd__"), &program.replace('-', "__"))
}

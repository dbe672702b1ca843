//! `man`: manual pages.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::{Man, generate_to};

use super::print;
use runtime_bench_harness::error::Error;

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write one page per command to this folder, such as `~/.local/share/man/man1`
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command: the pages of `program`.
///
/// # Errors
/// When a page cannot be written.
pub fn run(args: &ManArgs, program: Command) -> Result<(), Error> {
    match &args.out {
        Some(folder) => write(program, folder),
        None => print(&first_page(program)?),
    }
}

/// The page of the program, which refers to those of the commands.
fn first_page(program: Command) -> Result<String, Error> {
    let mut page = Vec::new();
    let rendered = Man::new(program).render(&mut page);
    rendered
        .map_err(|error| Error::CouldNotRun(format!("cannot render the manual page: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn write(program: Command, folder: &Path) -> Result<(), Error> {
    let written = fs::create_dir_all(folder).and_then(|()| generate_to(program, folder));
    written.map_err(|error| {
        Error::CouldNotRun(format!(
            "cannot write manual pages to {}: {error}\nhelp: choose another --out",
            folder.display()
        ))
    })
}

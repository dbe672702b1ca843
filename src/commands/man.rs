//! `man`: manual pages.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use clap_mangen::{Man, generate_to};

use super::print;
use crate::cli::Cli;
use runtime_bench_harness::error::Error;

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write one page per command to this folder, such as `~/.local/share/man/man1`
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When a page cannot be written.
pub fn run(args: &ManArgs) -> Result<(), Error> {
    match &args.out {
        Some(folder) => write(folder),
        None => print(&first_page()?),
    }
}

/// The page of the program, which refers to those of the commands.
fn first_page() -> Result<String, Error> {
    let mut page = Vec::new();
    let rendered = Man::new(Cli::documented()).render(&mut page);
    rendered
        .map_err(|error| Error::CouldNotRun(format!("cannot render the manual page: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn write(folder: &Path) -> Result<(), Error> {
    let pages = || generate_to(Cli::documented(), folder);
    let written = fs::create_dir_all(folder).and_then(|()| pages());
    written.map_err(|error| {
        Error::CouldNotRun(format!(
            "cannot write manual pages to {}: {error}\nhelp: choose another --out",
            folder.display()
        ))
    })
}

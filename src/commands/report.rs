//! `report`: the site of a results file.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::run::Run;
use runtime_bench_results::store;

use super::{home, print};
use crate::error::Error;

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Results file [default: the newest]
    #[arg(value_name = "RESULTS")]
    pub results: Option<PathBuf>,
    /// Folder of the site [default: target/runtime-bench/report]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When the results cannot be read or the site cannot be written.
pub fn run(args: &ReportArgs) -> Result<(), Error> {
    let results = home().join("results");
    let path = args.results.clone().or_else(|| newest(&results)).ok_or_else(|| {
        Error::Usage(format!(
            "there are no results yet in {}: run `cargo bench`, or name a results file",
            results.display()
        ))
    })?;
    let folder = args.out.clone().unwrap_or_else(|| home().join("report"));
    let index = write(&store::read(&path)?, &folder)?;
    print(&format!("{}\n", index.display()))
}

/// The newest run; of one that was killed, its lines.
fn newest(results: &Path) -> Option<PathBuf> {
    let modified = |path: &PathBuf| path.metadata().and_then(|found| found.modified()).ok();
    let files = fs::read_dir(results).ok()?.flatten().map(|entry| entry.path());
    let readable = |path: &PathBuf| {
        path.extension().is_some_and(|e| e == "json" || e == "jsonl") && path.is_file()
    };
    // Of the two files of a finished run, the document is the younger one.
    files.filter(readable).max_by_key(modified)
}

/// Writes the site; the path of its first page.
pub(super) fn write(run: &Run, folder: &Path) -> Result<PathBuf, Error> {
    Ok(write_site(std::slice::from_ref(run), folder, Options::default())?.index)
}

//! `report`: the site of a results file.

use std::path::{Path, PathBuf};

use runtime_bench_results::run::Run;
use runtime_bench_results::store;

use super::home;
use crate::cli::ReportArgs;
use crate::error::Error;

/// Runs the command.
///
/// # Errors
/// When the results cannot be read or the site cannot be written.
pub fn run(args: &ReportArgs) -> Result<(), Error> {
    let newest = home().join("results").join("latest.json");
    let path = args.results.as_deref().unwrap_or(&newest);
    if args.results.is_none() && !path.exists() {
        return Err(Error::Usage(format!(
            "there are no results yet ({} is missing): run `cargo bench`, or name a results file",
            path.display()
        )));
    }
    let folder = args.out.clone().unwrap_or_else(|| home().join("report"));
    println!("{}", write(&store::read(path)?, &folder)?.display());
    Ok(())
}

/// Writes the site; the path of its first page.
pub(super) fn write(run: &Run, folder: &Path) -> Result<PathBuf, Error> {
    Ok(runtime_bench_reports::write_site(run, folder)?.index)
}

//! `report`: the site of results files.

use std::path::{Path, PathBuf};

use clap::Args;
use runtime_bench_analysis::analysis::analyse;
use runtime_bench_reports::terminal::{self, Detail};
use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::store::{self, Gathered, StoreError};

use super::{home, print};
use runtime_bench_harness::error::Error;

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Results files, and folders of them [default: the newest]
    #[arg(value_name = "RESULTS")]
    pub results: Vec<PathBuf>,
    /// Folder of the site [default: target/runtime-bench/report]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// One page that holds everything
    #[arg(long)]
    pub single_file: bool,
    /// Address at which the folder will be published, for the preview picture of links to it
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Folder that keeps every run: these are added to it, and the report shows all that it holds
    #[arg(long, value_name = "DIR")]
    pub history: Option<PathBuf>,
    /// Print the summary of each run as well, as `bench` does
    #[arg(long)]
    pub summary: bool,
    /// The same with a table per comparison, with intervals and reasons
    #[arg(long)]
    pub verbose: bool,
    /// Open the report in a browser
    #[arg(long)]
    pub open: bool,
}

/// Runs the command.
///
/// # Errors
/// When results cannot be read, the site cannot be written, or nothing opens it. What could be read
/// is written all the same.
pub fn run(args: &ReportArgs) -> Result<(), Error> {
    let mut gathered = Gathered::default();
    if args.results.is_empty() {
        gathered.add(&newest()?);
    }
    for path in &args.results {
        gathered.add(path);
    }
    if let Some(history) = &args.history {
        add_history(&mut gathered, history)?;
    }
    if gathered.runs.is_empty() {
        return Err(unread(&gathered.problems, 0));
    }
    let folder = args.out.clone().unwrap_or_else(|| home().join("report"));
    let options = Options { single_file: args.single_file, url: args.url.as_deref() };
    let index = write_site(&gathered.runs, &folder, options).map_err(Error::report)?;
    if args.summary || args.verbose {
        for run in &gathered.runs {
            print(&terminal::text(run, &analyse(run), Detail::new(args.verbose)))?;
        }
    }
    print(&format!("{}\n", index.display()))?;
    if args.open {
        open(&index)?;
    }
    match gathered.problems.as_slice() {
        [] => Ok(()),
        problems => Err(unread(problems, gathered.runs.len())),
    }
}

fn newest() -> Result<PathBuf, Error> {
    let results = home().join("results");
    store::newest(&results).ok_or_else(|| {
        Error::Usage(format!(
            "there are no results yet in {}: run `cargo bench`, or name a results file",
            results.display()
        ))
    })
}

/// Adds the runs of a folder, and keeps in it those that were there before.
fn add_history(gathered: &mut Gathered, history: &Path) -> Result<(), Error> {
    let given = gathered.runs.len();
    // A history begins empty.
    if store::newest(history).is_some() {
        gathered.add(history);
    }
    for run in &gathered.runs[..given] {
        store::keep(run, history)?;
    }
    Ok(())
}

/// What could not be read, and how many runs are `shown` all the same.
pub(crate) fn unread(problems: &[StoreError], shown: usize) -> Error {
    let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    match shown {
        0 => {}
        1 => lines.push("the one run that could be read is shown".to_owned()),
        runs => lines.push(format!("the {runs} runs that could be read are shown")),
    }
    Error::CouldNotRun(lines.join("\n"))
}

fn open(index: &Path) -> Result<(), Error> {
    open::that_detached(index).map_err(|error| {
        Error::CouldNotRun(format!(
            "nothing opens {} ({error}): open it in a browser yourself",
            index.display()
        ))
    })
}

//! `report`: renders results files as a site.

use std::path::{Path, PathBuf};

use clap::Args;
use runtime_bench_reports::terminal::{self, Detail};
use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::store::{self, Gathered, StoreError};

use super::{home, print};
use runtime_bench_harness::error::Error;

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Results files or folders of them [default: the newest run]
    #[arg(value_name = "RESULTS")]
    pub results: Vec<PathBuf>,
    /// Folder of the site [default: target/runtime-bench/report]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write everything into one page
    #[arg(long)]
    pub single_file: bool,
    /// Address at which the folder will be published, for the preview picture of links to it
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Folder that keeps every run: add these runs to it, and report on all runs in it
    #[arg(long, value_name = "DIR")]
    pub history: Option<PathBuf>,
    /// Also print the summary of each run, as `bench` does
    #[arg(long)]
    pub summary: bool,
    /// Like --summary, but with a table per comparison, with intervals and reasons
    #[arg(long)]
    pub verbose: bool,
    /// Open the report in a browser
    #[arg(long)]
    pub open: bool,
}

/// Runs the command.
///
/// # Errors
/// When results cannot be read, the site cannot be written, or no browser opens it. Readable results
/// are written anyway.
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
    let site = write_site(&gathered.runs, &folder, options).map_err(Error::report)?;
    if args.summary || args.verbose {
        for (run, analysis) in gathered.runs.iter().zip(&site.analyses) {
            print(&terminal::text(run, analysis, Detail::new(args.verbose)))?;
        }
    }
    print(&format!("{}\n", site.index.display()))?;
    if args.open {
        open(&site.index)?;
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
            "no results yet in {}\nhelp: run `cargo bench`, or name a results file",
            results.display()
        ))
    })
}

/// Adds runs to a folder, and returns all runs in it.
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

/// The files that could not be read, and the number of runs `shown` anyway.
pub(crate) fn unread(problems: &[StoreError], shown: usize) -> Error {
    let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    match shown {
        0 => {}
        1 => lines.push("showing the one run that could be read".to_owned()),
        runs => lines.push(format!("showing the {runs} runs that could be read")),
    }
    Error::CouldNotRun(lines.join("\n"))
}

fn open(index: &Path) -> Result<(), Error> {
    open::that_detached(index).map_err(|error| {
        Error::CouldNotRun(format!(
            "cannot open {}: {error}\nhelp: open it in a browser yourself",
            index.display()
        ))
    })
}

//! Renders the site of results files: `cargo run -p runtime-bench-reports --example render -- DIR
//! RESULTS…`. It builds in seconds, without any runtime, for work on the pages.

use std::error::Error;
use std::ffi::OsString;
use std::path::Path;

use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::run::Run;
use runtime_bench_results::store;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let single_file = args.iter().any(|arg| arg == "--single-file");
    args.retain(|arg| arg != "--single-file");
    let (folder, results) = args.split_first().ok_or("which folder, and which results files?")?;
    let runs: Vec<Run> =
        results.iter().map(|path| store::read(Path::new(path))).collect::<Result<_, _>>()?;
    let site = write_site(&runs, Path::new(folder), Options { single_file, url: None })?;
    println!("{}", site.index.display());
    Ok(())
}

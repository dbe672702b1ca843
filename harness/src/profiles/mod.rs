//! Sampled stacks of two cells, from separate trials, drawn as flame graphs.
//!
//! `perf` takes the samples: it is the only sampler that sees the kernel, and it neither changes the trial
//! program nor runs inside it. (A sampler in the process, such as the pprof crate, must ignore samples in the
//! C library or may deadlock, and these include system calls and the allocator.) A separate program,
//! [`PROFILES`], draws the graphs, so that this one does not need a debug information reader or a drawing
//! library. If something fails here, the profile is missing; the measurement does not fail.

#[cfg_attr(not(target_os = "linux"), path = "no_perf.rs")]
mod perf;

mod missing;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use runtime_bench_analysis::explanation::Operations;
use runtime_bench_results::evidence::Missing;
use runtime_bench_results::listing::Route;
use runtime_bench_results::profile::{ProfileReply, ProfileRequest, Recording};
use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::trial::{BlockSize, Outcome, metric};

use crate::executor::{Executor, Trial};
use crate::process::interrupt::Interrupt;
use crate::process::{self, ProcessExecutor};
use crate::program::{PROFILES, this_program};
use crate::scratch::Scratch;
use missing::missing;
use perf::PerfSampler;

/// Sampling time of a trial.
const SAMPLED: Duration = Duration::from_millis(1_500);
/// Time limit for drawing, which takes seconds.
const DRAWING: Duration = Duration::from_secs(60);
/// The folder of builds with debug information, next to that of release builds.
const FOLDER: &str = "profiling";

/// One of the two compared cells.
pub struct Subject<'a> {
    /// The name of its graph: a runner, or a build.
    pub label: &'a str,
    /// The cell.
    pub cell: &'a PlannedCell,
    /// The program that runs its trials. With [`with_debug_info`], its graph has inlined functions.
    pub executor: &'a ProcessExecutor<'a>,
}

/// The graphs to draw, and their folder.
pub struct Drawing<'a> {
    /// Name of the comparison, for the titles of graphs.
    pub title: &'a str,
    /// The folder that gets the graphs. It is created if necessary.
    pub folder: &'a Path,
    /// Maximum number of lines of the text about them.
    pub lines: usize,
}

/// Samples the reference and the candidate, and draws a flame graph of each and one of their difference:
/// by function for two builds of a runner, by role in a runtime for two runners.
///
/// # Errors
/// The reason why there is no profile.
pub fn profile(
    subjects: [&Subject<'_>; 2],
    drawing: &Drawing<'_>,
    interrupt: &Interrupt,
) -> Result<ProfileReply, Missing> {
    let here = this_program().map_err(|error| missing(error.to_string(), None))?;
    let Some(program) = built(&here, PROFILES) else {
        let why = format!("program {PROFILES} not found beside {}", here.display());
        return Err(missing(why, Some(build_command(&[PROFILES]))));
    };
    let temporary = Scratch::new().map_err(|error| missing(error.summary(), None))?;
    let recording = |place: usize| {
        let folder = temporary.path().join(place.to_string());
        record(subjects[place], &folder)
    };
    let ((operation, reference), (_, candidate)) = (recording(0)?, recording(1)?);
    fs::create_dir_all(drawing.folder).map_err(|error| {
        missing(format!("cannot create {}: {error}", drawing.folder.display()), None)
    })?;
    let request = ProfileRequest {
        title: drawing.title.to_owned(),
        folder: drawing.folder.to_path_buf(),
        lines: drawing.lines,
        operation,
        recordings: [reference, candidate],
    };
    let request = serde_json::to_string(&request)
        .map_err(|error| missing(format!("a path is not UTF-8: {error}"), None))?;
    let output = process::output(Command::new(&program).arg(request), DRAWING, interrupt);
    match output {
        Ok((true, reply, _)) => serde_json::from_str(&reply).map_err(|error| {
            let why = format!("{PROFILES} is of another version: {error}");
            missing(why, Some(build_command(&[PROFILES])))
        }),
        Ok((false, _, why)) => Err(missing(why.trim(), None)),
        Err(why) => Err(missing(format!("{PROFILES} {why}"), None)),
    }
}

/// The same routes, with trial programs that have debug information, if these were built.
pub fn with_debug_info(routes: Vec<Route>) -> Vec<Route> {
    let with = |route: Route| Route {
        program: debug_info(&route.program).unwrap_or(route.program),
        ..route
    };
    routes.into_iter().map(with).collect()
}

/// How to build the trial programs of these runners that have no debug information yet.
pub fn without_debug_info(routes: &[Route], runners: &[&str]) -> Option<String> {
    let of_them = routes
        .iter()
        .filter(|route| runners.contains(&route.runner.as_str()) && route.args.is_empty());
    let lacking = of_them.filter(|route| debug_info(&route.program).is_none());
    let mut names: Vec<&str> =
        lacking.filter_map(|route| route.program.file_stem()?.to_str()).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| build_command(&names))
}

/// A trial program's build with debug information.
fn debug_info(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?.with_file_name(FOLDER);
    let path = folder.join(program.file_name()?);
    path.is_file().then_some(path)
}

/// A program next to `harness`, or in the folder of builds with debug information.
fn built(harness: &Path, name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    // Cargo puts bench targets into `deps`.
    let folders = harness.ancestors().skip(1).take(2);
    let mut places =
        folders.flat_map(|folder| [folder.to_path_buf(), folder.with_file_name(FOLDER)]);
    places.find_map(|folder| Some(folder.join(&file)).filter(|path| path.is_file()))
}

fn build_command(programs: &[&str]) -> String {
    let bins: Vec<String> = programs.iter().map(|name| format!(" --bin {name}")).collect();
    let drawing = if programs.contains(&PROFILES) { " -p runtime-bench-profiles" } else { "" };
    let trials =
        if programs.iter().any(|name| *name != PROFILES) { " -p runtime-bench" } else { "" };
    format!("cargo build --profile {FOLDER}{trials}{drawing}{}", bins.concat())
}

/// Records a cell: the operation that its CPU time refers to, and the recording.
fn record(subject: &Subject<'_>, folder: &Path) -> Result<(String, Recording), Missing> {
    let Subject { label, cell, executor } = subject;
    if executor.is_external(&cell.key) {
        let why = format!("{} is a child of the sampled process", cell.key.runner);
        return Err(missing(why, None));
    }
    fs::create_dir_all(folder)
        .map_err(|error| missing(format!("cannot create {}: {error}", folder.display()), None))?;
    let block = BlockSize::Nanoseconds(SAMPLED.as_nanos() as u64);
    let trial = Trial::outside_rounds(cell, block);
    let mut sampler = PerfSampler::new(folder);
    let finished = executor.watched(&trial, &mut sampler);
    let recorded = sampler.finish();
    let finished = finished.ok_or_else(|| missing("interrupted", None))?;
    let block = match finished.outcome {
        Outcome::Ok { block } => block,
        Outcome::Error { kind, message } => {
            return Err(missing(format!("a trial of {label} failed: {kind}: {message}"), None));
        }
    };
    let (process, data) = recorded?;
    let operations = Operations::of(&block);
    let times = [&metric::CPU_USER, &metric::CPU_SYSTEM].map(|def| block.metric(def.id));
    let times = times.map(|time| time.unwrap_or(0.0) / operations.per_iteration);
    let [user_ns, system_ns] = times;
    if !times.iter().all(|time| time.is_finite()) || user_ns + system_ns <= 0.0 {
        return Err(missing("this system does not report the CPU time of a trial", None));
    }
    let (label, runner) = ((*label).to_owned(), cell.key.runner.clone());
    Ok((operations.name, Recording { label, runner, data, process, user_ns, system_ns }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }

    fn route(runner: &str, program: PathBuf) -> Route {
        Route {
            runner: runner.to_owned(),
            program,
            args: Vec::new(),
            worker_variable: None,
            variables: std::collections::BTreeMap::new(),
            settings: Vec::new(),
            workloads: Vec::new(),
            external: None,
        }
    }

    #[test]
    fn builds_with_debug_info_replace_the_others() {
        let target = tempfile::tempdir().unwrap();
        let path = |name: &str| target.path().join(name);
        let routes =
            vec![route("a", path("release/program-a")), route("b", path("release/program-b"))];
        touch(&path("profiling/program-a"));
        let lacking = without_debug_info(&routes, &["a", "b"]).unwrap();
        assert!(lacking.ends_with("-p runtime-bench --bin program-b"), "{lacking}");
        assert_eq!(without_debug_info(&routes, &["a"]), None);
        let programs = with_debug_info(routes).into_iter().map(|route| route.program);
        assert_eq!(
            programs.collect::<Vec<_>>(),
            [path("profiling/program-a"), path("release/program-b")]
        );
    }

    #[test]
    fn drawing_program_is_found_beside_any_build() {
        let target = tempfile::tempdir().unwrap();
        let path = |name: &str| target.path().join(name);
        let found = || built(&path("release/deps/matrix-0"), PROFILES);
        assert_eq!(found(), None);
        let file = format!("{PROFILES}{}", env::consts::EXE_SUFFIX);
        touch(&path("profiling").join(&file));
        assert_eq!(found(), Some(path("profiling").join(&file)));
        touch(&path("release").join(&file));
        assert_eq!(found(), Some(path("release").join(&file)));
    }
}

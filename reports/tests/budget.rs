//! The size of a site, and the time and memory that it takes: `cargo test --release -p
//! runtime-bench-reports --test budget -- --nocapture`. Only sizes and memory are asserted.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::catalog::{Class, Kind};
use runtime_bench_results::key::Point;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Better;

mod fixtures;

use fixtures::{Cell, Workload, runner};

const RUNNERS: [&str; 9] = [
    "tokio",
    "tokio-rayon",
    "tokio-per-core",
    "async-std",
    "smol",
    "threads",
    "thread-pool",
    "rayon",
    "tokio-current-thread",
];
const KINDS: [Kind; 5] = [Kind::Io, Kind::Cpu, Kind::Concurrency, Kind::Memory, Kind::Pitfall];
const SAMPLES: u32 = 30;
/// Largest page of a site of 200 cells, bytes.
const PAGE: u64 = 150 * 1024;
/// Largest page of a site of 10 000 cells, bytes.
const LARGE_PAGE: u64 = 600 * 1024;
/// Peak memory for a site of 10 000 cells, including the run itself, MiB.
const MEMORY: u64 = 286;
/// Largest single file of 200 cells, bytes.
const SINGLE_FILE: u64 = 1024 * 1024;

/// A run of `workloads` × `points` × nine runners.
fn made_up(workloads: usize, points: usize) -> Run {
    let comparisons = (0..workloads * points).map(|number| {
        let name: &'static str = Box::leak(format!("made-up-{}", number / points).into_boxed_str());
        let kind = KINDS[number / points % KINDS.len()];
        let headline = ("makespan", "ns", Better::Lower, 4e5);
        let mut workload = Workload::new(name, kind, headline);
        workload.point = Point::new().with("tasks", 1 << (number % points), "");
        (workload.rounds, workload.noise) = (SAMPLES, 0.05);
        workload.cells = RUNNERS
            .into_iter()
            .enumerate()
            .map(|(place, runner)| {
                let cost = 1.0 + ((place * 7 + number) % 11) as f64 / 10.0;
                let never = place > 0 && (place + number).is_multiple_of(5);
                let cell = if never { Cell::Never("it has no timer") } else { Cell::Costs(cost) };
                (runner, cell)
            })
            .collect();
        workload
    });
    let class = |name: &str| {
        if name.ends_with("current-thread") { Class::SingleThread } else { Class::MultiThread }
    };
    let runners = RUNNERS.into_iter().map(|name| runner(name, class(name))).collect();
    let mut run = fixtures::run(runners, &comparisons.collect::<Vec<Workload>>());
    run.header.workloads.dedup_by(|a, b| a.name == b.name);
    run
}

/// The peak memory of this process, MiB; Linux only.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()? / 1024)
}

/// CPU time of this process so far, seconds; Linux only, where a tick is 10 ms.
fn cpu_s() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |field: usize| fields.get(field)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// Every file below a folder, the largest first.
fn sizes(folder: &Path) -> Vec<(u64, PathBuf)> {
    let mut sizes = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sizes.extend(self::sizes(&path));
        } else {
            sizes.push((entry.metadata().unwrap().len(), path));
        }
    }
    sizes.sort_by(|a, b| b.cmp(a));
    sizes
}

/// Renders a run, prints the time and memory that it took, and returns the size of the largest page.
fn render(what: &str, run: &Run, single_file: bool) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let (start, cpu) = (Instant::now(), cpu_s());
    write_site(std::slice::from_ref(run), folder.path(), Options { single_file, url: None })
        .unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let cpu = cpu_s().zip(cpu).map(|(after, before)| after - before);
    let sizes = sizes(folder.path());
    let all: u64 = sizes.iter().map(|(size, _)| size).sum();
    println!("{what}: {seconds:.2} s, CPU {cpu:.2?} s, {} files, {} KiB", sizes.len(), all / 1024);
    println!("  peak memory so far: {:?} MiB", peak_memory());
    for (size, path) in sizes.iter().take(6) {
        let name = path.strip_prefix(folder.path()).unwrap();
        println!("  {:>7} KiB  {}", size / 1024, name.display());
    }
    let pages = sizes.iter().filter(|(_, path)| path.extension().is_some_and(|end| end == "html"));
    pages.map(|(size, _)| *size).max().unwrap()
}

#[test]
fn a_site_of_200_cells_keeps_its_budget() {
    let run = made_up(22, 1);
    println!("made up: peak memory so far: {:?} MiB", peak_memory());
    let page = render("200 cells", &run, false);
    let single = render("200 cells, single file", &run, true);
    assert!(page <= PAGE, "the largest page has {} KiB", page / 1024);
    assert!(single <= SINGLE_FILE, "the single file has {} KiB", single / 1024);
}

#[test]
#[ignore = "takes long in a debug build: --include-ignored"]
fn a_site_of_10_000_cells_is_made() {
    let run = made_up(40, 28);
    println!("made up: peak memory so far: {:?} MiB", peak_memory());
    let page = render("10 000 cells", &run, false);
    assert!(page <= LARGE_PAGE, "the largest page has {} KiB", page / 1024);
    if let Some(peak) = peak_memory() {
        assert!(peak <= MEMORY, "{peak} MiB");
    }
}

//! The pages of a site, from synthetic runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use runtime_bench_analysis::analysis::analyze;
use runtime_bench_reports::{Options, ReportError, terminal, write_site};
use runtime_bench_results::catalog::Kind;
use runtime_bench_results::merge::merge;
use runtime_bench_results::noise::{NoiseWindow, Stall};
use runtime_bench_results::run::Run;
use runtime_bench_results::shard::Shard;
use runtime_bench_results::trial::{Better, Outcome};

mod fixtures;

use fixtures::{answered_run, edge_case_run, hostile_run, resumed_under_load, typical_run};

/// The pages of a site, by path.
type Pages = BTreeMap<String, String>;

/// The pages of a run; fails when rendering hangs.
fn pages(run: &Run, options: Options<'static>) -> Pages {
    let (send, receive) = std::sync::mpsc::channel();
    let run = run.clone();
    std::thread::spawn(move || {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("made/on/the/way");
        write_site(&[run], &folder, options).unwrap();
        let _ = send.send(html_files(&folder));
    });
    receive.recv_timeout(Duration::from_secs(60)).expect("the pages are rendered")
}

/// Every page below a folder.
fn html_files(folder: &Path) -> Pages {
    let mut pages = Pages::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(inside).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "html") {
                let name = entry.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                pages.insert(name, fs::read_to_string(entry).unwrap());
            }
        }
    }
    pages
}

/// The whole site as one text, page after page.
fn page(run: &Run) -> String {
    pages(run, Options::default()).into_values().collect()
}

/// The text between two markers, at their first occurrence.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap_or_else(|| panic!("no {from}")) + from.len();
    let length = text[start..].find(to).unwrap_or_else(|| panic!("no {to} after {from}"));
    &text[start..start + length]
}

#[test]
fn the_site_has_a_page_for_every_workload_and_runner_and_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let run = typical_run();
    let site = write_site(std::slice::from_ref(&run), folder.path(), Options::default()).unwrap();
    assert_eq!(site.index, folder.path().join("index.html"));
    let pages = html_files(folder.path());
    for name in ["index", "compare", "method", "data"] {
        assert!(pages.contains_key(&format!("{name}.html")), "{name}");
    }
    for info in &run.header.workloads {
        let compared = info.kind != Kind::Calibration;
        assert_eq!(pages.contains_key(&format!("w/{}.html", info.name)), compared, "{}", info.name);
    }
    for info in &run.header.runners {
        assert!(pages.contains_key(&format!("r/{}.html", info.name)), "{}", info.name);
    }
    for name in ["data.json", "schema.json", "data.csv", "summary.md", "preview.png"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
    let json = fs::read_to_string(folder.path().join("data.json")).unwrap();
    assert!(json.contains(&serde_json::to_string(&run).unwrap()), "the run as it is");
    let data: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(data["analysis"]["groups"].as_array().unwrap().len(), 7);
    let mut csv = csv::Reader::from_path(folder.path().join("data.csv")).unwrap();
    let rows = csv.records().map(Result::unwrap).filter(|row| &row[11] != "measured");
    for row in rows {
        assert!(!row[12].is_empty(), "{row:?} has no reason");
    }
    let schema = fs::read_to_string(folder.path().join("schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["properties"]["schema"]["const"], data["schema"]);
}

#[test]
fn suites_filter_the_table_and_stand_on_the_pages_of_their_workloads() {
    let mut run = typical_run();
    let pages_of = |run: &Run| pages(run, Options::default());
    let pages = pages_of(&run);
    let control = between(&pages["index.html"], "<select name=\"suite\">", "</select>");
    assert!(control.contains(">files</option>"), "{control}");
    assert!(!control.contains(">default</option>"), "it has all workloads: {control}");
    assert!(control.contains("data-rows=\"tcp-echo task-memory not in this run\""), "{control}");
    let suites = |page: &str| between(page, "class=\"suites\">", "</p>").to_owned();
    assert!(suites(&pages["w/tcp-echo.html"]).contains(">files<"));
    assert!(!suites(&pages["w/cpu-batch.html"]).contains(">files<"));
    run.header.suites.clear();
    let pages = pages_of(&run);
    assert!(!pages["index.html"].contains("<select name=\"suite\">"));
    assert!(!pages["w/tcp-echo.html"].contains("class=\"suites\""));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    for options in [Options::default(), Options { single_file: true, url: None }] {
        assert_eq!(pages(&typical_run(), options), pages(&typical_run(), options));
    }
}

#[test]
fn one_page_holds_every_workload_with_a_chart_and_every_runner() {
    let run = typical_run();
    let pages = pages(&run, Options { single_file: true, url: None });
    assert_eq!(pages.len(), 1);
    let page = &pages["index.html"];
    let workloads = run.header.workloads.iter().filter(|info| info.kind != Kind::Calibration);
    for info in workloads {
        assert!(page.contains(&format!("id=\"w-{}\"", info.name)), "{}", info.name);
    }
    assert_eq!(page.matches("<figure class=\"result\"").count(), 6);
    assert!(!page.contains(".html"), "it leads to no other page");
}

#[test]
fn every_cell_of_the_table_has_a_result_or_a_reason() {
    let run = typical_run();
    let page = page(&run);
    let table = between(&page, "<table class=\"matrix\">", "</table>");
    let list = between(&page, "<details class=\"reasons\"", "</details>");
    let reasons: Vec<&str> = list.split("<li>").skip(1).collect();
    let rows: Vec<&str> = table.split("<tr data-row").skip(1).collect();
    assert_eq!(rows.len(), 6, "six comparisons");
    let mut mentioned = vec![false; reasons.len()];
    for row in rows {
        let cells: Vec<&str> = row.split("<td").skip(1).collect();
        assert_eq!(cells.len(), 7, "seven runners");
        let whys = row.split_once("data-why=\"").map(|(_, rest)| rest.split('"').next().unwrap());
        let whys: Vec<&str> = whys.map_or(vec![""; 7], |whys| whys.split(',').collect());
        for (cell, why) in cells.iter().zip(whys) {
            let fails = cell.contains("class=\"ko\"");
            let empty = cell.contains("class=\"na\"") && !cell.contains("<svg");
            assert_eq!(empty, cell.contains("</i>–"), "{cell}");
            assert_eq!(empty || fails, !why.is_empty(), "{cell} has {why:?}");
            if let Ok(place) = why.parse::<usize>() {
                mentioned[place] = true;
            }
        }
    }
    assert!(mentioned.iter().all(|one| *one) && !reasons.is_empty(), "{reasons:?}");
    for row in analyze(&run).groups.iter().flat_map(|group| &group.rows) {
        let reason = row.status.reason().replace('<', "&lt;").replace('>', "&gt;");
        assert!(page.matches(reason.as_str()).count() >= 1, "{reason}");
    }
    assert!(page.contains("wrong output: 999 of 1000 &lt;echoed&gt;"));
}

#[test]
fn calibration_is_no_comparison() {
    let page = page(&typical_run());
    let table = between(&page, "<table class=\"matrix\">", "</table>");
    assert!(!table.contains("Nothing at all"));
    assert!(pages(&typical_run(), Options::default())["method.html"].contains("Nothing at all"));
}

/// The text of a runner's cell in the row of a workload.
fn words<'p>(page: &'p str, workload: &str, runner: &str) -> &'p str {
    let row = between(page, &format!(">{workload}</a>"), "</tr>");
    between(between(row, &format!("<i>{runner} </i>"), "</td>"), "<span>", "</span>")
}

#[test]
fn a_cell_states_the_result_in_words_and_the_runner_by_name() {
    let pages = pages(&typical_run(), Options::default());
    let index = &pages["index.html"];
    assert_eq!(words(index, "Many timers, gathered", "threads"), "12× slower");
    assert_eq!(words(index, "Many timers, gathered", "smol"), "58% slower");
    assert_eq!(words(index, "Independent CPU jobs", "async-std"), "same ±3%");
    // A cost of 0.7 is 43% smaller, for memory as for time.
    assert!(words(index, "Bytes per idle task", "smol").ends_with("% smaller"));
    assert!(index.contains("async-std</a> †"));
    let timer = &pages["w/timer-gather.html"];
    assert!(timer.contains("No runner is faster than tokio."), "{timer}");
    let cpu = between(index, "<span id=\"counts\">", "</span>");
    assert!(cpu.contains(" comparisons: ") && cpu.contains(" settled, "), "{cpu}");
}

#[test]
fn a_workload_page_leads_to_its_neighbors() {
    let pages = pages(&typical_run(), Options::default());
    let siblings = between(&pages["w/timer-gather.html"], "<nav class=\"siblings\"", "</nav>");
    for link in ["rel=\"prev\"", "rel=\"next\"", "Sensor streams"] {
        assert!(siblings.contains(link), "{link} in {siblings}");
    }
}

#[test]
fn ids_of_charts_come_from_the_cell_and_not_from_the_plan() {
    let mut run = typical_run();
    let page = |run: &Run| pages(run, Options::default())["w/spawn-join.html"].clone();
    let id = "id=\"c-spawn-join-tasks-1000-result\"";
    assert!(page(&run).contains(id));
    run.header.workloads.reverse();
    run.header.plan.cells.reverse();
    let last = run.header.plan.cells.len() - 1;
    run.trials.iter_mut().for_each(|trial| trial.cell = last - trial.cell);
    assert!(page(&run).contains(id));
}

#[test]
fn titles_name_the_machine_and_the_date() {
    for (name, page) in pages(&typical_run(), Options::default()) {
        let title = between(&page, "<title>", "</title>");
        assert!(title.ends_with("Made-up Processor 9000, 8 cores, 31 Jan 2026"), "{name}: {title}");
        assert!(page.contains("<meta property=\"og:title\"") && page.contains("rel=\"icon\""));
    }
}

#[test]
fn page_loads_nothing_external() {
    let page = page(&typical_run());
    assert!(page.contains("default-src 'none'"));
    for outside in ["http://", "https://", "src=", "url(", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn hostile_names_are_shown_harmlessly() {
    let page = page(&hostile_run(""));
    let pages = page.matches("</html>").count();
    assert_eq!(page.matches("<script").count(), pages + 1, "each has one, and the table its data");
    for bad in ["<script>alert", "<img", "<b>never", "\u{202e}", "\u{2066}", "\u{200f}", "<!--"] {
        assert!(!page.contains(bad), "{bad:?}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("\u{fffd}drawkcab"));
}

#[test]
fn non_finite_values_are_never_drawn() {
    for better in [Better::Lower, Better::Higher, Better::Neither] {
        let pages = pages(&edge_case_run(better), Options::default());
        for page in pages.values() {
            assert!(!page.contains("NaN") && !page.contains(">inf"), "{better:?}");
        }
        let ranked = better != Better::Neither;
        assert_eq!(pages["w/odd.html"].contains("not drawable"), ranked, "{better:?}");
    }
}

#[test]
fn a_check_passes_or_fails_and_is_never_ranked() {
    let run = answered_run();
    let pages = pages(&run, Options::default());
    let index = &pages["index.html"];
    assert_eq!(words(index, "deadlock", "smol"), "deadlocks until canceled");
    assert_eq!(words(index, "deadlock", "threads"), "fails");
    let row = between(index, ">deadlock</a>", "</tr>");
    assert!(!row.contains("<svg") && !row.contains("class=\"ab\""), "{row}");
    let page = between(&pages["w/deadlock.html"], "<main", "</main>");
    assert!(page.contains(", and fails on threads.") && !page.contains("faster"), "{page}");
    assert!(words(&pages["r/smol.html"], "deadlock", "smol").starts_with("deadlocks"));
    let line = |verbose| {
        let detail = terminal::Detail { verbose, columns: 100 };
        let text = terminal::text(&run, &analyze(&run), detail);
        let at = text.find("deadlock").expect("the terminal shows it");
        text[at..].to_owned()
    };
    assert!(line(false).lines().next().is_some_and(|line| line.matches("passes").count() == 4));
    assert!(line(true).contains("passes"));
    let folder = tempfile::tempdir().unwrap();
    write_site(&[run], folder.path(), Options::default()).unwrap();
    let summary = fs::read_to_string(folder.path().join("summary.md")).unwrap();
    let row = summary.lines().find(|line| line.starts_with("| deadlock")).unwrap();
    assert!(row.contains("| passes | passes | failed |"), "{row}");
}

#[test]
fn links_show_a_preview_picture_at_the_address_of_the_site() {
    let folder = tempfile::tempdir().unwrap();
    let image = |name: &str, url| {
        let options = Options { single_file: false, url };
        write_site(&[answered_run()], folder.path(), options).unwrap();
        let page = fs::read_to_string(folder.path().join(name)).unwrap();
        between(&page, "<meta property=\"og:image\" content=\"", "\"").to_owned()
    };
    assert_eq!(image("w/sort.html", None), "../preview.png");
    for url in ["https://example.org/a", "https://example.org/a/"] {
        assert_eq!(image("w/sort.html", Some(url)), "https://example.org/a/preview.png");
    }
    let picture = fs::read(folder.path().join("preview.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG") && picture.len() < 150_000, "{}", picture.len());
}

#[test]
fn empty_run_renders_a_page() {
    let empty = fixtures::run(Vec::new(), &[]);
    assert!(page(&empty).contains("This run compares nothing."));

    let mut unmeasured = typical_run();
    unmeasured.trials.clear();
    unmeasured.end = None;
    let text = page(&unmeasured);
    assert!(text.contains("No runner has a result"));
    assert!(text.contains("The run is incomplete"));
    assert!(text.contains("No A/A control was measured"));

    let mut undescribed = typical_run();
    undescribed.header.workloads.clear();
    undescribed.header.runners.clear();
    let text = page(&undescribed);
    assert!(text.contains("does not describe this workload"));
    assert!(text.contains("does not describe this runner"));

    let mut headless = typical_run();
    headless.header.workloads[0].headline = "nothing that was measured".into();
    assert!(page(&headless).contains("none reported the headline metric"));
}

#[test]
fn few_samples_give_no_interval_and_no_verdict() {
    let mut run = typical_run();
    run.trials.retain(|trial| trial.round == 1 || matches!(trial.outcome, Outcome::Error { .. }));
    let page = page(&run);
    assert!(page.contains("too few samples"));
    assert!(page.contains("No comparison: too few rounds"));
    assert!(page.contains("1 round only"));
}

#[test]
fn an_interrupted_run_says_so() {
    let mut run = typical_run();
    run.end.as_mut().unwrap().interrupted = true;
    assert!(page(&run).contains("The run was stopped before it was complete."));
}

#[test]
fn a_trial_outside_the_plan_is_an_error_in_a_sentence() {
    let mut run = typical_run();
    run.trials[0].cell = 10_000;
    let folder = tempfile::tempdir().unwrap();
    let error =
        write_site(std::slice::from_ref(&run), folder.path(), Options::default()).unwrap_err();
    assert!(matches!(error, ReportError::UnknownCell { cell: 10_000, .. }));
    assert!(error.to_string().contains("10000"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing half written");
}

#[test]
fn a_merged_run_lists_its_shards_and_marks_the_noise_of_each() {
    let whole = typical_run();
    let names: Vec<String> = whole.header.workloads.iter().map(|info| info.name.clone()).collect();
    let shard = |index: usize| {
        let mut own = whole.clone();
        let mine = |number: &usize| number % 2 + 1 == index;
        let workloads = (0..names.len()).filter(mine).map(|number| names[number].clone()).collect();
        let shard = Shard { index, of: 2, workloads };
        let cells = &whole.header.plan.cells;
        own.trials.retain(|trial| shard.measures(&cells[trial.cell].key.workload));
        own.header.id = format!("<own>-{index}");
        own.header.plan.shard = Some(shard);
        (index.to_string(), own)
    };
    let mut files = vec![shard(1), shard(2)];
    let (capacity, capacity_ideal) = (Some(1.3), Some(2.0));
    files[0].1.noise = vec![NoiseWindow { capacity, capacity_ideal, ..NoiseWindow::default() }];
    let own = page(&files[0].1);
    assert!(own.contains("shard 1 of 2"), "{own}");
    let merged = page(&merge(files, false, |run| analyze(run).noise).unwrap());
    let table = between(&merged, "aria-label=\"Shards\"", "</table>");
    for word in ["1 of 2", "2 of 2", "&lt;own&gt;-1", "&lt;own&gt;-2", &names[0], &names[1]] {
        assert!(table.contains(word), "no `{word}` in {table}");
    }
    assert!(merged.contains("<span>2 shards</span>"));
    assert!(merged.contains("Other programs used up to 0.7 of 2 cores in 3 of 7 workloads."));
}

#[test]
fn resumed_run_and_rising_load_are_reported() {
    let mut run = typical_run();
    let whole = page(&run);
    assert!(!whole.contains("resumed 1 time") && !whole.contains("Other programs used"));
    resumed_under_load(&mut run, "<b>then</b>");
    let told = page(&run);
    assert!(told.contains("The run was stopped and resumed 1 time, last on &lt;b&gt;then&lt;/b&gt;; partial rounds excluded: 1."));
    assert!(told.contains("Other programs used 1.2 cores from "), "{told}");
    let verbose = terminal::Detail { verbose: true, columns: 100 };
    let table = terminal::text(&run, &analyze(&run), verbose);
    assert!(table.contains("The run was stopped and resumed 1 time"), "{table}");
    assert!(
        table.contains("Other programs used 1.2 cores from second 6 on, 0.1 before"),
        "{table}"
    );
}

#[test]
fn busy_cores_and_dropped_samples_are_reported() {
    let mut run = typical_run();
    let quiet = page(&run);
    assert!(!quiet.contains("Other programs used") && !quiet.contains("machine stalls"));
    let (capacity, capacity_ideal) = (Some(1.3), Some(2.0));
    run.noise = vec![NoiseWindow { capacity, capacity_ideal, ..NoiseWindow::default() }];
    // The trials of a round begin at the second of its number.
    run.stalls = vec![Stall { at_s: 5.5, until_s: 6.001 }];
    let told = page(&run);
    assert!(told.contains("Other programs used up to 0.7 of 2 cores in 6 of 7 workloads."));
    let echo = between(&told, "Echo over TCP</h1>", "class=\"charts\"");
    assert!(
        echo.contains("Other programs used 0.7 of 2 cores, so multi-threaded runners"),
        "{echo}"
    );
    assert!(echo.contains("smol lost 1 sample"), "{echo}");
    let verbose = terminal::Detail { verbose: true, columns: 100 };
    let table = terminal::text(&run, &analyze(&run), verbose);
    assert!(table.contains("   other programs used 0.7 of 2 cores"), "{table}");
    assert!(table.contains("smol lost 1 sample"), "{table}");
}

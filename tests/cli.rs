//! The command line, through the real binary: everything that does not need measurements.

mod common;

use std::fs;
use std::process::Command;

use common::{Ended, command, run};
use serde_json::Value;
use tempfile::tempdir;

#[test]
fn verify_passes_for_every_cell_at_smoke_size() {
    let folder = tempdir().unwrap();
    let ended = run(folder.path(), &["verify", "--profile", "smoke"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains(" 0 failed"), "{}", ended.stdout);
    let verified = ended.stdout.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(verified >= 90, "{verified}");
}

#[test]
fn json_list_has_every_cell_and_reasons_for_na() {
    let folder = tempdir().unwrap();
    let ended = run(folder.path(), &["list", "--format", "json", "--points", "full"]);
    let list: Value = serde_json::from_str(&ended.stdout).unwrap();
    let count = |name: &str| list[name].as_array().unwrap().len();
    assert_eq!(count("workloads"), runtime_bench::catalog().entries().len());
    assert!(count("runners") >= runtime_bench::TRIAL_PROGRAMS.len());
    for cell in list["cells"].as_array().unwrap() {
        let reason = &cell["not_applicable"];
        assert!(reason.is_null() || reason.as_str().unwrap().len() > 20, "{cell}");
        assert!(cell["key"]["params"].is_array() && cell["name"].is_string(), "{cell}");
    }
    let runners = list["runners"].as_array().unwrap();
    assert!(runners.iter().any(|runner| runner["packages"]["tokio"].is_string()), "{runners:?}");
}

#[test]
fn text_list_shows_parameters_and_reasons() {
    let folder = tempdir().unwrap();
    let ended = run(folder.path(), &["list", "tcp-echo", "--workers", "2"]);
    assert!(ended.stdout.contains("tcp-echo/smol/connections=64,messages=10,size=64B\n"));
    assert!(ended.stdout.contains("n/a: 128 tasks wait at once, but the pool has 64 threads"));
}

#[test]
fn settings_are_listed_checked_and_verified_in_separate_rows() {
    let folder = tempdir().unwrap();
    let set = |setting: &'static str| ["--runners", "tokio,smol", "--setting", setting];
    let list = [&["list", "spawn-join"], &set("tokio.event-interval=16,31")[..]].concat();
    let listed = run(folder.path(), &list).stdout;
    for line in [
        "spawn-join/tokio/",
        "spawn-join/tokio[event-interval=16]/",
        "spawn-join/tokio[event-interval=31]/",
        "tokio.event-interval  1 to 1000000, default 61: ",
        "smol.max-blocking-threads  1 to 10000, default 500: ",
    ] {
        assert!(listed.contains(&format!("    {line}")), "no `{line}` in {listed}");
    }
    let verify = ["verify", "file-read/smol|echo-latency/tokio", "--profile", "smoke"];
    let more = ["--setting", "smol.max-blocking-threads=2"];
    let args = [&verify[..], &set("tokio.event-interval=16"), &more].concat();
    let ended = run(folder.path(), &args);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for row in ["echo-latency/tokio[event-interval=16]/", "file-read/smol[max-blocking-threads=2]/"]
    {
        assert!(ended.stdout.contains(&format!("ok      {row}")), "no {row} in {}", ended.stdout);
    }
    for (setting, words) in [
        ("tokio.event-intervall=16", ["no setting `event-intervall`", "`event-interval`?"]),
        ("tokio.event-interval=0", ["between 1 and 1000000", "not 0"]),
        ("rayon.stack-size=65536", ["rayon", "--runners tokio,smol"]),
    ] {
        let args = [&["list", "spawn-join"], &set(setting)[..]].concat();
        run(folder.path(), &args).fails_with(2, &words);
    }
}

#[cfg(not(feature = "tls"))]
#[test]
fn tls_names_the_feature_that_compiles_it() {
    let folder = tempdir().unwrap();
    for workload in ["http-server", "connect-churn", "idle-connections"] {
        let args = ["list", workload, "--param", "tls=on"];
        run(folder.path(), &args).fails_with(2, &["build with --features tls"]);
    }
}

#[cfg(feature = "tls")]
#[test]
fn servers_are_verified_over_tls() {
    let folder = tempdir().unwrap();
    let filter = "^(http-server|connect-churn|idle-connections)/";
    let args = ["verify", filter, "--profile", "smoke", "--param", "tls=on"];
    let ended = run(folder.path(), &args);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for runner in ["tokio", "async-std", "smol", "threads"] {
        for cell in [
            format!("connect-churn/{runner}/connections=4,at-once=2,tls=on "),
            format!(
                "http-server/{runner}/connections=2,requests=3,wait=0ms,client=runtime,tls=on "
            ),
            format!("idle-connections/{runner}/connections=4,tls=on "),
        ] {
            let ok = |line: &str| line.starts_with("ok") && line.contains(&cell);
            assert!(ended.stdout.lines().any(ok), "no {cell} in {}", ended.stdout);
        }
    }
    let unknown = ["list", "http-server", "--param", "tls=yes"];
    run(folder.path(), &unknown).fails_with(2, &["`tls` must be one of off, on"]);
}

#[cfg(not(feature = "mimalloc"))]
#[test]
fn allocator_option_requires_its_executable() {
    let folder = tempdir().unwrap();
    let args = ["list", "spawn-join", "--allocator", "mimalloc"];
    run(folder.path(), &args).fails_with(2, &["runtime-bench-mimalloc", "--features mimalloc"]);
}

#[cfg(feature = "mimalloc")]
#[test]
fn allocator_option_adds_separate_rows() {
    let folder = tempdir().unwrap();
    let args = ["verify", "spawn-join/tokio/", "--profile", "smoke", "--allocator", "mimalloc"];
    let ended = run(folder.path(), &args);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for row in ["spawn-join/tokio/tasks=20 ", "spawn-join/tokio/tasks=20,allocator=mimalloc "] {
        assert!(ended.stdout.contains(row), "no {row} in {}", ended.stdout);
    }
}

#[test]
fn calibrated_rates_are_the_same_for_all_runners() {
    let folder = tempdir().unwrap();
    let auto = ["--rate", "auto", "--param", "load=40"];
    let list = run(folder.path(), &[&["list", "echo-latency/smol"], &auto[..]].concat()).stdout;
    assert!(list.contains("echo-latency/smol/connections=16,load=40%,duration=110ms\n"), "{list}");
    let runners = ["verify", "echo-latency", "--runners", "tokio,smol", "--profile", "smoke"];
    let ended = run(folder.path(), &[&runners, &auto[..]].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let rate = |runner: &str| {
        let name = format!("ok      echo-latency/{runner}/connections=16,load=40%,rate=");
        let line = ended.stdout.lines().find_map(|line| line.strip_prefix(&name)).unwrap();
        line.split_once("messages/s").unwrap().0.parse::<u64>().unwrap()
    };
    assert!(rate("tokio") > 1 && rate("tokio") == rate("smol"), "{}", ended.stdout);
    let none = ["list", "spawn-join", "--rate", "auto"];
    run(folder.path(), &none).fails_with(2, &["a rate to calibrate"]);
}

#[test]
fn workers_parameter_applies_to_runners_with_workers() {
    let folder = tempdir().unwrap();
    let args = ["verify", "null|tcp-echo/t", "--profile", "smoke", "--param", "workers=1,2"];
    let ended = run(folder.path(), &args);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for line in ["ok      null/tokio/workers=1", "ok      null/thread-pool/workers=2"] {
        assert!(ended.stdout.contains(line), "no `{line}` in {}", ended.stdout);
    }
    for runner in ["threads", "tokio-current-thread"] {
        assert!(ended.stdout.contains(&format!("n/a     null/{runner}/workers=2: ")));
    }
    let echo = "n/a     tcp-echo/thread-pool/connections=2,messages=3,size=64B,workers=1: ";
    assert!(ended.stdout.contains(echo), "{}", ended.stdout);
    let none = ["list", "null", "--param", "workers=0"];
    run(folder.path(), &none).fails_with(2, &["`workers` must be between 1 and"]);
    let full = run(folder.path(), &["list", "cpu-batch/tokio/", "--points", "full"]).stdout;
    let all = run(folder.path(), &["list", "cpu-batch/tokio/", "--workers", "6"]).stdout;
    assert!(full.contains("workers=1\n") && !all.contains("workers="), "{full}{all}");
    let args = ["list", "cpu-batch/tokio/", "--points", "full", "--workers", "6"];
    let six = run(folder.path(), &args).stdout;
    assert!(["1", "2", "4", "6"].iter().all(|n| six.contains(&format!("workers={n}\n"))), "{six}");
}

#[test]
fn unknown_names_suggest_the_nearest() {
    let folder = tempdir().unwrap();
    let fails = |args: &[&str], words: &[&str]| run(folder.path(), args).fails_with(2, words);
    fails(&["list", "tcp-ecko"], &["no cell matches", "did you mean `tcp-echo`?"]);
    fails(&["bench", "--runners", "tokyo"], &["did you mean `tokio`?", "rayon"]);
    fails(&["bench", "--reference", "smoll"], &["did you mean `smol`?"]);
    fails(&["bench", "--profile", "quik"], &["quick"]);
    fails(&["bench", "--wrokers", "2"], &["--workers"]);
    fails(&["list", "["], &["regex"]);
    fails(&["bench", "--workers", "0"], &["at least 1"]);
    fails(&["bench", "--budget", "soon"], &["--budget"]);
    fails(&["doctor", "--budget", "2m"], &["between 1s and 60s"]);
    fails(&["bench", "--param", "conections=2"], &["did you mean `connections`?"]);
}

#[test]
fn sizes_beyond_the_machine_are_rejected_with_numbers() {
    let folder = tempdir().unwrap();
    let workers = run(folder.path(), &["bench", "--workers", "100000000"]);
    workers.fails_with(2, &["--workers 100000000 is too large", "allows"]);
    let tasks = ["bench", "spawn-join/tokio/", "--param", "tasks=100000000000"];
    run(folder.path(), &tasks).fails_with(2, &["`tasks` must be between 1 and 100000000"]);
    let tasks = ["bench", "spawn-join/tokio/", "--param", "tasks=100000000"];
    run(folder.path(), &tasks).fails_with(2, &["is too large", "MiB"]);
    let n = ["list", "fork-join", "--param", "n=18446744073709551615"];
    run(folder.path(), &n).fails_with(2, &["`n` must be between 1 and 50"]);
    assert!(!folder.path().join("target").exists());
}

#[test]
fn dry_run_prints_cost_and_measures_nothing() {
    let folder = tempdir().unwrap();
    let ended = run(folder.path(), &["bench", "--dry-run", "--seed", "7"]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.stdout.contains("to measure; seed 7"), "{}", ended.stdout);
    assert!(!folder.path().join("target").exists());
}

#[test]
fn full_stdout_is_an_error_and_closed_stdout_is_not() {
    use std::fs::OpenOptions;
    let folder = tempdir().unwrap();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command(folder.path()).arg("list").stdout(full).output().unwrap();
    Ended::of(output).fails_with(2, &["cannot write to standard output"]);
    let script = "\"$0\" list --points full --format json | head -c 1; echo ${PIPESTATUS[0]} >&2";
    let mut closed = Command::new("bash");
    closed.current_dir(folder.path()).args(["-c", script, env!("CARGO_BIN_EXE_runtime-bench")]);
    let ended = Ended::of(closed.output().unwrap());
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("{", "0\n"));
}

#[cfg(debug_assertions)]
#[test]
fn debug_build_refuses_to_measure() {
    let folder = tempdir().unwrap();
    run(folder.path(), &["bench"]).fails_with(2, &["debug build", "cargo bench"]);
    run(folder.path(), &["doctor"]).fails_with(2, &["debug build"]);
}

#[test]
fn report_rejects_missing_and_invalid_results() {
    let folder = tempdir().unwrap();
    let report = |text: &str| {
        fs::write(folder.path().join("results.json"), text).unwrap();
        run(folder.path(), &["report", "results.json", "--out", "site"])
    };
    run(folder.path(), &["report"]).fails_with(2, &["no results yet", "cargo bench"]);
    run(folder.path(), &["report", "gone.json"]).fails_with(2, &["gone.json", "cannot read"]);
    report("").fails_with(2, &["results.json: not a valid results file"]);
    report(r#"{"schema": "runtime-bench/results/99"}"#).fails_with(2, &["results/99", "version"]);
    assert!(!folder.path().join("site").exists());
}

#[test]
#[cfg(feature = "smol")]
fn trial_replies_once_per_request() {
    use std::io::Write;
    let folder = tempdir().unwrap();
    let ask = |request: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_runtime-bench-smol"))
            .current_dir(folder.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let request = &r#"{"request": "trial", "protocol": 2, "cell": {"workload": "spawn-join", "runner": "smol",
        "params": [{"name": "tasks", "value": 10}]}, "workers": 1, "pool_threads": 4,
        "phase": "warm", "block": {"iterations": 3}, "seed": 1, "scratch": "."}"#
        .replace('\n', " ");
    let reply = ask(request);
    assert_eq!((&reply["status"], &reply["block"]["iterations"]), (&"ok".into(), &3.into()));
    assert_eq!(reply["block"]["output"], "45");
    let refused = |request: &str| {
        let reply = ask(request);
        assert_eq!((&reply["status"], &reply["kind"]), (&"error".into(), &"protocol".into()));
        reply["message"].as_str().unwrap().to_owned()
    };
    assert!(refused(&request.replace("\"protocol\": 2", "\"protocol\": 3")).contains("protocol 3"));
    assert!(refused(&request.replace("smol", "nobody")).contains("nobody"));
    assert!(refused(&request.replace("tasks", "sizes")).contains("`tasks`"));
    assert!(refused("hello").contains("cannot read the request"));
}

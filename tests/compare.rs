//! `compare` through the real binary, on synthetic results files.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Ended, passes, run};
use runtime_bench_fixtures::{fail, upset_control};
use runtime_bench_results::run::{End, Run};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// A folder with `base.json` and `candidate.json`: three workloads on four runners.
fn folder(base: &Run, candidate: &Run) -> TempDir {
    let folder = tempdir().unwrap();
    put(folder.path(), "base.json", base);
    put(folder.path(), "candidate.json", candidate);
    folder
}

fn put(folder: &Path, name: &str, run: &Run) {
    fs::write(folder.join(name), serde_json::to_string(run).unwrap()).unwrap();
}

fn base() -> Run {
    runtime_bench_fixtures::run("base", 3, 1, |_, _| 1.0)
}

fn candidate() -> Run {
    runtime_bench_fixtures::run("candidate", 3, 2, |_, _| 1.0)
}

/// `w0` on smol costs 50% more.
fn slower() -> Run {
    runtime_bench_fixtures::run("candidate", 3, 2, |workload, runner| {
        if (workload, runner) == ("w0", "smol") { 1.5 } else { 1.0 }
    })
}

fn compare(folder: &Path, options: &[&str]) -> Ended {
    let mut args = vec!["compare", "base.json", "candidate.json"];
    args.extend(options);
    run(folder, &args)
}

#[test]
fn compare_passes_for_two_runs_of_the_same_code() {
    let folder = folder(&base(), &candidate());
    let ended = compare(folder.path(), &["--fail-on", "inconclusive"]);
    passes(&ended, &["12 rows: 12 tie", "pass: none of 12 rows is proven slower by more than 1%"]);
}

#[test]
fn compare_fails_on_regression_beyond_threshold() {
    let folder = folder(&base(), &slower());
    let failed = compare(folder.path(), &[]);
    failed.fails_with(1, &["1 of 12 rows", "slower by more than 1%", "w0/smol/n=1"]);
    let row = failed.stdout.lines().find(|line| line.starts_with("  w0/smol/n=1")).unwrap();
    assert!(row.contains("1.50×") && row.contains("slower, regression"), "{row}");
    let first = failed.stdout.lines().find(|line| line.contains("n=1")).unwrap();
    assert_eq!(first, row, "the worst comes first");
    passes(&compare(folder.path(), &["--threshold", "60%"]), &["slower, within the threshold"]);
    passes(&compare(folder.path(), &["--filter", "rayon"]), &["3 rows: 3 tie"]);
}

#[test]
fn undecidable_comparison_exits_with_3() {
    let (base, shifted) = (base(), runtime_bench_fixtures::run("candidate", 3, 2, |_, _| 1.3));
    let all = folder(&base, &shifted);
    compare(all.path(), &[]).fails_with(3, &["12 of 12 rows are inconclusive"]);
    assert!(compare(all.path(), &[]).stdout.contains("runtime-bench ab"));

    let mut head = candidate();
    head.trials.clear();
    let none = folder(&base, &head);
    compare(none.path(), &[]).fails_with(3, &["12 of 12 rows are inconclusive"]);
}

#[test]
fn runs_without_common_cells_exit_with_3() {
    let mut head = candidate();
    head.header.plan.workers = 1;
    let settings = folder(&base(), &head);
    let ended = compare(settings.path(), &[]);
    ended.fails_with(3, &["nothing to compare"]);
    assert!(
        ended.stdout.contains("--workers 2 → 1") && ended.stdout.contains("only in the base (12)")
    );
    let mut empty = base();
    (empty.trials, empty.header.plan.cells) = (Vec::new(), Vec::new());
    let empty = folder(&empty, &empty);
    compare(empty.path(), &[]).fails_with(3, &["nothing to compare"]);
}

#[test]
fn two_failed_controls_exit_with_3() {
    let mut head = slower();
    upset_control(&mut head, "w0", 1.5);
    upset_control(&mut head, "w1", 1.5);
    let folder = folder(&base(), &head);
    compare(folder.path(), &[]).fails_with(3, &["the A/A control failed in 2 comparisons"]);
    let alone = run(folder.path(), &["compare", "candidate.json"]);
    alone.fails_with(3, &["the A/A control failed in 2 comparisons"]);
}

#[test]
fn warnings_are_full_sentences() {
    let mut head = candidate();
    head.end = Some(End { interrupted: true, elapsed_s: 1.0, control: None, trusted: None });
    head.header.environment.rustc = "rustc 1.99".into();
    head.header.runners[0].packages.insert("tokio".into(), "1.1.0".into());
    head.header.plan.profile = "standard".into();
    let folder = folder(&base(), &head);
    passes(
        &compare(folder.path(), &[]),
        &[
            "warning: candidate.json was interrupted",
            "rustc 1.99",
            "tokio 1.0.0 → 1.1.0",
            "profile \"quick\" → \"standard\"",
        ],
    );
}

#[test]
fn runners_of_one_file_are_gated_only_on_request() {
    let folder = folder(&slower(), &base());
    let one = |options: &[&str]| run(folder.path(), &[&["compare", "base.json"], options].concat());
    passes(&one(&[]), &["9 rows: 1 slower, 8 tie", "Cost relative to tokio", "9 rows compared"]);
    passes(&one(&["--verbose"]), &["w0/n=1: smol vs tokio", "w2/n=1: smol vs tokio"]);
    passes(&one(&["--pairwise"]), &["18 rows: 1 slower, 15 tie, 2 faster"]);
    passes(&one(&["--reference", "smol"]), &["3 faster", "Cost relative to smol"]);
    one(&["--fail-on", "regression"]).fails_with(1, &["1 of 9 rows", "w0/n=1: smol vs tokio"]);
    passes(&one(&["--fail-on", "regression", "--filter", "^w1/"]), &["3 rows: 3 tie", "pass: "]);
}

#[test]
fn json_and_markdown_contain_the_whole_comparison() {
    let folder = folder(&base(), &slower());
    let json: Value =
        serde_json::from_str(&compare(folder.path(), &["--format", "json"]).stdout).unwrap();
    assert_eq!(json["schema"], "runtime-bench/comparison/1");
    assert_eq!((&json["outcome"], &json["fail_on"]), (&"regression".into(), &"regression".into()));
    assert_eq!(json["regressions"], serde_json::json!(["w0/smol/n=1"]));
    assert_eq!(json["rows"].as_array().unwrap().len(), 12);
    let row = &json["rows"][0];
    assert_eq!((&row["word"], &row["samples"]), (&"slower".into(), &serde_json::json!([40, 40])));
    assert!(row["interval"]["low"].as_f64().unwrap() > 1.4 && row["ratio"].is_f64(), "{row}");
    let markdown = compare(folder.path(), &["--format", "markdown"]);
    assert!(markdown.stdout.starts_with("**regression: 1 of 12 rows"), "{}", markdown.stdout);
    assert_eq!(markdown.stdout.lines().filter(|line| line.starts_with('|')).count(), 14);
}

/// Reads XML from standard input and prints the same counts as a CI server.
const COUNT: &str = "
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
count = lambda name: len(list(root.iter(name)))
print(root.tag, count('testsuite'), count('testcase'), count('failure'), count('skipped'))
print([skip.get('message') for skip in root.iter('failure')])
";

#[test]
fn junit_escapes_names() {
    let mut head = slower();
    fail(&mut head, "w1", "rayon", "<9> & \"10\"\u{1}\n]]>");
    let folder = folder(&base(), &head);
    let out = folder.path().join("deep/er/junit.xml");
    let ended = compare(folder.path(), &["--format", "junit", "--out", "deep/er/junit.xml"]);
    ended.fails_with(1, &["2 of 12 rows"]);
    assert_eq!(ended.stdout, "");
    let xml = fs::read_to_string(&out).unwrap();
    assert_eq!((xml.matches("<testcase ").count(), xml.matches("<failure ").count()), (12, 2));
    let Ok(output) = Command::new("python3").args(["-c", COUNT]).arg(&out).output() else {
        return; // Without python3, only the counts above are checked.
    };
    let parsed = Ended::of(output);
    assert_eq!(parsed.code, Some(0), "{parsed:?}");
    assert!(parsed.stdout.starts_with("testsuites 3 12 2 0\n"), "{parsed:?}");
    assert!(parsed.stdout.contains("<9> & \"10\"\u{fffd} ]]>"), "{parsed:?}");
}

#[test]
fn bad_usage_exits_with_2() {
    let folder = folder(&base(), &candidate());
    let fails = |args: &[&str], words: &[&str]| run(folder.path(), args).fails_with(2, words);
    let both = ["compare", "base.json", "candidate.json"];
    let with = |options: &[&'static str]| [&both[..], options].concat();
    fails(&["compare"], &["RESULTS"]);
    fails(&with(&["third.json"]), &["third.json"]);
    fails(&with(&["--pairwise"]), &["--pairwise"]);
    fails(&with(&["--reference", "smol"]), &["--reference"]);
    fails(&["compare", "base.json", "--pairwise", "--reference", "smol"], &["--reference"]);
    fails(&["compare", "base.json", "--reference", "smoll"], &["did you mean `smol`?", "rayon"]);
    fails(&with(&["--filter", "["]), &["regex"]);
    fails(&with(&["--filter", "w9/"]), &["no cell of the results matches `w9/`", "w0, w1, w2"]);
    fails(&with(&["--threshold", "0.03"]), &["0.03% or 3%"]);
    fails(&with(&["--threshold", "much"]), &["percentage"]);
    fails(&with(&["--format", "html"]), &["junit"]);
    fails(&with(&["--fail-on", "slower"]), &["regression"]);
    fails(&with(&["--out", "./base.json"]), &["one of the results files"]);
    fails(&with(&["--out", "base.json/inside"]), &["cannot write base.json/inside"]);
    assert!(fs::read_to_string(folder.path().join("base.json")).unwrap().starts_with('{'));
}

#[test]
fn compare_rejects_invalid_results_by_name() {
    let folder = folder(&base(), &candidate());
    let compared = |candidate: &str| {
        fs::write(folder.path().join("candidate.json"), candidate).unwrap();
        compare(folder.path(), &[])
    };
    compared("").fails_with(2, &["candidate.json: not a valid results file"]);
    let other = r#"{"schema": "runtime-bench/results/99"}"#;
    compared(other).fails_with(2, &["candidate.json", "results/99"]);
    fs::remove_file(folder.path().join("candidate.json")).unwrap();
    compare(folder.path(), &[]).fails_with(2, &["candidate.json", "cannot read"]);
}

#[test]
fn export_prints_or_writes_figures_and_names_what_cannot_be_exported() {
    let folder = folder(&base(), &candidate());
    put(folder.path(), "empty.json", &Run { trials: Vec::new(), ..base() });
    let export = |args: &[&str]| run(folder.path(), &[&["export"], args].concat());
    let printed = export(&["base.json", "--format", "openmetrics"]);
    assert_eq!((printed.code, printed.stderr.as_str()), (Some(0), ""), "{printed:?}");
    assert!(printed.stdout.ends_with("\n# EOF\n"), "{printed:?}");
    for format in ["github-action-benchmark", "bencher", "openmetrics", "csv"] {
        let out = format!("out/{format}");
        let written = export(&["base.json", "--format", format, "--out", &out]);
        assert_eq!((written.code, written.stdout.as_str()), (Some(0), ""), "{written:?}");
        assert!(!fs::read(folder.path().join(out)).unwrap().is_empty());
    }
    export(&["empty.json", "--format", "bencher"])
        .fails_with(2, &["cannot export empty.json: the run has no results", "help: "]);
    export(&["gone.json", "--format", "csv"]).fails_with(2, &["gone.json"]);
    export(&["empty.json", "--format", "xml"]).fails_with(2, &["openmetrics"]);
    let same = ["base.json", "--format", "csv", "--out", "base.json"];
    export(&same).fails_with(2, &["one of the results files"]);
}

//! Exports have the shapes that their readers document.

mod fixtures;

use std::collections::BTreeSet;

use fixtures::{hostile_run, typical_run};
use runtime_bench_analysis::analysis::analyze;
use runtime_bench_reports::Options;
use runtime_bench_reports::export::{Format, export};
use runtime_bench_results::run::Run;
use serde_json::Value;

fn exported(run: &Run, format: Format) -> String {
    export(run, &analyze(run), format).unwrap()
}

fn json(run: &Run, format: Format) -> Value {
    serde_json::from_str(&exported(run, format)).unwrap()
}

/// The readme of github-action-benchmark: `name`, `unit` and `value`, and optionally `range` and `extra`.
#[test]
fn github_action_benchmark_gets_named_values_where_lower_is_better() {
    for run in [typical_run(), hostile_run("}\n# EOF")] {
        let document = json(&run, Format::GithubActionBenchmark);
        let entries = document.as_array().unwrap();
        let mut names = BTreeSet::new();
        for entry in entries {
            for key in entry.as_object().unwrap().keys() {
                assert!(
                    ["name", "unit", "value", "range", "extra"].contains(&key.as_str()),
                    "{key}"
                );
            }
            assert!(entry["value"].is_number() && entry["unit"].is_string(), "{entry}");
            assert!(!entry["unit"].as_str().unwrap().ends_with("/s"), "{entry}");
            assert!(names.insert(entry["name"].as_str().unwrap()), "{entry} is there twice");
        }
    }
    let typical = json(&typical_run(), Format::GithubActionBenchmark);
    assert!(typical.as_array().unwrap().iter().any(|entry| entry["range"].is_string()));
}

/// The JSON Schema of Bencher Metric Format: name → measure → numbers, of which only `value` is required.
#[test]
fn bencher_gets_measures_with_the_ends_of_intervals() {
    for run in [typical_run(), hostile_run("}\n# EOF")] {
        let document = json(&run, Format::Bencher);
        let benchmarks = document.as_object().unwrap();
        let measures = benchmarks.values().flat_map(|benchmark| benchmark.as_object().unwrap());
        let mut intervals = 0;
        for (name, metric) in measures {
            assert!(!name.is_empty() && name.chars().count() <= 64, "{name}");
            let metric = metric.as_object().unwrap();
            assert!(metric.contains_key("value") && metric.values().all(Value::is_number));
            for key in metric.keys() {
                assert!(["value", "lower_value", "upper_value"].contains(&key.as_str()), "{key}");
            }
            intervals += usize::from(metric.contains_key("upper_value"));
        }
        assert!(intervals > 0);
    }
}

/// The `OpenMetrics` specification, 1.0: families are contiguous, below their metadata, and their names end in
/// their units.
#[test]
fn openmetrics_has_families_with_their_metadata() {
    for run in [typical_run(), hostile_run("}\n# EOF")] {
        let text = exported(&run, Format::OpenMetrics);
        let lines: Vec<&str> = text.strip_suffix("# EOF\n").unwrap().lines().collect();
        let (mut family, mut known, mut samples) =
            (String::new(), BTreeSet::new(), BTreeSet::new());
        for line in lines {
            if let Some(about) = line.strip_prefix("# ") {
                let (word, rest) = about.split_once(' ').unwrap();
                let (name, value) = rest.split_once(' ').unwrap();
                match word {
                    "TYPE" => {
                        assert!(known.insert(name.to_owned()), "{name} stands in two places");
                        assert!(["gauge", "info"].contains(&value), "{line}");
                        name.clone_into(&mut family);
                    }
                    "UNIT" => assert!(name.ends_with(&format!("_{value}")), "{line}"),
                    "HELP" => assert!(!value.is_empty(), "{line}"),
                    _ => panic!("{line}"),
                }
                assert_eq!(name, family, "{line}");
                continue;
            }
            let (name, rest) = line.split_once('{').unwrap();
            assert!(name == family || name == format!("{family}_info"), "{line}");
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            assert!(name.chars().all(plain), "{line}");
            let (labels, value) = rest.rsplit_once("} ").unwrap();
            assert!(value.parse::<f64>().unwrap().is_finite(), "{line}");
            assert!(samples.insert((name, labels)), "{line} is there twice");
        }
        assert!(samples.len() > 10);
    }
    let text = exported(&typical_run(), Format::OpenMetrics);
    assert!(text.contains("# UNIT runtime_bench_wall_seconds seconds\n"), "{text}");
    assert!(text.contains("\nruntime_bench_wall_high_seconds{workload="), "{text}");
}

#[test]
fn csv_is_the_table_of_the_report() {
    let (run, folder) = (typical_run(), tempfile::tempdir().unwrap());
    let runs = std::slice::from_ref(&run);
    runtime_bench_reports::write_site(runs, folder.path(), Options::default()).unwrap();
    let table = std::fs::read_to_string(folder.path().join("data.csv")).unwrap();
    assert_eq!(exported(&run, Format::Csv), table);
}

#[test]
fn run_without_results_is_an_error_that_says_what_to_do() {
    let run = Run { trials: Vec::new(), ..typical_run() };
    for format in [Format::GithubActionBenchmark, Format::Bencher, Format::OpenMetrics, Format::Csv]
    {
        let error = export(&run, &analyze(&run), format).unwrap_err().to_string();
        assert!(error.contains("no results") && error.contains("measure again"), "{error}");
    }
}

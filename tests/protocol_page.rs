//! The page of the runner protocol matches the code.

use std::collections::BTreeMap;
use std::fs;

use runtime_bench::api::clock::{SYSTEM, Timing};
use runtime_bench::api::load::Traffic;
use runtime_bench::api::workload::{Failure, PointSet, Setup};
use runtime_bench::harness::registry::Entry;
use runtime_bench::results::external::{Reply, Request};
use serde_json::Value;
use tempfile::tempdir;

fn page() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/runner-protocol.md")).unwrap()
}

/// The text in backquotes in a cell of a table.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Every workload of the table, and its output.
fn answers(page: &str) -> BTreeMap<String, Option<String>> {
    let (_, table) = page.split_once("## The workloads").unwrap();
    let tally = r#"{"sum":1,"ok":1,"errors":0,"panics":0,"strange":0}"#;
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let answer =
            quoted(cells[1]).first().map(|answer| answer.replace(":T", &format!(":{tally}")));
        let names = quoted(cells[0]).into_iter().map(str::to_owned);
        names.map(|name| (name, answer.clone())).collect::<Vec<_>>()
    })
    .collect()
}

fn setup(entry: &Entry, scratch: &std::path::Path) -> Setup {
    Setup {
        point: entry.points(PointSet::Smoke, 2).swap_remove(0),
        settings: runtime_bench::results::setting::Settings::default(),
        workers: 2,
        pool_threads: 64,
        seed: 1,
        scratch: scratch.to_path_buf(),
        traffic: Traffic::default(),
        clock: &SYSTEM,
    }
}

#[test]
fn protocol_page_lists_output_of_every_workload() {
    let (page, scratch) = (page(), tempdir().unwrap());
    let answers = answers(&page);
    let registry = runtime_bench::catalog();
    for entry in registry.entries() {
        let name = &entry.info.name;
        let answer = answers.get(name).unwrap_or_else(|| panic!("{name} is not in the table"));
        let setup = setup(entry, scratch.path());
        let spoken = entry.supports_external(&setup.point).is_ok() && !entry.serves();
        assert_eq!(answer.is_some(), spoken, "{name}");
        let Some(answer) = answer else { continue };
        let said: Value = serde_json::from_str(answer).unwrap_or_else(|e| panic!("{name}: {e}"));
        match entry.external_sample(&setup, vec![said], Timing::default()) {
            // The examples belong to other points.
            Ok(_) | Err(Failure::WrongOutput(_)) => {}
            Err(failure) => panic!("{name}: {failure}"),
        }
    }
    assert_eq!(answers.len(), registry.entries().len(), "the table has more than there is");
}

#[test]
fn protocol_page_examples_parse() {
    let page = page();
    let blocks = page.split("```json").skip(1).map(|rest| rest.split("```").next().unwrap());
    let (mut requests, mut replies) = (0, 0);
    for block in blocks {
        if serde_json::from_str::<Request>(block).is_ok() {
            requests += 1;
        } else {
            serde_json::from_str::<Reply>(block).unwrap_or_else(|error| panic!("{error}: {block}"));
            replies += 1;
        }
    }
    assert!(requests >= 2 && replies >= 4, "{requests} and {replies}");
}

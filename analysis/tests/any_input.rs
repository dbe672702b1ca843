//! Reading any file or output ends, with a message if it is invalid.

mod any;

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use runtime_bench_results::run::{Line, Run};
use serde_json::{Value, json};

/// Longer than reading such a small input takes, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Calls a function with an input; fails if it panics or does not end.
fn ends(check: fn(&[u8]), bytes: Vec<u8>) {
    let (done, ended) = channel();
    let work = thread::spawn(move || {
        check(&bytes);
        let _ = done.send(());
    });
    if ended.recv_timeout(LIMIT).is_err() {
        assert!(work.is_finished(), "it hangs");
        // Its message is printed already.
        assert!(work.join().is_ok(), "it panics");
    }
}

/// A small run with every kind of content.
fn run() -> Run {
    let mut run = runtime_bench_fixtures::run(
        "a",
        1,
        1,
        |_, runner| if runner == "smol" { 2.0 } else { 1.0 },
    );
    run.trials.truncate(25);
    run
}

/// A value of the wrong type.
fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!(-1)),
        Just(json!(0)),
        Just(json!(u32::MAX)),
        Just(json!(u64::MAX)),
        Just(json!(1e308)),
        Just(json!(-1e308)),
        Just(json!(5e-324)),
        Just(json!("")),
        Just(json!("wall")),
        Just(json!("\u{1b}[31m\u{202e}")),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[[[[]]]]])),
        Just(json!(true)),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,12}".prop_map(Value::from),
    ]
}

/// Every place in a document, as JSON Pointers.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{here}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{here}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// Replaces or removes the value at a place.
fn changed(document: &mut Value, place: &str, with: Option<Value>) {
    let (parent, name) = place.rsplit_once('/').unwrap_or(("", place));
    match (with, document.pointer_mut(place).is_some()) {
        (Some(with), true) => *document.pointer_mut(place).expect("it is there") = with,
        (None, true) => match document.pointer_mut(parent) {
            Some(Value::Object(members)) => drop(members.remove(name)),
            Some(Value::Array(items)) => drop(items.pop()),
            _ => {}
        },
        // An earlier change has taken it away.
        (_, false) => {}
    }
}

/// The run as lines.
fn lines(run: &Run) -> Vec<u8> {
    let header = Line::Header(Box::new(run.header.clone()));
    let trials = run.trials.iter().cloned().map(Line::Trial);
    let all = [header].into_iter().chain(trials).chain(run.end.map(Line::End));
    all.flat_map(|line| (serde_json::to_string(&line).unwrap() + "\n").into_bytes()).collect()
}

/// Bytes of a file, some of them removed, duplicated or changed.
fn partial_round(mut bytes: Vec<u8>, changes: &[(Index, Index, u8, u8)]) -> Vec<u8> {
    for (from, to, how, byte) in changes {
        if bytes.is_empty() {
            break;
        }
        let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
        let range = from.min(to)..from.max(to);
        match how % 4 {
            0 => bytes[from] = *byte,
            1 => drop(bytes.drain(range)),
            2 => bytes.truncate(from),
            _ => {
                let piece = bytes[range].to_vec();
                bytes.splice(from..from, piece);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_a_run_or_an_error(bytes in vec(any::<u8>(), 0..400)) {
        ends(any::results, bytes.clone());
        ends(any::trial, bytes.clone());
        ends(any::answer, bytes);
    }

    #[test]
    fn document_with_arbitrary_values_is_a_run_or_an_error(
        changes in vec((any::<Index>(), proptest::option::weighted(0.8, odd())), 1..4)
    ) {
        let mut document = serde_json::to_value(run()).unwrap();
        for (place, with) in changes {
            let mut all = Vec::new();
            places(&document, "", &mut all);
            changed(&mut document, &all[place.index(all.len())], with);
        }
        ends(any::results, document.to_string().into_bytes());
    }

    #[test]
    fn damaged_file_is_a_run_or_an_error(
        as_lines: bool, changes in vec((any::<Index>(), any::<Index>(), any::<u8>(), any::<u8>()), 1..4)
    ) {
        let run = run();
        let whole = if as_lines { lines(&run) } else { serde_json::to_vec(&run).unwrap() };
        ends(any::results, partial_round(whole, &changes));
    }

    #[test]
    fn reply_with_arbitrary_values_is_a_reply_or_an_error(
        changes in vec((any::<Index>(), proptest::option::weighted(0.8, odd())), 1..4), which in 0..3_usize
    ) {
        let sample = json!({ "wall_ns": 12.5, "cpu_ns": 3, "answer": [499_500] });
        let block = json!({ "iterations": 1, "warm_up_iterations": 0, "metrics": [
            { "name": "wall", "unit": "ns", "better": "lower", "value": 1.5 }
        ], "histogram": "HISTFAAA", "answer": "45", "phases": { "prepare_s": 0, "warm_up_s": 0, "measure_s": 0.1 } });
        let mut document = [
            json!({ "protocol": 1, "status": "ok", "block": block }),
            json!({ "protocol": 1, "status": "ok", "samples": [sample], "metrics": [] }),
            json!({ "protocol": 1, "status": "described", "cells": [null, "no"], "versions": {} }),
        ][which].clone();
        for (place, with) in changes {
            let mut all = Vec::new();
            places(&document, "", &mut all);
            changed(&mut document, &all[place.index(all.len())], with);
        }
        let line = document.to_string().into_bytes();
        ends(any::trial, line.clone());
        ends(any::answer, line);
    }
}

//! Checks that the JSON Schemas in `schema` and `results/schema` match the types.
//!
//! `RENEW=1 cargo test -p runtime-bench-analysis --features schema --test schema` updates them.

use std::env;
use std::fs;
use std::path::Path;

use runtime_bench_analysis::comparison::Judged;
use runtime_bench_analysis::explanation::ExplanationDocument;
use runtime_bench_analysis::history;
use runtime_bench_analysis::report::Report;
use runtime_bench_results::external;
use runtime_bench_results::listing::Listing;
use runtime_bench_results::run::{Line, Run};
use runtime_bench_results::trial::{TrialReply, TrialRequest};
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::Value;

const COMMAND: &str =
    "RENEW=1 cargo test -p runtime-bench-analysis --features schema --test schema";

/// Cleans up a schema for readers of files. Fields that older files lack are not required.
fn schema<T: JsonSchema>() -> String {
    let plain = RecursiveTransform(|schema: &mut Schema| {
        // `uint64` and the like are not formats of JSON Schema, and strict validators reject them.
        schema.remove("format");
        // Removes rustdoc links.
        if let Some(Value::String(text)) = schema.get_mut("description") {
            *text = text.replace("[`", "`").replace("`]", "`");
        }
    });
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let generator = settings.with_transform(plain).into_generator();
    let schema = generator.into_root_schema_for::<T>();
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

#[test]
fn schema_files_match_the_types() {
    let files = [
        ("results/schema/results", schema::<Run>()),
        ("results/schema/line", schema::<Line>()),
        ("analysis/schema/report", schema::<Report<'_>>()),
        ("analysis/schema/comparison", schema::<Judged>()),
        ("analysis/schema/history", schema::<history::Judged>()),
        ("analysis/schema/explanation", schema::<ExplanationDocument>()),
        ("results/schema/trial-request", schema::<TrialRequest>()),
        ("results/schema/trial-reply", schema::<TrialReply>()),
        ("results/schema/runner-request", schema::<external::Request>()),
        ("results/schema/runner-reply", schema::<external::Reply>()),
        ("results/schema/list", schema::<Listing>()),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut stale = Vec::new();
    for (name, schema) in files {
        let path = folder.join(format!("{name}.json"));
        if env::var_os("RENEW").is_some() {
            fs::write(&path, schema).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != schema {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "{} out of date; this renews them: {COMMAND}", stale.join(", "));
}

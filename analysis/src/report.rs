//! A run and its analysis as one document: the content of a report, for programs.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::analysis::Analysis;
use crate::explanation::CellExplanation;
use runtime_bench_results::run::Run;

/// Version of the document.
pub const SCHEMA: &str = "runtime-bench/report/1";

/// Bytes that are written at once.
const COLLECTED: usize = 64 * 1024;

/// The document's JSON Schema (draft 2020-12), as shipped with every report.
pub const JSON_SCHEMA: &str = include_str!("../schema/report.json");

/// A run and its analysis.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report<'a> {
    /// [`SCHEMA`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA)))]
    pub schema: &'a str,
    /// The run as it was measured; also in its results file.
    pub run: &'a Run,
    /// One row per cell with its figures and verdicts.
    pub analysis: &'a Analysis,
    /// Explanations of settled rows, from the evidence of the run.
    #[serde(default)]
    pub explanations: &'a [CellExplanation],
}

impl<'a> Report<'a> {
    /// The document of a run.
    pub fn new(run: &'a Run, analysis: &'a Analysis, explanations: &'a [CellExplanation]) -> Self {
        Self { schema: SCHEMA, run, analysis, explanations }
    }

    /// Writes it as a line of JSON. A report holds every trial, and this crate is optimized, unlike its callers:
    /// the many small writes of the encoder are collected here, too.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_to(&self, writer: &mut dyn Write) -> io::Result<()> {
        let mut writer = BufWriter::with_capacity(COLLECTED, writer);
        serde_json::to_writer(&mut writer, self)?;
        writer.write_all(b"\n")?;
        writer.flush()
    }
}

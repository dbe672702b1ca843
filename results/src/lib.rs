//! The contract between measuring and reporting.
//!
//! Data flows one way: workloads → runners → harness → **results file** → reports.
//! This crate is the results file: what is in it and what follows from it.
//!
//! - [`key`]: the name of a cell, `workload[/variant]/runner/params`, and its parameters.
//! - [`catalogue`]: how a workload and a runner describe themselves.
//! - [`claims`], [`glossary`]: what is said about concurrency, and its words.
//! - [`listing`]: what an executable of the harness can measure.
//! - [`trial`]: the protocol of one trial, a JSON request and a JSON reply.
//! - [`run`]: the schema of a run: header, plan, trial records.
//! - [`environment`]: the machine and the build that a run was made on.
//! - [`histogram`]: latencies as they travel.
//! - [`outside`]: the protocol of runners outside of this program.
//! - [`shard`]: a plan that several machines share.
//! - [`merge`]: the files of its shards → one run.
//! - [`noise`]: what went on beside the measuring.
//! - [`interruption`]: a run that was stopped or killed, and goes on later.
//! - [`store`]: writing a run line by line, closing it by rename, reading it back.
//! - [`stats`]: intervals, verdicts, fits and bounds, pure functions on samples.
//! - [`analysis`]: a run → one row per cell with its figures and verdicts, and what follows across
//!   cells.
//! - [`history`]: runs of one machine, and each cell over them.
//! - [`report`]: a run and its analysis as one document.
//! - [`comparison`]: runners of one run, two runs or two builds → a document of words, and a gate.

pub mod analysis;
pub mod catalogue;
pub mod claims;
pub mod comparison;
pub mod environment;
pub mod glossary;
pub mod histogram;
pub mod history;
pub mod interruption;
pub mod key;
pub mod listing;
pub mod merge;
pub mod metric;
pub mod noise;
pub mod outside;
pub mod report;
pub mod run;
pub mod shard;
pub mod stats;
pub mod store;
pub mod trial;

/// The example of the readme is tried.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

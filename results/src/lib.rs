//! The contract between measuring and reporting.
//!
//! Data flows one way: workloads → runners → harness → **results file** → analysis → reports.
//! This crate is the results file: plain data. `runtime-bench-analysis` computes the results.
//!
//! - [`key`]: the name of a cell, `workload[/variant]/runner/params`, and its parameters.
//! - [`catalog`]: the descriptions of workloads and runners.
//! - [`listing`]: the workloads, runners and cells of an executable.
//! - [`trial`]: the protocol of one trial, a JSON request and a JSON reply.
//! - [`program`]: other requests to a trial program, such as for its runners and cells.
//! - [`run`]: the schema of a run: header, plan, trial records.
//! - [`environment`]: the machine and the build of a run.
//! - [`evidence`]: counted events of a runner per operation.
//! - [`profile`]: requests to the program that draws profiles.
//! - [`histogram`]: latency histograms.
//! - [`external`]: the protocol of external runners.
//! - [`setting`]: settings of runners.
//! - [`shard`]: a plan that several machines share.
//! - [`merge`]: the files of its shards → one run.
//! - [`noise`]: background load and stalls during a run.
//! - [`interruption`], [`resumption`]: interrupted and resumed runs.
//! - [`store`]: writing a run line by line, closing it by rename, reading it back.
//! - [`differences`]: how the machines, builds and plans of two runs differ.

pub mod catalog;
pub mod differences;
pub mod environment;
pub mod evidence;
pub mod external;
pub mod histogram;
pub mod interruption;
pub mod key;
pub mod listing;
pub mod merge;
pub mod metric;
pub mod noise;
pub mod profile;
pub mod program;
pub mod resumption;
pub mod run;
pub mod sanitize;
pub mod setting;
pub mod shard;
pub mod store;
pub mod trial;

/// Tests the example in the readme.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

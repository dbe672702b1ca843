//! The contract between measuring and reporting.
//!
//! Data flows one way: workloads → runners → harness → **results file** → analysis → reports.
//! This crate is the results file: plain data. `runtime-bench-analysis` computes the results.
//!
//! - [`key`]: the name of a cell, `workload[/variant]/runner/params`, and its parameters.
//! - [`catalog`]: how a workload and a runner describe themselves.
//! - [`listing`]: what an executable of the harness can measure.
//! - [`trial`]: the protocol of one trial, a JSON request and a JSON reply.
//! - [`program`]: how a trial program describes its runners and cells.
//! - [`run`]: the schema of a run: header, plan, trial records.
//! - [`environment`]: the machine and the build of a run.
//! - [`evidence`]: what a runner does per operation, counted.
//! - [`profile`]: what the program that draws profiles is asked for.
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

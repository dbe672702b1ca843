//! The workloads.
//!
//! A workload is written once, against [`runtime_bench_api::runtime`], and compiled to native code for
//! every runner. This crate does not depend on any runtime.
//!
//! - [`io`], [`cpu`], [`concurrency`], [`memory`], [`pitfalls`], [`calibration`]: one file per workload.
//!
//! `runtime-bench-catalog` lists them. [`check`] is for tests of runners.

pub mod calibration;
pub mod check;
pub mod concurrency;
pub mod cpu;
pub mod io;
pub mod memory;
pub mod pitfalls;

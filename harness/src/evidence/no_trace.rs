//! Fallback for systems where system calls cannot be counted.

use std::collections::BTreeMap;

use runtime_bench_results::evidence::Missing;

use crate::process::watch::Watch;

/// Traces nothing.
#[derive(Default)]
pub(super) struct SyscallTracer;

impl SyscallTracer {
    /// # Errors
    /// Always: tracing is not implemented for this system.
    pub(super) fn calls(self) -> Result<BTreeMap<String, u64>, Missing> {
        Err(Missing {
            what: "system calls".to_owned(),
            why: "they are counted on Linux on x86-64 and aarch64 only".to_owned(),
            help: None,
        })
    }
}

impl Watch for SyscallTracer {
    fn started(&mut self, _: u32) {}

    fn ended(&mut self, _: u32) {}
}

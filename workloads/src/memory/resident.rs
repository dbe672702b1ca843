//! Resident memory of this process.

use std::io;

/// Resident memory in bytes, with page granularity.
///
/// `smaps_rollup` walks the page tables; the counters of `status` lag behind by up to 64 pages per thread.
#[cfg(target_os = "linux")]
pub(super) fn resident_memory() -> io::Result<u64> {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let kib = rollup.lines().find_map(|line| {
        line.strip_prefix("Rss:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()
    });
    kib.map(|kib| kib * 1_024).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Resident memory in bytes; not available on this platform.
#[cfg(not(target_os = "linux"))]
pub(super) fn resident_memory() -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}

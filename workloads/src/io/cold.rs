//! Files that must come from the disk: evicts them from the page cache and checks the bytes fetched.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use runtime_bench_api::workload::Unsupported;

/// Where the kernel counts the bytes that this process fetched from disk.
const COUNTERS: &str = "/proc/self/io";
/// Size of the file that probes the disk, in bytes.
const PROBE: usize = 64 * 1_024;

/// Rejects systems where files cannot be evicted from the page cache, or fetched bytes are not counted.
///
/// # Errors
/// With the reason.
pub(super) fn fits() -> Result<(), Unsupported> {
    static PROBED: OnceLock<Result<(), String>> = OnceLock::new();
    let probed = PROBED.get_or_init(|| {
        let folder = std::env::temp_dir();
        match probe(&folder) {
            Ok(fetched) if fetched >= PROBE as u64 => Ok(()),
            Ok(_) => Err(format!(
                "Files in {} stay in memory: set TMPDIR to a folder on a disk.",
                folder.display()
            )),
            Err(error) => {
                Err(format!("Cannot detect disk reads in {}: {error}.", folder.display()))
            }
        }
    });
    probed.clone().map_err(Unsupported::Family)
}

/// Bytes of a new file that the kernel fetched from the disk after the file was evicted.
fn probe(folder: &Path) -> io::Result<u64> {
    let path: PathBuf = folder.join(format!("runtime-bench-cold-{}", std::process::id()));
    let read_anew = || {
        fs::write(&path, vec![1; PROBE])?;
        evict(&path)?;
        let before = fetched()?;
        fs::read(&path)?;
        Ok(fetched()? - before)
    };
    let fetched = read_anew();
    // A leftover file does no harm.
    let _ = fs::remove_file(&path);
    fetched
}

/// Writes a file back to the disk and evicts it from the page cache.
///
/// # Errors
/// When it cannot be opened or written back, or the system does not support it.
pub(super) fn evict(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    file.sync_all()?;
    advise(&file)
}

#[cfg(target_os = "linux")]
fn advise(file: &File) -> io::Result<()> {
    use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
    Ok(posix_fadvise(file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?)
}

#[cfg(not(target_os = "linux"))]
fn advise(_: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Bytes that this process has fetched from disk so far.
///
/// # Errors
/// When the kernel does not count them.
pub(super) fn fetched() -> io::Result<u64> {
    let text = fs::read_to_string(COUNTERS)?;
    let count = text.lines().find_map(|line| line.strip_prefix("read_bytes: "));
    count
        .and_then(|count| count.trim().parse().ok())
        .ok_or_else(|| io::Error::other(format!("{COUNTERS} does not count bytes read from disk")))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn files_in_memory_are_distinguished_from_files_on_disk() {
        // Requires a tmpfs.
        if Path::new("/dev/shm").is_dir() {
            assert!(probe(Path::new("/dev/shm")).unwrap() < PROBE as u64);
        }
        let folder = tempfile::tempdir().unwrap();
        // Either the check passes and the whole file came from the disk, or there is a reason.
        match fits() {
            Ok(()) => assert!(probe(folder.path()).unwrap() >= PROBE as u64),
            Err(reason) => assert!(reason.to_string().contains("disk"), "{reason}"),
        }
    }
}

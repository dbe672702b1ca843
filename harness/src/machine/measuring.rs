//! Detects simultaneous measurements of one user on a machine.

use std::env;
#[cfg(unix)]
use std::fs;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Held while something is measured, until this is dropped or the process ends.
#[derive(Debug)]
pub struct Measuring {
    /// Shared with other measurements; `None` if the file system does not support locks.
    _lock: Option<File>,
    /// Whether another measurement of this user was running at the start.
    pub beside: bool,
}

impl Measuring {
    /// Begins a measurement.
    pub fn begin() -> Self {
        Self::at(&place())
    }

    fn at(path: &Path) -> Self {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        not_through_links(&mut options);
        // If it cannot be created, other measurements are unknown.
        let Ok(file) = options.open(path) else { return Self { _lock: None, beside: false } };
        // Exclusive only for a moment: a measurement that begins later must see all that are in progress.
        let beside = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
        let shared = file.try_lock_shared();
        Self { _lock: shared.is_ok().then_some(file), beside }
    }

    /// A warning if another measurement was running.
    pub fn warning(&self) -> Option<String> {
        self.beside.then(|| {
            "another measurement by this user was running on this machine, so both were disturbed"
                .to_owned()
        })
    }
}

/// A file that is specific to this user and machine: the runtime folder is both; users share the temporary
/// one.
fn place() -> PathBuf {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_dir());
    let folder = runtime.unwrap_or_else(env::temp_dir);
    folder.join(format!("runtime-bench-{}.lock", user()))
}

#[cfg(unix)]
fn user() -> String {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").map_or_else(|_| "user".to_owned(), |own| own.uid().to_string())
}

#[cfg(not(unix))]
fn user() -> String {
    "user".to_owned()
}

/// Another user could put a symbolic link there.
#[cfg(unix)]
fn not_through_links(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.custom_flags(nix::fcntl::OFlag::O_NOFOLLOW.bits());
}

#[cfg(not(unix))]
fn not_through_links(_: &mut OpenOptions) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_measurement_detects_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Measuring::at(&path);
        let second = Measuring::at(&path);
        assert_eq!((first.warning(), second.warning().is_some()), (None, true));
        drop(first);
        assert!(Measuring::at(&path).beside, "the second goes on");
        drop(second);
        assert!(!Measuring::at(&path).beside);
        assert!(!Measuring::at(&folder.path().join("no/folder")).beside);
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(!Measuring::at(&link).beside);
        assert!(!target.exists());
    }
}

//! Locks: one run at a time in a folder, and one writer of a `.jsonl`.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use super::{StoreError, harmless, io_error};

/// The file that a run keeps locked while it is in progress.
pub(super) const NAME: &str = ".lock";

/// Exclusive use of a folder, until this is dropped or the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    /// `None` if the file system does not support locks.
    _file: Option<File>,
}

impl Lock {
    /// Locks a folder.
    ///
    /// # Errors
    /// When another run has locked it, or the file cannot be created.
    pub(super) fn take(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(NAME);
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(io_error(&path, "create"))?;
        match file.try_lock() {
            Ok(()) => {
                // Only for the error message of another run; the lock does not need it.
                let _ = note(&mut file);
                Ok(Self { _file: Some(file) })
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.take(200).read_to_string(&mut holder);
                let holder = harmless(holder.trim());
                Err(StoreError::Busy { folder: folder.to_path_buf(), holder })
            }
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Self { _file: None })
            }
            Err(TryLockError::Error(error)) => Err(io_error(&path, "lock")(error)),
        }
    }
}

/// Locks a `.jsonl` for as long as it is open.
///
/// # Errors
/// When another process writes to it.
pub(super) fn claim(journal: &File, path: &Path) -> Result<(), StoreError> {
    match journal.try_lock() {
        // On other systems a lock keeps readers out.
        _ if !cfg!(unix) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
            Err(StoreError::Busy { folder, holder: format!("it writes to {}", path.display()) })
        }
        // If the file system does not support locks, other writers are unknown.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn note(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "process {}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::tempdir;

    #[test]
    fn folder_is_locked_until_released() {
        let folder = tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        let refused = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(lock);
        Lock::take(folder.path()).unwrap();
    }
}

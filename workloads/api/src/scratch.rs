//! Input files in the scratch folder of a run.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes a file atomically, because another process may read it at the same time.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = path.with_extension(format!("part{}", std::process::id()));
    File::create(&partial)?.write_all(bytes)?;
    fs::rename(partial, path)
}

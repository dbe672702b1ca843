//! Appends to the file of an interrupted run.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::lock::{self, Lock, claim};
use super::{RunWriter, StoreError, io_error, read};

impl RunWriter {
    /// Opens the file of an interrupted run for appending; [`Self::run`] is the run so far. An
    /// incomplete last line is removed.
    ///
    /// `path` is the `.jsonl`, or the document next to it. At the end, the run is written as the document
    /// next to its `.jsonl`, or as `out`; it replaces an earlier document of the same run.
    ///
    /// # Errors
    /// When the file is missing, cannot be read or written, another run is in progress in the folder,
    /// or another file exists at the path of the document.
    pub fn resume(path: &Path, out: Option<&Path>) -> Result<Self, StoreError> {
        let journal_path = lines_of(path)?;
        let folder = journal_path.parent().unwrap_or(Path::new("")).to_path_buf();
        let of_results = folder.join(lock::NAME).exists();
        let lock = if of_results { Some(Lock::take(&folder)?) } else { None };
        let mut run = read(&journal_path)?;
        let beside = || folder.join(format!("{}.json", run.header.id));
        let target = out.map_or_else(beside, Path::to_path_buf);
        let replaces = target.exists();
        if replaces && !read(&target).is_ok_and(|older| older.header.id == run.header.id) {
            return Err(StoreError::Exists(target));
        }
        let journal = OpenOptions::new().append(true).open(&journal_path);
        let journal = journal.map_err(io_error(&journal_path, "write"))?;
        claim(&journal, &journal_path)?;
        cut_torn_line(&journal_path, &journal)
            .map_err(io_error(&journal_path, "remove the incomplete last line of"))?;
        run.end = None;
        // A link that named the run, or the link in the folder of results.
        let named = fs::read_link(path).is_ok().then(|| path.to_path_buf());
        let latest = named.or_else(|| of_results.then(|| folder.join("latest.json")));
        Ok(Self {
            journal,
            journal_path,
            target,
            latest,
            run,
            replaces,
            _lock: lock,
            partial_round: false,
        })
    }
}

/// The `.jsonl` of a run, which may be named by its document.
fn lines_of(path: &Path) -> Result<PathBuf, StoreError> {
    // `latest.json` is a link to the document.
    let folder = path.parent().unwrap_or(Path::new(""));
    let path = fs::read_link(path).map_or_else(|_| path.to_path_buf(), |to| folder.join(to));
    fs::metadata(&path).map_err(io_error(&path, "read"))?;
    if path.extension().is_some_and(|ending| ending == "jsonl") {
        return Ok(path);
    }
    let run = read(&path)?;
    let lines = path.with_file_name(format!("{}.jsonl", run.header.id));
    if lines.is_file() { Ok(lines) } else { Err(StoreError::NoLines(path)) }
}

/// The last line may be incomplete if the process was killed while writing.
fn cut_torn_line(path: &Path, journal: &File) -> io::Result<()> {
    let text = fs::read(path)?;
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    if whole < text.len() { journal.set_len(whole as u64) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::header;
    use super::*;
    use crate::interruption::Break;
    use crate::noise::Stall;
    use crate::run::{End, Line, Run};
    use tempfile::tempdir;

    const END: End = End { interrupted: false, elapsed_s: 0.1, control: None, trusted: None };

    #[test]
    fn interrupted_run_is_appended_to() {
        let folder = tempdir().unwrap();
        let mut writer = RunWriter::create(folder.path(), None, header("run")).unwrap();
        let journal = writer.journal_path().to_path_buf();
        writer.append(Line::Stall(Stall { at_s: 0.1, until_s: 0.5 })).unwrap();
        let interrupted = End { interrupted: true, ..END };
        let (_, document) = writer.finish(interrupted).unwrap();
        let whole = fs::read_to_string(&journal).unwrap();
        fs::write(&journal, whole.clone() + "{\"line\":\"sta").unwrap();
        for named in [&journal, &document, &folder.path().join("latest.json")] {
            let mut writer = RunWriter::resume(named, None).unwrap();
            assert_eq!(
                fs::read_to_string(&journal).unwrap(),
                whole,
                "the partial_round line is gone"
            );
            assert_eq!((writer.run().stalls.len(), writer.run().end), (1, None));
            let broken = Break { trials: 0, resumed: String::new(), partial_round: None };
            writer.append(Line::Break(broken)).unwrap();
            assert_eq!(
                read(&document).unwrap().end,
                Some(interrupted),
                "until there is a better one"
            );
            let (run, path) = writer.finish(END).unwrap();
            assert_eq!((run.breaks.len(), run.end), (1, Some(END)));
            assert_eq!(path.canonicalize().unwrap(), document.canonicalize().unwrap());
            assert_eq!(read(&path).unwrap(), run);
            assert_eq!(read(&journal).unwrap(), run);
            fs::write(&journal, &whole).unwrap();
            fs::remove_file(&document).unwrap();
            let (run, _) = RunWriter::resume(&journal, None).unwrap().finish(interrupted).unwrap();
            assert_eq!(run.stalls.len(), 1);
            fs::write(&journal, &whole).unwrap();
        }
    }

    #[test]
    fn only_unlocked_line_files_are_resumed() {
        let folder = tempdir().unwrap();
        let alone = super::super::keep(&Run::new(header("alone")), folder.path()).unwrap();
        let error = RunWriter::resume(&alone, None).unwrap_err();
        assert!(matches!(error, StoreError::NoLines(_)), "{error}");
        let writer = RunWriter::create(folder.path(), None, header("run")).unwrap();
        let journal = writer.journal_path().to_path_buf();
        let error = RunWriter::resume(&journal, None).unwrap_err();
        assert!(matches!(error, StoreError::Busy { .. }), "{error}");
        drop(writer);
        let error = RunWriter::resume(&journal, Some(&alone)).unwrap_err();
        assert!(matches!(error, StoreError::Exists(_)), "{error}");
        RunWriter::resume(&journal, None).unwrap();
    }
}

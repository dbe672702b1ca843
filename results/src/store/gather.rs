//! Files and folders → runs, each once.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use super::{StoreError, io_error, read};
use crate::run::Run;

/// Endings of the names of results files.
const ENDINGS: [&str; 3] = ["json", "jsonl", "gz"];

/// Runs found in files and folders, each once.
///
/// The document of a run and its `.jsonl` are one run; the more complete of the two is used.
#[derive(Debug, Default)]
pub struct Gathered {
    /// In the order in which they were found.
    pub runs: Vec<Run>,
    /// The files that could not be read, a sentence each.
    pub problems: Vec<StoreError>,
    places: HashMap<String, usize>,
    /// `latest.json` is a link to a file that is read anyway.
    seen: BTreeSet<PathBuf>,
}

impl Gathered {
    /// Reads a file, or every `*.json`, `*.jsonl` and `*.gz` in a folder. Unreadable files are skipped and
    /// reported.
    pub fn add(&mut self, path: &Path) {
        let files = if path.is_dir() { inside(path) } else { Ok(vec![path.to_path_buf()]) };
        match files {
            Ok(files) => {
                for file in files {
                    self.add_file(&file);
                }
            }
            Err(problem) => self.problems.push(problem),
        }
    }

    /// All files that were opened.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.seen.iter().map(PathBuf::as_path)
    }

    fn add_file(&mut self, path: &Path) {
        if !self.seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())) {
            return;
        }
        match read(path) {
            Ok(run) => self.add_run(run),
            Err(problem) => self.problems.push(problem),
        }
    }

    fn add_run(&mut self, run: Run) {
        match self.places.get(&run.header.id) {
            Some(&place) if run.fullness() > self.runs[place].fullness() => self.runs[place] = run,
            Some(_) => {}
            None => {
                self.places.insert(run.header.id.clone(), self.runs.len());
                self.runs.push(run);
            }
        }
    }
}

/// The newest results file of a folder; for a run that was killed, its `.jsonl`.
pub fn newest(folder: &Path) -> Option<PathBuf> {
    let modified = |path: &PathBuf| path.metadata().and_then(|found| found.modified()).ok();
    // Of the two files of a finished run, the document is the newer one.
    inside(folder).ok()?.into_iter().max_by_key(modified)
}

/// The results files of a folder, by name.
fn inside(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = fs::read_dir(folder).map_err(io_error(folder, "read"))?;
    let named = |path: &PathBuf| {
        // Hidden files of systems and editors are skipped.
        let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        let ending = path.extension().unwrap_or_default();
        !hidden && ENDINGS.iter().any(|one| ending == *one)
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| named(path) && path.is_file())
        .collect();
    files.sort();
    if files.is_empty() { Err(StoreError::NoResults(folder.to_path_buf())) } else { Ok(files) }
}

#[cfg(test)]
mod tests {
    use super::super::{RunWriter, keep, tests::header};
    use super::*;
    use crate::run::{End, Run};
    use tempfile::tempdir;

    fn gather(paths: &[PathBuf]) -> Gathered {
        let mut gathered = Gathered::default();
        for path in paths {
            gathered.add(path);
        }
        gathered
    }

    fn ids(gathered: &Gathered) -> Vec<&str> {
        gathered.runs.iter().map(|run| run.header.id.as_str()).collect()
    }

    #[test]
    fn a_run_that_is_found_many_times_counts_once_and_whole() {
        let folder = tempdir().unwrap();
        let writer = RunWriter::create(folder.path(), None, header("one")).unwrap();
        let lines = writer.journal_path().to_path_buf();
        let unfinished = std::fs::read(&lines).unwrap();
        let (run, document) = writer.finish(End::default()).unwrap();
        keep(&run, folder.path()).unwrap();
        keep(&Run::new(header("two")), folder.path()).unwrap();
        std::fs::write(&lines, unfinished).unwrap();
        let all = [lines, document, folder.path().to_path_buf(), folder.path().to_path_buf()];
        let gathered = gather(&all);
        assert_eq!((ids(&gathered), gathered.problems.len()), (vec!["one", "two"], 0));
        assert!(gathered.runs[0].end.is_some(), "the document holds more than its lines did");
    }

    #[test]
    fn unreadable_files_are_reported_with_the_readable_ones() {
        let folder = tempdir().unwrap();
        let (results, empty) = (folder.path().join("results"), folder.path().join("empty"));
        for folder in [&results, &empty] {
            std::fs::create_dir(folder).unwrap();
        }
        keep(&Run::new(header("good")), &results).unwrap();
        std::fs::write(results.join("foreign.json"), "{\"name\": \"a package\"}").unwrap();
        std::fs::write(results.join("notes.txt"), "not looked at").unwrap();
        std::fs::write(results.join("._good.json.gz"), "hidden").unwrap();
        std::fs::create_dir(results.join("inside.json")).unwrap();
        let gathered = gather(&[folder.path().join("gone.json"), empty, results]);
        assert_eq!(ids(&gathered), ["good"]);
        let told: Vec<String> = gathered.problems.iter().map(ToString::to_string).collect();
        for (told, words) in told.iter().zip(["gone.json", "no results in", "foreign.json"]) {
            assert!(told.contains(words), "{told}");
        }
        assert_eq!(told.len(), 3, "{told:?}");
    }

    #[test]
    fn the_newest_of_a_folder_is_the_last_written() {
        let folder = tempdir().unwrap();
        assert_eq!(newest(&folder.path().join("gone")), None);
        assert_eq!(newest(folder.path()), None);
        for (id, seconds) in [("b", 9), ("a", 20), ("c", 10)] {
            let path = keep(&Run::new(header(id)), folder.path()).unwrap();
            let file = std::fs::File::options().write(true).open(path).unwrap();
            let moment = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            file.set_modified(moment).unwrap();
        }
        assert_eq!(newest(folder.path()), Some(folder.path().join("a.json.gz")));
    }
}

//! One results file → a run.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{StoreError, harmless, io_error};
use crate::run::{Line, OLD_SCHEMA, Run, SCHEMA};

/// Larger texts are rejected: the largest runs have some hundred megabytes, and a compressed file could
/// otherwise grow a thousandfold.
const MOST_TEXT: u64 = 1 << 30;

/// Texts with more values are also rejected: the largest runs have some twenty million, and a value of three
/// bytes of text can take a hundred bytes of memory.
const MOST_VALUES: usize = 32 << 20;

/// How a gzip stream begins (RFC 1952, §2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads a run from its document or from its `.jsonl`, both optionally compressed with gzip; an incomplete
/// last line is ignored.
///
/// # Errors
/// When the file cannot be read, has another schema version, or is damaged.
pub fn read(path: &Path) -> Result<Run, StoreError> {
    let file = File::open(path).map_err(io_error(path, "read"))?;
    read_from(BufReader::new(file), path)
}

/// The same from an open reader; errors name it `path`.
///
/// # Errors
/// As [`read`].
pub fn read_from(file: impl BufRead, path: &Path) -> Result<Run, StoreError> {
    let broken = |reason: String| StoreError::Broken { path: path.to_path_buf(), reason };
    let bytes = content(file, MOST_TEXT).map_err(|error| match error.kind() {
        // An error of the decoder about its input, not of the operating system.
        io::ErrorKind::InvalidInput
        | io::ErrorKind::InvalidData
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::FileTooLarge => broken(error.to_string()),
        _ => io_error(path, "read")(error),
    })?;
    check_values(&bytes, MOST_VALUES).map_err(broken)?;
    let text = String::from_utf8(bytes).map_err(|_| broken("not text".to_owned()))?;
    let found = schema(&text).map_err(broken)?;
    if found != SCHEMA && found != OLD_SCHEMA {
        return Err(StoreError::Schema { path: path.to_path_buf(), found });
    }
    let run =
        if text.trim_start().starts_with("{\"line\"") { lines(&text) } else { json(&text, 1) };
    run.and_then(cells_are_planned).map_err(broken)
}

/// The uncompressed content of a file.
fn content(mut file: impl BufRead, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file.fill_buf()?.starts_with(&GZIP) {
        let read = MultiGzDecoder::new(file).take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| io::Error::new(error.kind(), format!("as gzip: {error}")))?;
    } else {
        file.take(most + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > most {
        let reason = format!("larger than {} MiB", most >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
    }
    Ok(bytes)
}

/// Rejects a JSON text with more than `most` values: one follows each `,`, `[` and `{` outside strings.
fn check_values(text: &[u8], most: usize) -> Result<(), String> {
    let (mut count, mut in_string, mut escaped) = (1, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    if count > most { Err(format!("more than {most} values")) } else { Ok(()) }
}

/// Only the schema, which is read first, so that other versions are rejected by name.
fn schema(text: &str) -> Result<String, String> {
    #[derive(Deserialize)]
    #[serde(expecting = "an object with a `schema`")]
    struct Named {
        schema: String,
    }
    // The whole document, or the first of the lines.
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<Named>();
    let named = documents.next().transpose().map_err(|error| placed(&error, 1))?;
    named.map(|named| named.schema).ok_or_else(|| "empty".to_owned())
}

fn lines(text: &str) -> Result<Run, String> {
    let mut run: Option<Run> = None;
    let whole_lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    for (number, line) in whole_lines.enumerate() {
        match (&mut run, json(line, number + 1)?) {
            (None, Line::Header(header)) => run = Some(Run::new(*header)),
            (None, _) => return Err("the first line is not a header".to_owned()),
            (Some(run), line) => run.push(line),
        }
    }
    run.ok_or_else(|| "no header".to_owned())
}

/// Reads JSON that begins at a given line of its file.
fn json<T: DeserializeOwned>(text: &str, line: usize) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| placed(&error, line))
}

/// An error with its place in the file, for JSON that begins at a given line.
fn placed(error: &serde_json::Error, line: usize) -> String {
    let what = error.to_string();
    // It may quote the file.
    let what = harmless(what.rsplit_once(" at line ").map_or(what.as_str(), |(what, _)| what));
    let line = line + error.line().saturating_sub(1);
    match error.column() {
        // If a value was read completely, only its line is known.
        0 => format!("line {line}: {what}"),
        column => format!("line {line}, column {column}: {what}"),
    }
}

/// A trial of a cell outside the plan would later cause an index out of bounds.
fn cells_are_planned(run: Run) -> Result<Run, String> {
    let cells = run.header.plan.cells.len();
    match run.trials.iter().find(|trial| trial.cell >= cells) {
        Some(trial) => {
            Err(format!("a trial refers to cell {} of a plan with {cells} cells", trial.cell))
        }
        None => Ok(run),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{RunWriter, keep, tests::header};
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::fs;
    use std::io::Write;
    use tempfile::tempdir;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn compressed_files_are_recognized_by_content_not_name() {
        let folder = tempdir().unwrap();
        let writer = RunWriter::create(folder.path(), None, header("run")).unwrap();
        let lines = fs::read(writer.journal_path()).unwrap();
        let run = writer.run().clone();
        let document = fs::read(keep(&run, folder.path()).unwrap()).unwrap();
        assert!(document.starts_with(&GZIP));
        let twice = [gzip(&lines[..9]), gzip(&lines[9..])].concat();
        for (name, bytes) in
            [("a.gz", gzip(&lines)), ("b", document), ("c.json", twice), ("d.jsonl.gz", lines)]
        {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            assert_eq!(read(&path).unwrap(), run, "{name}");
        }
    }

    #[test]
    fn decompression_bombs_are_rejected() {
        let bomb = gzip(&vec![b' '; 3 << 20]);
        assert!(bomb.len() < 1 << 16);
        assert_eq!(content(bomb.as_slice(), 3 << 20).unwrap().len(), 3 << 20);
        let error = content(bomb.as_slice(), 2 << 20).unwrap_err();
        assert_eq!(error.to_string(), "larger than 2 MiB");
        assert!(content([b' '; 9].as_slice(), 8).is_err(), "compressed or not");
    }

    #[test]
    fn floods_of_tiny_values_are_rejected_before_they_are_parsed() {
        for (text, values) in
            [(r#"{"a": [1, 2], "b": {"c": "x,[{"}}"#, 6), (r#"["a\\", "b\",", 3]"#, 4), ("7", 1)]
        {
            assert_eq!(check_values(text.as_bytes(), values), Ok(()), "{text}");
            let error = check_values(text.as_bytes(), values - 1).unwrap_err();
            assert_eq!(error, format!("more than {} values", values - 1), "{text}");
        }
    }

    #[test]
    fn damaged_file_errors_name_the_place_and_the_remedy() {
        let folder = tempdir().unwrap();
        let lines = serde_json::to_string(&Line::Header(Box::new(header("run")))).unwrap();
        let partial_round = gzip(lines.as_bytes());
        let cases: [(&[u8], &str); 7] = [
            (b" \n", "(empty)"),
            (b"\xff\xfe", "(not text)"),
            (&partial_round[..partial_round.len() / 2], "(as gzip: "),
            (&[&partial_round[..], b"more"].concat(), "(as gzip: "),
            (b"{\n\"schema\": 1}", "(line 2, column 11: "),
            (b"{\"schema\": \"runtime-bench/results/1\"}", "missing field"),
            (&[lines.as_bytes(), b"\n{\"line\":\"trial\"}\n"].concat(), "(line 2: missing field"),
        ];
        for (bytes, words) in cases {
            let path = folder.path().join("a.json");
            fs::write(&path, bytes).unwrap();
            let error = read(&path).unwrap_err();
            assert!(matches!(error, StoreError::Broken { .. }), "{error}");
            let text = error.to_string();
            for word in ["a.json: not a valid results file", words, "name a `<run>.json`"] {
                assert!(text.contains(word), "no `{word}` in: {text}");
            }
            assert_eq!(text.matches(" at line ").count(), 0, "{text}");
        }
    }

    #[test]
    fn unknown_schema_is_named() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("newer.json");
        fs::write(&path, gzip(b"{\"schema\": \"runtime-bench/results/9\", \"later\": 1}")).unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(&error, StoreError::Schema { found, .. } if found.ends_with("/9")));
    }

    #[test]
    fn error_messages_escape_control_characters() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("odd.json");
        let escape = format!("\\u001b[31m\\n{}", "long ".repeat(999));
        let odd = header("run");
        let mut odd = serde_json::to_value(Run::new(odd)).unwrap();
        odd["trials"] = serde_json::json!("ESCAPE");
        let whole = odd.to_string().replace("ESCAPE", &escape);
        for text in [format!("{{\"schema\": \"{escape}\"}}"), whole, "null".to_owned()] {
            fs::write(&path, text).unwrap();
            let told = read(&path).unwrap_err().to_string().replace('\n', " ");
            assert!(!told.contains(char::is_control) && told.len() < 999, "{told}");
            assert!(!told.contains("Named"), "{told}");
        }
    }
}

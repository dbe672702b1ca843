//! The output of `perf script`: a header per sample, then a line per frame, the innermost first.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

/// A frame as perf reports it, without inlined functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawFrame {
    /// Its place in the object's file, not in memory; in the kernel, an address.
    pub(crate) offset: u64,
    /// The function, or `[unknown]`.
    pub(crate) symbol: String,
    /// Path of the executable or library; the kernel and its modules are in brackets.
    pub(crate) object: String,
}

/// Why samples cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// `perf` cannot be run.
    #[error("`perf script`: {0}")]
    Start(#[from] io::Error),
    /// It failed.
    #[error("`perf script` failed: {0}")]
    Failed(String),
}

/// The stacks of one process in a file that `perf record` wrote.
pub(crate) fn samples(data: &Path, process: u32) -> Result<Vec<Vec<RawFrame>>, ScriptError> {
    let mut command = Command::new("perf");
    command.arg("script").arg("-i").arg(data).arg(format!("--pid={process}"));
    // perf would start another program for each inlined frame.
    command.args(["--no-inline", "-F", "pid,ip,sym,dso"]).env("LC_ALL", "C");
    let mut perf =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (perf.stdout.take(), perf.stderr.take());
    // Both pipes are read at once, because each may fill up.
    let (samples, complaints) = std::thread::scope(|scope| {
        let complaints = scope.spawn(|| {
            let mut text = String::new();
            stderr.map(|mut pipe| pipe.read_to_string(&mut text));
            text
        });
        let samples = stdout.map_or_else(|| Ok(Vec::new()), |pipe| parse(BufReader::new(pipe)));
        (samples, complaints.join().unwrap_or_default())
    });
    let status = perf.wait()?;
    if !status.success() {
        let last = complaints.lines().map(str::trim).rfind(|line| !line.is_empty());
        return Err(ScriptError::Failed(last.unwrap_or("no reason given").to_owned()));
    }
    Ok(samples?)
}

fn parse(mut output: impl BufRead) -> io::Result<Vec<Vec<RawFrame>>> {
    let mut samples: Vec<Vec<RawFrame>> = Vec::new();
    let mut is_header = true;
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if text.is_empty() {
            is_header = true;
        } else if is_header {
            is_header = false;
            samples.push(Vec::new());
        } else if let (Some(frame), Some(sample)) = (frame(text), samples.last_mut()) {
            sample.push(frame);
        }
        line.clear();
    }
    samples.retain(|sample| !sample.is_empty());
    Ok(samples)
}

/// `14ff61 __libc_early_init (/usr/lib/libc.so.6)`; names may contain spaces and brackets.
fn frame(line: &str) -> Option<RawFrame> {
    let (offset, rest) = line.split_once(' ')?;
    // Of `name (/path)` and `name ([kernel])`.
    let at =
        [" (/", " (["].iter().find_map(|start| rest.rfind(start)).or_else(|| rest.rfind(" ("))?;
    let (symbol, object) = (&rest[..at], &rest[at + 2..]);
    Some(RawFrame {
        offset: u64::from_str_radix(offset, 16).ok()?,
        symbol: symbol.trim().to_owned(),
        object: object.strip_suffix(')')?.trim_end_matches(" (deleted)").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_have_their_frames_and_names_may_hold_spaces_and_brackets() {
        let text = "  123 \n\
            \tffffffff8226e639 _raw_spin_unlock ([kernel.kallsyms])\n\
            \t           d43b8 <a::B<(), u8> as c::D (x)>::e (/usr/lib/x (1)/libc.so.6)\n\
            \n  124 \n\n  125 \n\
            \t 10 [unknown] (/tmp/perf-1.map)\n";
        let samples = parse(text.as_bytes()).unwrap();
        assert_eq!(samples.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(samples[0][0].object, "[kernel.kallsyms]");
        let frame = RawFrame {
            offset: 0xd43b8,
            symbol: "<a::B<(), u8> as c::D (x)>::e".into(),
            object: "/usr/lib/x (1)/libc.so.6".into(),
        };
        assert_eq!(samples[0][1], frame);
    }

    #[test]
    fn damaged_lines_are_skipped() {
        let samples = parse(&b"1\n\tzz name (file)\n\t10\n\t20 \xff (file)\n"[..]).unwrap();
        assert_eq!(samples.len(), 1);
        assert_eq!(samples[0].len(), 1);
    }
}

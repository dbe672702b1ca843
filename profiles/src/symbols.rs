//! Addresses → functions, including those that the compiler inlined.

use std::collections::HashMap;
use std::fs::File;

use addr2line::Loader;
use object::read::ReadCache;
use object::{Object as _, ObjectSegment};

use crate::script::RawFrame;
use crate::stacks::Frame;

/// perf's name for an unknown function.
const UNKNOWN: &str = "[unknown]";

/// Looks up each address once.
#[derive(Default)]
pub(crate) struct Symbols {
    objects: HashMap<String, Option<Object>>,
    known: HashMap<(String, u64), Vec<Frame>>,
}

impl Symbols {
    /// The functions at a frame, the outermost first.
    pub(crate) fn frames(&mut self, frame: &RawFrame) -> Vec<Frame> {
        let key = (frame.object.clone(), frame.offset);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let frames = self.look_up(frame);
        self.known.insert(key, frames.clone());
        frames
    }

    fn look_up(&mut self, frame: &RawFrame) -> Vec<Frame> {
        if is_kernel(&frame.object) {
            return vec![Frame::kernel(&frame.symbol)];
        }
        let object =
            self.objects.entry(frame.object.clone()).or_insert_with_key(|path| Object::open(path));
        let functions = object.as_ref().map(|object| object.functions(frame.offset));
        let mut names = functions.unwrap_or_default();
        // The outermost function has its own symbol, with its path; debug information may lack the path.
        if names.is_empty() || frame.symbol != UNKNOWN {
            names.pop();
            names.push(frame.symbol.clone());
        }
        names.iter().rev().map(|name| Frame::of(&demangled(name))).collect()
    }
}

/// Whether an object is the kernel or a module of it.
fn is_kernel(object: &str) -> bool {
    let not_kernel = ["[vdso]", "[vsyscall]", "[heap]", "[stack]", "[unknown]"];
    object.starts_with('[') && !not_kernel.contains(&object)
}

fn demangled(name: &str) -> String {
    // Without hashes.
    format!("{:#}", rustc_demangle::demangle(name))
}

/// An executable or a library with debug information.
struct Object {
    loader: Loader,
    /// Place in the file, size and address of each part that is loaded.
    segments: Vec<(u64, u64, u64)>,
}

impl Object {
    /// `None` if it cannot be read.
    fn open(path: &str) -> Option<Self> {
        let cache = ReadCache::new(File::open(path).ok()?);
        let file = object::File::parse(&cache).ok()?;
        let segment = |segment: object::Segment<'_, '_, _>| {
            let (offset, size) = segment.file_range();
            (offset, size, segment.address())
        };
        let segments = file.segments().map(segment).collect();
        Some(Self { loader: Loader::new(path).ok()?, segments })
    }

    /// Names of the functions at a place of the file, the innermost first; empty without debug information.
    fn functions(&self, place: u64) -> Vec<String> {
        let mut segments = self.segments.iter();
        let segment = segments.find(|(offset, size, _)| (*offset..offset + size).contains(&place));
        let address = segment.map(|(offset, _, address)| place - offset + address);
        let frames = address.and_then(|address| self.loader.find_frames(address).ok());
        let mut names = Vec::new();
        if let Some(mut frames) = frames {
            while let Ok(Some(frame)) = frames.next() {
                let name = frame.function.as_ref().and_then(|function| function.raw_name().ok());
                names.extend(name.map(std::borrow::Cow::into_owned));
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::fs;

    use super::*;

    #[inline(never)]
    fn known(value: u64) -> u64 {
        value.rotate_left(3)
    }

    #[test]
    fn functions_of_this_program_are_found_by_their_place_in_its_file() {
        let path = env::current_exe().unwrap();
        let path = path.to_str().unwrap();
        // Its address in memory, less where the file is mapped.
        let address = known as fn(u64) -> u64 as usize as u64;
        assert_eq!(known(1), 8);
        let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let offset = maps.lines().filter(|line| line.ends_with(path)).find_map(|line| {
            let mut fields = line.split_whitespace();
            let (start, end) = fields.next()?.split_once('-')?;
            let start = u64::from_str_radix(start, 16).ok()?;
            let end = u64::from_str_radix(end, 16).ok()?;
            let offset = u64::from_str_radix(fields.nth(1)?, 16).ok()?;
            (start..end).contains(&address).then(|| address - start + offset)
        });
        let Some(offset) = offset else {
            eprintln!("skipped: this system does not say where programs are mapped");
            return;
        };
        let names = Object::open(path).unwrap().functions(offset);
        assert!(names.iter().any(|name| name.contains("known")), "{names:?}");
        let frame = RawFrame { offset, symbol: "a::known".into(), object: path.into() };
        assert_eq!(Symbols::default().frames(&frame), [Frame::of("a::known")]);
    }

    #[test]
    fn symbol_of_perf_is_used_where_the_file_says_nothing() {
        let frame = |symbol: &str, object: &str| RawFrame {
            offset: 16,
            symbol: symbol.into(),
            object: object.into(),
        };
        let mut symbols = Symbols::default();
        let legacy = "_ZN5tokio7runtime4park4park17h0123456789abcdefE";
        let frames = symbols.frames(&frame(legacy, "/missing"));
        assert_eq!(frames, [Frame::of("tokio::runtime::park::park")]);
        let kernel = symbols.frames(&frame("do_futex", "[kernel.kallsyms]"));
        assert_eq!(kernel, [Frame::kernel("do_futex")]);
        assert_eq!(symbols.frames(&frame("clock_gettime", "[vdso]")), [Frame::of("clock_gettime")]);
    }
}

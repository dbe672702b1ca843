//! Text that fits a width.

use runtime_bench_analysis::format::clipped;
use runtime_bench_results::catalog::Class;

/// The marks of external and single-threaded runners.
pub(super) fn class_mark(class: Option<Class>) -> &'static str {
    match class {
        Some(Class::SingleThread) => "¹",
        Some(Class::Reference) => "‡",
        Some(Class::MultiThread) | None => "",
    }
}

/// The text in lines of at most `width` characters, broken at spaces.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(clipped(word, width)),
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

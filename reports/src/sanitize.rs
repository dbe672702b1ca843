//! Text without control characters.

pub use runtime_bench_results::sanitize::{is_control, sanitize};

/// The visible part of a text, on one line.
pub(crate) fn single_line(text: &str) -> String {
    let line: String =
        text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).collect();
    sanitize(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(sanitize("a\u{202e}b\0c\u{2066}d\n"), "a\u{fffd}b\u{fffd}c\u{fffd}d\n");
        assert_eq!(sanitize("\u{1b}[31m\u{ffff}\u{9b}é"), "\u{fffd}[31m\u{fffd}\u{fffd}é");
        assert_eq!(single_line("a\r\n\tb\u{7}"), "a   b\u{fffd}");
    }
}

//! Text without control characters.

/// Replaces invisible characters that would control a browser or a terminal: control characters except line
/// breaks and tabs, and those that turn the direction of the text around them. What is left is also what
/// XML 1.0 allows (§2.2).
pub fn sanitize(text: &str) -> String {
    text.chars().map(|c| if is_control(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Whether a character is one of those that [`sanitize`] replaces.
pub fn is_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{fffe}' | '\u{ffff}')
        || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// What is visible of a text, on one line.
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

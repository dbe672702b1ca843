//! Makes untrusted text harmless for a browser or a terminal.

/// Replaces every character that [`is_control`]. The result is also valid in XML 1.0 (§2.2).
pub fn sanitize(text: &str) -> String {
    text.chars().map(|c| if is_control(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Whether a character controls a browser or a terminal without being visible: control characters
/// except line breaks and tabs, and characters that change the text direction.
pub fn is_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{fffe}' | '\u{ffff}')
        || (c.is_control() && !matches!(c, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_are_replaced() {
        assert_eq!(sanitize("a\u{202e}b\0c\u{2066}d\n"), "a\u{fffd}b\u{fffd}c\u{fffd}d\n");
        assert_eq!(sanitize("\u{1b}[31m\u{ffff}\u{9b}é"), "\u{fffd}[31m\u{fffd}\u{fffd}é");
    }
}

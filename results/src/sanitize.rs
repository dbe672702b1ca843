//! Makes untrusted text harmless for a browser or a terminal.

/// Replaces every character that [`is_control`]. The result is also valid in XML 1.0 (§2.2).
pub fn sanitize(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_control(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Whether a text needs no replacement. Nearly all text is printable ASCII, which is looked at eight bytes at once:
/// this runs over every page of a report, in a crate that is not optimized.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if let Some(eight) = bytes[at..].first_chunk()
            && is_printable_ascii(u64::from_ne_bytes(*eight))
        {
            at += 8;
            continue;
        }
        // All before is ASCII or was taken as a whole, so a character begins here.
        let Some(character) = text[at..].chars().next() else { break };
        if is_control(character) {
            return false;
        }
        at += character.len_utf8();
    }
    true
}

/// Whether each of eight bytes is between 0x20 and 0x7e.
fn is_printable_ascii(eight: u64) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const EACH: u64 = 0x0101_0101_0101_0101;
    // With the high bit clear in all, neither sum carries into the next byte.
    let (below_7f, from_20) = (eight.wrapping_add(EACH), eight.wrapping_add(EACH * 0x60));
    eight & HIGH == 0 && below_7f & HIGH == 0 && from_20 & HIGH == HIGH
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

    #[test]
    fn a_control_character_is_found_at_any_place() {
        let characters = (0..0x300).chain(0x2000..0x2100).filter_map(char::from_u32);
        for character in characters.chain(['\u{fffe}', '\u{ffff}', '\u{1f600}']) {
            for place in 0..20 {
                let text = format!("{}{character}{}", "a".repeat(place), "×~ ".repeat(4));
                assert_eq!(is_plain(&text), !is_control(character), "{character:?} at {place}");
            }
        }
        assert!(is_plain("") && is_plain("a\nb\tc"));
    }
}

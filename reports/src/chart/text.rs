//! Texts in a chart: their size, and shortening.

use super::path::PRECISION;

/// Size of every text, pixels.
pub(super) const FONT_SIZE: u32 = 12;
/// Maximum length of a name in a chart; the table next to it has the full name.
pub(super) const NAME_LENGTH: usize = 24;
/// Width of a character ÷ font size: more than the mean, so that no text is cut off.
const ROOM: f64 = 0.6;

/// Pixels as plotters counts them.
pub(super) fn tenths(pixels: u32) -> i32 {
    pixels.cast_signed() * PRECISION
}

/// The width of the longest of some texts, pixels.
pub(super) fn width<'t>(texts: impl IntoIterator<Item = &'t str>) -> u32 {
    let longest = texts.into_iter().map(|text| text.chars().count()).max().unwrap_or(0);
    (longest as f64 * ROOM * f64::from(FONT_SIZE)).ceil() as u32
}

/// A text of at most `length` characters.
pub(super) fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let start: String = text.chars().take(length.saturating_sub(1)).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_whole_characters() {
        assert_eq!(shortened("äöüß", 3), "äö…");
        assert_eq!(shortened("äöü", 3), "äöü");
        assert!(width(["four", "fourteen"]) >= 8 * 7);
        assert_eq!(width([]), 0);
    }
}

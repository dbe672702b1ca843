//! The style sheet: its rules, and the colours of both themes.

use crate::chart;

/// Colours in the light, and on paper.
pub(crate) const LIGHT: &str = include_str!("light.css");
/// Colours in the dark.
pub(crate) const DARK: &str = include_str!("dark.css");
const RULES: &str = include_str!("../style.css");

/// The colours, as a picture has them that stands by itself: in the theme of the system.
pub(crate) fn colours() -> String {
    format!(
        ":root{{color-scheme:light;{LIGHT}}}\
         @media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{DARK}}}}}"
    )
}

/// The whole style sheet. A theme that the reader chose beats that of the system; paper is light.
pub(crate) fn style() -> String {
    format!(
        "{}:root[data-theme=dark]{{color-scheme:dark;{DARK}}}\
         @media print{{:root,:root:not([data-theme=light]){{color-scheme:light;{LIGHT}}}}}\
         {}{RULES}",
        colours(),
        chart::STYLE
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_needs_nothing_from_elsewhere_and_ends_no_element() {
        let style = style();
        assert!(!style.contains("url(") && !style.contains("@import") && !style.contains("</"));
    }

    #[test]
    fn both_themes_have_the_same_colours() {
        let names = |theme: &'static str| -> Vec<&str> {
            theme.lines().filter_map(|line| Some(line.split_once(':')?.0)).collect()
        };
        assert_eq!(names(LIGHT), names(DARK));
    }
}

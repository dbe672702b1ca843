//! The style sheet of every page.

use crate::chart;
use crate::chart::theme::{DARK, LIGHT, colors};

const RULES: &str = include_str!("style.css");

/// The whole style sheet. A theme chosen by the reader overrides that of the system; print is light.
pub(super) fn style() -> String {
    format!(
        "{}:root[data-theme=dark]{{color-scheme:dark;{DARK}}}\
         @media print{{:root,:root:not([data-theme=light]){{color-scheme:light;{LIGHT}}}}}\
         {}{RULES}",
        colors(),
        chart::STYLE
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_sheet_is_self_contained() {
        let style = style();
        assert!(!style.contains("url(") && !style.contains("@import") && !style.contains("</"));
    }
}

//! The style sheet of every page.

use std::sync::LazyLock;

use super::controls;
use crate::chart;
use crate::chart::theme::{DARK, LIGHT, colors};

const RULES: &str = include_str!("style.css");

/// The whole style sheet. A theme chosen by the reader overrides that of the system; print is light.
pub(super) fn style() -> &'static str {
    static SHIPPED: LazyLock<String> = LazyLock::new(|| {
        shipped(&format!(
            "{}:root[data-theme=dark]{{color-scheme:dark;{DARK}}}\
             @media print{{:root,:root:not([data-theme=light]){{color-scheme:light;{LIGHT}}}}}\
             {}{RULES}{}",
            colors(),
            chart::STYLE,
            controls::STYLE
        ))
    });
    &SHIPPED
}

/// Removes comments, line breaks and spaces that browsers do not need.
fn shipped(rules: &str) -> String {
    let mut parts = rules.split("/*");
    let mut bare: String = parts.next().unwrap_or_default().to_owned();
    bare.extend(parts.map(|part| part.split_once("*/").map_or("", |(_, after)| after)));
    let lines = bare.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut short: String = lines.collect::<Vec<_>>().join(" ");
    for mark in ["{", "}", ";", ","] {
        for blank in [format!(" {mark}"), format!("{mark} ")] {
            short = short.replace(&blank, mark);
        }
    }
    // A space before a colon may be part of a selector.
    short.replace(": ", ":").replace(";}", "}").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_sheet_is_self_contained() {
        let style = style();
        assert!(!style.contains("url(") && !style.contains("@import") && !style.contains("</"));
    }

    #[test]
    fn shipped_rules_are_the_same_without_comments_and_blanks() {
        let rules = "/* a */\n.a > b, .c :is(d) {\n  font: 1rem \"A B\", c;\n\n  e: calc(1px - 2px); /* f */\n}\n";
        let short = ".a > b,.c :is(d){font:1rem \"A B\",c;e:calc(1px - 2px)}";
        assert_eq!(shipped(rules), short);
        assert!(style().matches('{').count() == style().matches('}').count());
    }
}

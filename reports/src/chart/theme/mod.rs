//! The colors of both themes.

/// Colors of the light theme, also used on paper.
pub(crate) const LIGHT: &str = include_str!("light.css");
/// Colors of the dark theme.
pub(crate) const DARK: &str = include_str!("dark.css");

/// The colors for a standalone picture, in the theme of the system.
pub(crate) fn colors() -> String {
    format!(
        ":root{{color-scheme:light;{LIGHT}}}\
         @media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{DARK}}}}}"
    )
}

/// A color of the light theme, as red, green and blue; black if it has no color with this name.
pub(crate) fn light(name: &str) -> [u8; 3] {
    let rule = LIGHT.split_once(&format!("--{name}: #")).map_or("", |(_, rest)| rest);
    let hex = rule.get(..6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let [_, color @ ..] = hex.unwrap_or(0).to_be_bytes();
    color
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_themes_have_the_same_colors() {
        let names = |theme: &'static str| -> Vec<&str> {
            theme.lines().filter_map(|line| Some(line.split_once(':')?.0)).collect()
        };
        assert_eq!(names(LIGHT), names(DARK));
    }

    #[test]
    fn a_runner_keeps_its_color_in_both_themes() {
        let series = |theme: &'static str| -> Vec<&str> {
            theme
                .lines()
                .filter(|line| line.starts_with("--s") && line.as_bytes()[3].is_ascii_digit())
                .collect()
        };
        assert_eq!(series(LIGHT), series(DARK));
    }
}

//! The colors of both themes.

/// Colors in the light, and on paper.
pub(crate) const LIGHT: &str = include_str!("light.css");
/// Colors in the dark.
pub(crate) const DARK: &str = include_str!("dark.css");

/// The colors, as a picture has them that stands by itself: in the theme of the system.
pub(crate) fn colors() -> String {
    format!(
        ":root{{color-scheme:light;{LIGHT}}}\
         @media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{DARK}}}}}"
    )
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

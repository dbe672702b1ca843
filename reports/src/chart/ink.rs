//! The reserved colors and the classes that they stand for.
//!
//! plotters draws with colors, but the page has themes. A chart therefore uses only reserved colors, and the
//! style sheet maps them.

use std::borrow::Cow;

use plotters::style::{Color, RGBColor, ShapeStyle};
use plotters_backend::BackendColor;

use super::path::PRECISION;

/// Width of a line that carries data, in plotters' pixels; a wider one is as thick as a row.
pub(super) const LINE: i32 = 2 * PRECISION;
/// Number of colors of runners; further runners share a color but not a marker.
pub(super) const COLORS: usize = 9;
/// Number of dash patterns of lines; with nine colors, they repeat only after 45 runners.
const DASHES: usize = 5;

/// The purpose of a stroke, a fill or a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Lines behind the data.
    Grid,
    /// Names and ticks.
    Label,
    /// Figures next to the data.
    Figure,
    /// The reference line.
    Guide,
    /// A name next to its line.
    Name,
    /// A runner.
    Series(usize),
    /// The line of a runner, in its color and with its dash.
    Trace(usize),
    /// The interval of a runner, pale enough to show others behind it.
    Band(usize),
}

impl Ink {
    /// The color that is passed to plotters.
    pub(super) fn color(self) -> RGBColor {
        let part = |number: usize, of: usize| (number % of) as u8;
        match self {
            Self::Grid => RGBColor(1, 0, 0),
            Self::Label => RGBColor(2, 0, 0),
            Self::Figure => RGBColor(3, 0, 0),
            Self::Series(series) => RGBColor(5, part(series, COLORS), 0),
            Self::Guide => RGBColor(6, 0, 0),
            Self::Name => RGBColor(12, 0, 0),
            Self::Trace(series) => RGBColor(9, part(series, COLORS), part(series, DASHES)),
            Self::Band(series) => RGBColor(10, part(series, COLORS), 0),
        }
    }

    /// The class that a reserved color stands for; `None` for every other color.
    pub(super) fn class(color: BackendColor) -> Option<Cow<'static, str>> {
        let (kind, number, dash) = color.rgb;
        let most = match kind {
            5 | 9 | 10 => COLORS,
            _ => 1,
        };
        let dashes = if kind == 9 { DASHES } else { 1 };
        if usize::from(number) >= most || usize::from(dash) >= dashes {
            return None;
        }
        let series = u16::from(number) + 1;
        Some(match kind {
            1 => "grid".into(),
            2 => "label".into(),
            3 => "figure".into(),
            5 => format!("s{series}").into(),
            6 => "guide".into(),
            9 => format!("s{series} d{dash}").into(),
            10 => format!("band s{series}").into(),
            12 => "name".into(),
            _ => return None,
        })
    }

    /// Inside a shape.
    pub(super) fn fill(self) -> ShapeStyle {
        self.color().filled()
    }

    /// A line like those that carry data.
    pub(super) fn line(self) -> ShapeStyle {
        self.color().stroke_width(LINE.unsigned_abs())
    }

    /// A line that stays behind the data.
    pub(super) fn thin(self) -> ShapeStyle {
        self.color().stroke_width(PRECISION.unsigned_abs())
    }
}

/// The classes of a runner's color, for elements that plotters does not draw.
pub(crate) fn series_class(series: usize) -> String {
    format!("s{}", series % COLORS + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(ink: Ink) -> Option<Cow<'static, str>> {
        Ink::class(ink.color().to_backend_color())
    }

    #[test]
    fn every_ink_has_a_class_of_its_own() {
        let plain = [Ink::Grid, Ink::Label, Ink::Figure, Ink::Guide, Ink::Name];
        let series = (0..COLORS).flat_map(|n| [Ink::Series(n), Ink::Trace(n), Ink::Band(n)]);
        let inks = plain.into_iter().chain(series);
        let mut classes: Vec<_> = inks.map(|ink| class(ink).unwrap()).collect();
        for class in classes.iter().flat_map(|classes| classes.split(' ')) {
            // The first dash is none.
            let ruled = crate::chart::STYLE.contains(&format!(".{class} {{")) || class == "d0";
            assert!(ruled, "{class} has no rule");
        }
        let count = classes.len();
        classes.sort();
        classes.dedup();
        assert_eq!(classes.len(), count, "{classes:?}");
    }

    #[test]
    fn other_colors_are_none_and_series_wrap() {
        for rgb in [(0, 0, 0), (255, 255, 255), (5, 9, 0), (5, 0, 1), (9, 0, 5), (1, 1, 0)] {
            assert_eq!(Ink::class(BackendColor { alpha: 1.0, rgb }), None, "{rgb:?}");
        }
        assert_eq!(class(Ink::Series(COLORS)).as_deref(), Some("s1"));
        assert_eq!(class(Ink::Trace(COLORS)).as_deref(), Some("s1 d4"));
        assert_eq!(series_class(10), "s2");
    }
}

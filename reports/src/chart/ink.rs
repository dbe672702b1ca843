//! The reserved colours and the classes that they stand for.
//!
//! plotters passes colours, the page has themes: a chart draws in reserved colours only, and the
//! style sheet decides what they look like.

use plotters::style::RGBColor;
use plotters_backend::BackendColor;

/// How many colours tell runners apart; further runners share a colour but not a marker.
pub(super) const COLOURS: usize = 6;

/// What a stroke, a fill or a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Lines behind the data.
    Grid,
    /// Names and ticks.
    Label,
    /// Figures beside the data.
    Figure,
    /// The page, inside a hollow mark.
    Paper,
    /// A runner.
    Series(usize),
}

impl Ink {
    /// The colour that plotters is given.
    pub(super) fn colour(self) -> RGBColor {
        match self {
            Self::Grid => RGBColor(1, 0, 0),
            Self::Label => RGBColor(2, 0, 0),
            Self::Figure => RGBColor(3, 0, 0),
            Self::Paper => RGBColor(4, 0, 0),
            Self::Series(series) => RGBColor(5, (series % COLOURS) as u8, 0),
        }
    }

    /// The ink that a colour is reserved for; `None` for every other colour.
    pub(super) fn of(colour: BackendColor) -> Option<Self> {
        match colour.rgb {
            (1, 0, 0) => Some(Self::Grid),
            (2, 0, 0) => Some(Self::Label),
            (3, 0, 0) => Some(Self::Figure),
            (4, 0, 0) => Some(Self::Paper),
            (5, series, 0) if usize::from(series) < COLOURS => {
                Some(Self::Series(usize::from(series)))
            }
            _ => None,
        }
    }

    /// The class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        const SERIES: [&str; COLOURS] = ["s1", "s2", "s3", "s4", "s5", "s6"];
        match self {
            Self::Grid => "grid",
            Self::Label => "label",
            Self::Figure => "figure",
            Self::Paper => "paper",
            Self::Series(series) => SERIES[series % COLOURS],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::style::Color;

    #[test]
    fn every_ink_survives_the_way_through_plotters() {
        let series = (0..COLOURS).map(Ink::Series);
        for ink in [Ink::Grid, Ink::Label, Ink::Figure, Ink::Paper].into_iter().chain(series) {
            assert_eq!(Ink::of(ink.colour().to_backend_color()), Some(ink));
        }
    }

    #[test]
    fn other_colours_are_none_and_series_wrap() {
        for rgb in [(0, 0, 0), (255, 255, 255), (5, 6, 0), (5, 0, 1)] {
            assert_eq!(Ink::of(BackendColor { alpha: 1.0, rgb }), None);
        }
        assert_eq!(Ink::Series(COLOURS).class(), "s1");
    }
}

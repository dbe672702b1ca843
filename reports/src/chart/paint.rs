//! The parts of charts: texts, lines, whiskers and marks.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{IntoTextStyle, ShapeStyle, TextStyle};
use plotters_backend::BackendCoord;

use super::backend::{Canvas, DrawResult};
use super::ink::Ink;
use super::markers::{Shape, shape};
use super::text::{FONT_SIZE, tenths};

/// The whole canvas, in plotters' pixels.
pub(super) type Root = DrawingArea<Canvas, Shift>;

/// Half the length of a whisker's end, pixels.
const CAP: u32 = 4;

/// A text next to or around a place.
pub(super) fn text(root: &Root, text: &str, at: BackendCoord, ink: Ink, side: HPos) -> DrawResult {
    let color = ink.color();
    let style: TextStyle<'_> = ("sans-serif", tenths(FONT_SIZE)).into_text_style(root);
    let style = style.color(&color).pos(Pos::new(side, VPos::Center));
    root.draw(&Text::new(text.to_owned(), at, style))
}

/// A line through some places.
pub(super) fn line(root: &Root, through: &[BackendCoord], style: ShapeStyle) -> DrawResult {
    root.draw(&PathElement::new(through.to_vec(), style))
}

/// A filled outline.
pub(super) fn area(root: &Root, corners: Vec<BackendCoord>, ink: Ink) -> DrawResult {
    root.draw(&Polygon::new(corners, ink.fill()))
}

/// From end to end of an interval, along one of the axes.
pub(super) fn whisker(root: &Root, ends: [BackendCoord; 2], style: ShapeStyle) -> DrawResult {
    let (cap, [from, to]) = (tenths(CAP), ends);
    let (across, down) = if from.1 == to.1 { (0, cap) } else { (cap, 0) };
    line(root, &ends, style)?;
    for (x, y) in ends {
        line(root, &[(x - across, y - down), (x + across, y + down)], style)?;
    }
    Ok(())
}

/// The mark of a runner.
pub(super) fn mark(root: &Root, at: BackendCoord, series: usize) -> DrawResult {
    match shape(series) {
        Shape::Circle(radius) => root.draw(&Circle::new(at, radius, Ink::Series(series).fill())),
        Shape::Polygon(corners) => {
            let around = corners.iter().map(|(x, y)| (at.0 + x, at.1 + y)).collect();
            area(root, around, Ink::Series(series))
        }
    }
}

//! The shapes that distinguish runners without color.

use maud::{Markup, html};
use plotters_backend::BackendCoord;

use super::ink::series_class;
use super::path::PRECISION;

/// Half the size of a mark, pixels.
const RADIUS: f64 = 5.0;

/// Corners of a shape around the origin, in units of its radius. There are as many shapes as colors, so that
/// each of nine runners has its own color and shape.
const SHAPES: [&[(f64, f64)]; 9] = [
    CIRCLE,
    &[(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)],
    &[(0.0, -1.1), (1.1, 0.85), (-1.1, 0.85)],
    &[(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)],
    &[(0.0, 1.1), (1.1, -0.85), (-1.1, -0.85)],
    PLUS,
    &[(-1.0, 0.0), (0.85, -1.1), (0.85, 1.1)],
    &[(1.0, 0.0), (-0.85, -1.1), (-0.85, 1.1)],
    &[(-0.6, -1.0), (0.6, -1.0), (1.2, 0.0), (0.6, 1.0), (-0.6, 1.0), (-1.2, 0.0)],
];
const CIRCLE: &[(f64, f64)] = &[];
const PLUS: &[(f64, f64)] = &[
    (-0.4, -1.1),
    (0.4, -1.1),
    (0.4, -0.4),
    (1.1, -0.4),
    (1.1, 0.4),
    (0.4, 0.4),
    (0.4, 1.1),
    (-0.4, 1.1),
    (-0.4, 0.4),
    (-1.1, 0.4),
    (-1.1, -0.4),
    (-0.4, -0.4),
];

/// The shape of a runner's mark.
pub(super) enum Shape {
    /// A circle of this radius, in plotters' pixels.
    Circle(i32),
    /// A polygon with these corners around the origin, in plotters' pixels.
    Polygon(Vec<BackendCoord>),
}

/// The shape of a runner's marks.
pub(super) fn shape(series: usize) -> Shape {
    let scale = RADIUS * f64::from(PRECISION);
    match SHAPES[series % SHAPES.len()] {
        [] => Shape::Circle(scale as i32),
        corners => {
            let at = |(x, y): &(f64, f64)| ((x * scale) as i32, (y * scale) as i32);
            Shape::Polygon(corners.iter().map(at).collect())
        }
    }
}

/// A runner's mark next to its name.
pub(crate) fn swatch(series: usize) -> Markup {
    html! { svg.swatch viewBox="-7 -7 14 14" aria-hidden="true" { (marker(series)) } }
}

/// A runner's mark around the origin, for a drawing that plotters does not make.
pub(crate) fn marker(series: usize) -> Markup {
    let class = format!("fill {}", series_class(series));
    let corners = SHAPES[series % SHAPES.len()];
    let points: Vec<String> =
        corners.iter().map(|(x, y)| format!("{:.1},{:.1}", x * 5.0, y * 5.0)).collect();
    html! {
        @if points.is_empty() {
            circle class=(class) r="5" {}
        } @else {
            polygon class=(class) points=(points.join(" ")) {}
        }
    }
}

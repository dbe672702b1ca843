//! One cost against another, a point per runner.

use maud::Markup;
use plotters::style::text_anchor::HPos;
use plotters_backend::BackendCoord;
use runtime_bench_analysis::stats::Interval;

use super::axis_spec::AxisSpec;
use super::backend::DrawResult;
use super::ink::Ink;
use super::labels::{Space, free_space};
use super::paint::{MarkStyle, line, mark, text, whisker};
use super::plot_area::{Plan, PlotArea};
use super::svg::{self, Role};
use super::text::{FONT_SIZE, NAME_LENGTH, shortened, tenths, width};
use super::{ChartError, Description};
use crate::format;

/// Room at the right for half of the last tick's label, pixels.
const MARGIN: u32 = 28;
/// The field is taller than that of lines: both axes are figures.
const HEIGHT: u32 = 320;
/// Room that a mark takes, pixels.
const MARK: u32 = 14;

/// A chart of points.
#[derive(Clone, Debug)]
pub(crate) struct Scatter {
    /// From left to right.
    pub(crate) x: AxisSpec,
    /// From bottom to top.
    pub(crate) y: AxisSpec,
    /// In any order.
    pub(crate) points: Vec<ScatterPoint>,
}

/// A runner.
#[derive(Clone, Debug)]
pub(crate) struct ScatterPoint {
    /// Its name.
    pub(crate) name: String,
    /// Its color and marker.
    pub(crate) series: usize,
    /// One figure.
    pub(crate) x: f64,
    /// The other.
    pub(crate) y: f64,
    /// Where the true `x` may be.
    pub(crate) x_interval: Option<Interval>,
    /// Where the true `y` may be.
    pub(crate) y_interval: Option<Interval>,
}

impl Scatter {
    /// Draws the chart; `None` when no point can be drawn.
    pub(crate) fn draw(&self, about: &Description) -> Result<Option<Markup>, ChartError> {
        let field = self.paint().map_err(|error| ChartError::new(&error))?;
        Ok(field.map(|field| svg::inline(&field.canvas, about, Role::Picture)))
    }

    fn paint(&self) -> DrawResult<Option<PlotArea>> {
        let Some(field) = PlotArea::new(&self.plan())? else {
            return Ok(None);
        };
        let held: Vec<&ScatterPoint> =
            self.points.iter().filter(|point| field.holds(point.x, point.y)).collect();
        if held.is_empty() {
            return Ok(None);
        }
        let names = places(&field, &held);
        for (point, name) in held.iter().zip(names) {
            field.canvas.group(&self.tooltip(point), || paint_point(&field, point, name))?;
        }
        Ok(Some(field))
    }

    fn plan(&self) -> Plan<'_> {
        let along = |figure: fn(&ScatterPoint) -> (f64, Option<Interval>)| {
            let figures = self.points.iter().map(figure);
            figures.flat_map(|(value, ends)| {
                [Some(value), ends.map(|ends| ends.low), ends.map(|ends| ends.high)]
            })
        };
        Plan {
            x: &self.x,
            y: &self.y,
            figures: (
                along(|point| (point.x, point.x_interval)).flatten().collect(),
                along(|point| (point.y, point.y_interval)).flatten().collect(),
            ),
            parameter: false,
            beside: MARGIN,
            least: HEIGHT,
        }
    }

    fn tooltip(&self, point: &ScatterPoint) -> String {
        let (x, y) = (format::figure(point.x, &self.x.unit), format::figure(point.y, &self.y.unit));
        match (self.x.name.as_str(), self.y.name.as_str()) {
            ("", "") => format!("{}: {x}, {y}", point.name),
            (across, up) => format!("{}: {across} {x}, {up} {y}", point.name),
        }
    }
}

/// Where the names stand: beside their points, on no mark and no other name.
fn places(field: &PlotArea, points: &[&ScatterPoint]) -> Vec<Option<Space>> {
    let (across, down) = field.extent();
    let inside = Space { from: (across.start, down.start), to: (across.end, down.end) };
    let spots = points.iter().map(|point| field.at(point.x, point.y));
    let spots: Vec<BackendCoord> = spots.collect();
    let mark = (tenths(MARK), tenths(MARK));
    let mut taken: Vec<Space> = spots.iter().map(|spot| Space::around(*spot, mark)).collect();
    taken.extend(points.iter().flat_map(|point| whiskers(field, point)).map(Space::along));
    let place = |(point, spot): (&&ScatterPoint, BackendCoord)| {
        let name = shortened(&point.name, NAME_LENGTH);
        let size = (tenths(width([name.as_str()])), tenths(FONT_SIZE + 2));
        let space = free_space(spot, size, &taken, &inside)?;
        taken.push(space);
        Some(space)
    };
    points.iter().zip(spots.iter().copied()).map(place).collect()
}

fn paint_point(field: &PlotArea, point: &ScatterPoint, name: Option<Space>) -> DrawResult {
    let (root, series) = (&field.root, point.series);
    let style = Ink::Series(series).thin();
    for ends in whiskers(field, point) {
        whisker(root, ends, style)?;
    }
    let spot = field.at(point.x, point.y);
    if let Some(space) = name {
        let side = Side::of(&space, spot);
        // Straight beside its point it needs none, and would look like a whisker.
        if side.nearest.0 != spot.0 && side.nearest.1 != spot.1 {
            line(root, &[spot, side.nearest], style)?;
        }
        let name = shortened(&point.name, NAME_LENGTH);
        text(root, &name, side.at, Ink::Name, side.anchor)?;
    }
    mark(root, spot, series, MarkStyle::Filled)
}

/// The ends of both intervals.
fn whiskers(field: &PlotArea, point: &ScatterPoint) -> Vec<[BackendCoord; 2]> {
    let across = field.along_x(point.x_interval);
    let up = field.along_y(point.y_interval);
    let across = across.map(|ends| [ends.low, ends.high].map(|x| field.at(x, point.y)));
    let up = up.map(|ends| [ends.low, ends.high].map(|y| field.at(point.x, y)));
    across.into_iter().chain(up).collect()
}

/// How a name stands in its space: towards its point.
struct Side {
    anchor: HPos,
    at: BackendCoord,
    /// The place of the space that is nearest to the point.
    nearest: BackendCoord,
}

impl Side {
    fn of(space: &Space, (x, y): BackendCoord) -> Self {
        let (left, right) = (space.from.0, space.to.0);
        let middle = i32::midpoint(space.from.1, space.to.1);
        let nearest = (x.clamp(left, right), y.clamp(space.from.1, space.to.1));
        let (anchor, at) = match x {
            x if x <= left => (HPos::Left, left),
            x if x >= right => (HPos::Right, right),
            _ => (HPos::Center, i32::midpoint(left, right)),
        };
        Self { anchor, at: (at, middle), nearest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::AxisKind;
    use crate::chart::edge_cases::{about, scaled};

    fn plot(points: &[(f64, f64)]) -> Scatter {
        let point = |(series, (x, y)): (usize, &(f64, f64))| ScatterPoint {
            name: format!("runner <{series}>"),
            series,
            x: *x,
            y: *y,
            x_interval: Some(Interval { low: x * 0.9, high: x * 1.1 }),
            y_interval: None,
        };
        let points = points.iter().enumerate().map(point).collect();
        Scatter { x: scaled(AxisKind::Auto), y: scaled(AxisKind::Log), points }
    }

    #[test]
    fn no_name_covers_another_or_a_mark() {
        let near: Vec<(f64, f64)> = (0..9).map(|n| (100.0, 50.0 + f64::from(n))).collect();
        let plot = plot(&near);
        let field = PlotArea::new(&plot.plan()).unwrap().unwrap();
        let points: Vec<&ScatterPoint> = plot.points.iter().collect();
        let names: Vec<Space> = places(&field, &points).into_iter().flatten().collect();
        assert_eq!(names.len(), 9);
        for (place, name) in names.iter().enumerate() {
            assert!(!names[place + 1..].iter().any(|other| name.touches(other)), "{names:?}");
            let spots = points.iter().map(|point| field.at(point.x, point.y));
            let mut marks = spots.map(|spot| Space::around(spot, (100, 100)));
            assert!(!marks.any(|mark| name.touches(&mark)), "{name:?}");
        }
    }

    #[test]
    fn undrawable_points_are_skipped() {
        let odd = plot(&[(1.0, 2.0), (f64::NAN, 2.0), (1.0, 0.0)]);
        let svg = odd.draw(&about()).unwrap().unwrap().into_string();
        assert_eq!(svg.matches("<title>").count(), 1, "{svg}");
        assert!(svg.contains("runner &lt;0&gt;"), "{svg}");
        assert!(plot(&[(f64::NAN, 2.0), (1.0, 0.0)]).draw(&about()).unwrap().is_none());
    }
}

//! Many workloads by many runners, in shades of one hue.

use maud::Markup;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::style::text_anchor::HPos;
use plotters_backend::BackendCoord;

use super::backend::{Canvas, Painted};
use super::ink::{Ink, SHADES};
use super::paint::{Form, area, line, mark, text};
use super::svg::{self, Role};
use super::text::{NAME_LENGTH, shortened, tenths, width, wrapped};
use super::{ChartError, Description};

/// Room for a line of a column's name, pixels.
pub(super) const LINE: u32 = 14;
/// Room for the mark of a column, pixels.
const MARK: u32 = 20;
/// Half a ◆ and half the dot of a cell without figure, pixels.
const BEST: u32 = 4;
const NONE: u32 = 1;
/// Longest line of a column's name.
const COLUMN_NAME: usize = 8;

/// A table of shades.
#[derive(Clone, Debug)]
pub(crate) struct HeatMap {
    /// From left to right.
    pub(crate) columns: Vec<HeatColumn>,
    /// From top to bottom.
    pub(crate) rows: Vec<HeatRow>,
}

/// A runner.
#[derive(Clone, Debug)]
pub(crate) struct HeatColumn {
    /// Its name.
    pub(crate) name: String,
    /// Its colour and marker.
    pub(crate) series: usize,
}

/// A workload.
#[derive(Clone, Debug)]
pub(crate) struct HeatRow {
    /// What stands above this row, such as the kind that begins here.
    pub(crate) heading: Option<String>,
    /// Its name.
    pub(crate) name: String,
    /// Where it is told in full.
    pub(crate) href: Option<String>,
    /// One per column.
    pub(crate) cells: Vec<HeatCell>,
}

/// What a runner needs for a workload.
#[derive(Clone, Debug)]
pub(crate) struct HeatCell {
    /// From best to worst; `None` without a figure.
    pub(crate) shade: Option<usize>,
    /// Whether it is the best of its row.
    pub(crate) best: bool,
    /// The figure in words.
    pub(crate) words: String,
}

/// Sizes of a table, pixels.
pub(super) struct Sizes {
    /// Width and height of a cell.
    pub(super) cell: (u32, u32),
    /// From the left of a cell to its ◆.
    pub(super) best: u32,
    /// Room above everything.
    pub(super) above: u32,
    /// Room below everything.
    pub(super) below: u32,
}

const INLINE: Sizes = Sizes { cell: (44, 20), best: 22, above: 0, below: 2 };

impl HeatMap {
    /// Draws the table; `None` when it has no cell.
    pub(crate) fn draw(&self, about: &Description) -> Result<Option<Markup>, ChartError> {
        let Some(table) = Table::new(self, &INLINE) else {
            return Ok(None);
        };
        table.paint(true).map_err(|error| ChartError::new(&error))?;
        let linked = self.rows.iter().any(|row| row.href.is_some());
        let role = if linked { Role::Linked } else { Role::Picture };
        Ok(Some(svg::inline(&table.canvas, about, role)))
    }
}

/// A table that is ready to be drawn.
pub(super) struct Table<'m> {
    /// Everything drawn.
    pub(super) canvas: Canvas,
    /// The whole canvas.
    pub(super) root: DrawingArea<Canvas, Shift>,
    map: &'m HeatMap,
    sizes: &'m Sizes,
    /// Width of the names of the rows.
    gutter: u32,
    /// Where each row begins.
    tops: Vec<u32>,
    /// The lines of each column's name.
    names: Vec<Vec<String>>,
}

impl<'m> Table<'m> {
    /// Where everything stands; `None` without a row or a column.
    pub(super) fn new(map: &'m HeatMap, sizes: &'m Sizes) -> Option<Self> {
        if map.columns.is_empty() || map.rows.is_empty() {
            return None;
        }
        let names: Vec<Vec<String>> =
            map.columns.iter().map(|column| wrapped(&column.name, COLUMN_NAME)).collect();
        let head = LINE * names.iter().map(Vec::len).max().unwrap_or(0) as u32 + MARK + 4;
        let mut free = sizes.above + head;
        let mut tops = Vec::new();
        for row in &map.rows {
            free += row.heading.as_ref().map_or(0, |_| sizes.cell.1 + 6);
            tops.push(free);
            free += sizes.cell.1;
        }
        let rows: Vec<String> =
            map.rows.iter().map(|row| shortened(&row.name, NAME_LENGTH)).collect();
        let gutter = width(rows.iter().map(String::as_str)) + 6;
        let wide = gutter + sizes.cell.0 * map.columns.len() as u32;
        let canvas = Canvas::new((wide, free + sizes.below));
        let root = canvas.clone().into_drawing_area();
        Some(Self { canvas, root, map, sizes, gutter, tops, names })
    }

    /// Draws everything but the words in the cells.
    pub(super) fn paint(&self, linked: bool) -> Painted {
        self.columns()?;
        self.shades()?;
        self.marks()?;
        for (row, top) in self.map.rows.iter().zip(&self.tops) {
            self.row(row, *top, linked)?;
        }
        Ok(())
    }

    fn columns(&self) -> Painted {
        for (place, (column, lines)) in self.map.columns.iter().zip(&self.names).enumerate() {
            let (x, _) = self.middle(place, 0);
            let top = self.sizes.above;
            for (line, name) in (0..).zip(lines) {
                let at = (x, tenths(top + LINE * line + LINE / 2));
                text(&self.root, name, at, Ink::Label, HPos::Center)?;
            }
            let y = tenths(top + LINE * lines.len() as u32 + MARK / 2);
            mark(&self.root, (x, y), column.series, Form::Filled)?;
        }
        Ok(())
    }

    /// All cells of one shade at once: together they are one path.
    fn shades(&self) -> Painted {
        for shade in 0..SHADES {
            for (row, top) in self.map.rows.iter().zip(&self.tops) {
                for (first, count) in runs(&self.cells(row), shade) {
                    self.shade(first, count, *top, Ink::Shade(shade))?;
                }
            }
        }
        // Gaps between the columns, which the runs have covered.
        let bottom = self.tops.last().map_or(0, |top| top + self.sizes.cell.1);
        let from = self.tops.first().copied().unwrap_or_default();
        for column in 1..self.map.columns.len() {
            let x = self.left(column);
            line(&self.root, &[(x, tenths(from)), (x, tenths(bottom))], Ink::Paper.line())?;
        }
        Ok(())
    }

    /// Neighbours of one shade.
    fn shade(&self, first: usize, count: usize, top: u32, ink: Ink) -> Painted {
        let (left, right) = (self.left(first), self.left(first + count));
        let (top, bottom) = (tenths(top + 1), tenths(top + self.sizes.cell.1 - 1));
        area(&self.root, vec![(left, top), (right, top), (right, bottom), (left, bottom)], ink)
    }

    /// What is best, then what is missing.
    fn marks(&self) -> Painted {
        let cells = || {
            let rows = self.map.rows.iter().zip(&self.tops);
            rows.flat_map(|(row, top)| {
                let cells = self.cells(row).into_iter().enumerate();
                cells.map(|(place, cell)| (cell, self.middle(place, *top)))
            })
        };
        for (_, (x, y)) in cells().filter(|(cell, _)| cell.is_some_and(|cell| cell.best)) {
            let (x, size) =
                (x - tenths(self.sizes.cell.0) / 2 + tenths(self.sizes.best), tenths(BEST));
            let corners = vec![(x, y - size), (x + size, y), (x, y + size), (x - size, y)];
            area(&self.root, corners, Ink::Figure)?;
        }
        let missing = |cell: Option<&HeatCell>| cell.is_none_or(|cell| cell.shade.is_none());
        for (_, (x, y)) in cells().filter(|(cell, _)| missing(*cell)) {
            let size = tenths(NONE);
            let corners = [(x - size, y - size), (x + size, y - size), (x + size, y + size)];
            area(
                &self.root,
                corners.into_iter().chain([(x - size, y + size)]).collect(),
                Ink::Label,
            )?;
        }
        Ok(())
    }

    fn row(&self, row: &HeatRow, top: u32, linked: bool) -> Painted {
        let (_, y) = self.middle(0, top);
        if let Some(heading) = &row.heading {
            let y = tenths(top - self.sizes.cell.1 / 2);
            text(&self.root, heading, (0, y), Ink::Figure, HPos::Left)?;
        }
        let (name, href) = (shortened(&row.name, NAME_LENGTH), row.href.as_ref());
        let href = href.filter(|_| linked);
        let inside = |ink| {
            let (left, right) = (0, self.left(self.map.columns.len()));
            let (from, to) = (tenths(top), tenths(top + self.sizes.cell.1));
            let corners = vec![(left, from), (right, from), (right, to), (left, to)];
            area(&self.root, corners, Ink::Touch)?;
            text(&self.root, &name, (0, y), ink, HPos::Left)
        };
        let words = self.cells(row).into_iter().map(|cell| cell.map_or("–", |cell| &cell.words));
        let words = format!("{}: {}", row.name, words.collect::<Vec<_>>().join(" · "));
        match href {
            Some(href) => self.canvas.link(href, &words, || inside(Ink::Link)),
            None => self.canvas.group(&words, || inside(Ink::Label)),
        }
    }

    /// As many cells as there are columns.
    pub(super) fn cells<'r>(&self, row: &'r HeatRow) -> Vec<Option<&'r HeatCell>> {
        (0..self.map.columns.len()).map(|place| row.cells.get(place)).collect()
    }

    /// The rows and where they begin.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'m HeatRow, u32)> {
        self.map.rows.iter().zip(self.tops.iter().copied())
    }

    fn left(&self, column: usize) -> i32 {
        tenths(self.gutter + self.sizes.cell.0 * column as u32)
    }

    /// The middle of a cell.
    pub(super) fn middle(&self, column: usize, top: u32) -> BackendCoord {
        let (width, height) = self.sizes.cell;
        (self.left(column) + tenths(width) / 2, tenths(top) + tenths(height) / 2)
    }
}

/// Neighbours of one shade in a row: where they begin, and how many.
fn runs(cells: &[Option<&HeatCell>], shade: usize) -> Vec<(usize, usize)> {
    let shaded = |cell: &Option<&HeatCell>| {
        cell.and_then(|cell| cell.shade).map(|shade| shade.min(SHADES - 1)) == Some(shade)
    };
    let mut first = 0;
    let mut runs = Vec::new();
    for run in cells.chunk_by(|a, b| shaded(a) == shaded(b)) {
        if run.first().is_some_and(shaded) {
            runs.push((first, run.len()));
        }
        first += run.len();
    }
    runs
}

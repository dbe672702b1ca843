//! A heat map, drawn: where its rows and columns stand, its shades, marks and names.

use plotters::drawing::IntoDrawingArea;
use plotters::style::text_anchor::HPos;
use plotters_backend::BackendCoord;

use super::backend::{Canvas, DrawResult};
use super::ink::{Ink, SHADES};
use super::paint::{MarkStyle, Root, area, line, mark, text};
use super::text::{NAME_LENGTH, shortened, tenths, width, wrapped};

/// Room for a line of a column's name, pixels.
pub(super) const LINE: u32 = 14;
/// Height of a row, pixels. What fills it is a line of a width that the style sheet knows.
const ROW: u32 = 22;
/// Room for the mark of a column, pixels.
const MARK: u32 = 22;
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
    /// Its color and marker.
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
    /// Width of a cell.
    pub(super) cell: u32,
    /// From the left of a cell to its ◆.
    pub(super) best: u32,
    /// Room above everything.
    pub(super) above: u32,
    /// Room below everything.
    pub(super) below: u32,
}

/// A table that is ready to be drawn.
pub(super) struct Table<'m> {
    /// Everything drawn.
    pub(super) canvas: Canvas,
    /// The whole canvas.
    pub(super) root: Root,
    map: &'m HeatMap,
    sizes: &'m Sizes,
    /// Width of the names of the rows.
    gutter: u32,
    /// Height of the names and marks of the columns.
    head: u32,
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
        let head = LINE * names.iter().map(Vec::len).max().unwrap_or(0) as u32 + MARK;
        let mut free = sizes.above + head;
        let mut tops = Vec::new();
        for row in &map.rows {
            free += row.heading.as_ref().map_or(0, |_| ROW + 6);
            tops.push(free);
            free += ROW;
        }
        let rows: Vec<String> =
            map.rows.iter().map(|row| shortened(&row.name, NAME_LENGTH)).collect();
        let gutter = width(rows.iter().map(String::as_str)) + 6;
        let wide = gutter + sizes.cell * map.columns.len() as u32;
        let canvas = Canvas::new((wide, free + sizes.below));
        let root = canvas.clone().into_drawing_area();
        Some(Self { canvas, root, map, sizes, gutter, head, tops, names })
    }

    /// Draws everything but the words in the cells.
    pub(super) fn paint(&self, linked: bool) -> DrawResult {
        self.columns()?;
        self.shades()?;
        self.marks()?;
        for (row, top) in self.map.rows.iter().zip(&self.tops) {
            self.row(row, *top, linked)?;
        }
        Ok(())
    }

    fn columns(&self) -> DrawResult {
        let bottom = self.sizes.above + self.head;
        for (place, (column, lines)) in self.map.columns.iter().zip(&self.names).enumerate() {
            let (x, _) = self.middle(place, 0);
            for (line, name) in (1..).zip(lines.iter().rev()) {
                let at = (x, tenths(bottom - MARK) - tenths(LINE * line) + tenths(LINE) / 2);
                text(&self.root, name, at, Ink::Name, HPos::Center)?;
            }
            let y = tenths(bottom) - tenths(MARK) / 2;
            mark(&self.root, (x, y), column.series, MarkStyle::Filled)?;
        }
        Ok(())
    }

    /// All cells of one shade at once: together they are one path.
    fn shades(&self) -> DrawResult {
        for shade in 0..SHADES {
            for (row, top) in self.map.rows.iter().zip(&self.tops) {
                for (first, count) in runs(&self.cells(row), shade) {
                    self.shade(first, count, *top, Ink::Shade(shade))?;
                }
            }
        }
        // Gaps between the columns, which the runs have covered.
        let bottom = self.tops.last().map_or(0, |top| top + ROW);
        let from = self.tops.first().copied().unwrap_or_default();
        for column in 1..self.map.columns.len() {
            let x = self.left(column);
            line(&self.root, &[(x, tenths(from)), (x, tenths(bottom))], Ink::Paper.line())?;
        }
        Ok(())
    }

    /// Neighbours of one shade.
    fn shade(&self, first: usize, count: usize, top: u32, ink: Ink) -> DrawResult {
        let (_, y) = self.middle(0, top);
        line(&self.root, &[(self.left(first), y), (self.left(first + count), y)], ink.wide())
    }

    /// What is best, then what is missing.
    fn marks(&self) -> DrawResult {
        let cells = || {
            let rows = self.map.rows.iter().zip(&self.tops);
            rows.flat_map(|(row, top)| {
                let cells = self.cells(row).into_iter().enumerate();
                cells.map(|(place, cell)| (cell, self.middle(place, *top)))
            })
        };
        for (_, (x, y)) in cells().filter(|(cell, _)| cell.is_some_and(|cell| cell.best)) {
            let (x, size) =
                (x - tenths(self.sizes.cell) / 2 + tenths(self.sizes.best), tenths(BEST));
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

    fn row(&self, row: &HeatRow, top: u32, linked: bool) -> DrawResult {
        let (_, y) = self.middle(0, top);
        if let Some(heading) = &row.heading {
            let y = tenths(top - ROW / 2);
            text(&self.root, heading, (0, y), Ink::Figure, HPos::Left)?;
        }
        let (name, href) = (shortened(&row.name, NAME_LENGTH), row.href.as_ref());
        let href = href.filter(|_| linked);
        let inside = |ink| {
            let right = self.left(self.map.columns.len());
            line(&self.root, &[(0, y), (right, y)], Ink::Touch.wide())?;
            text(&self.root, &name, (0, y), ink, HPos::Left)
        };
        let words = self.cells(row).into_iter().map(|cell| cell.map_or("–", |cell| &cell.words));
        let words = format!("{}: {}", row.name, words.collect::<Vec<_>>().join(" "));
        match href {
            Some(href) => self.canvas.link(href, &words, || inside(Ink::Link)),
            None => self.canvas.group(&words, || inside(Ink::Name)),
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
        tenths(self.gutter + self.sizes.cell * column as u32)
    }

    /// The middle of a cell.
    pub(super) fn middle(&self, column: usize, top: u32) -> BackendCoord {
        (self.left(column) + tenths(self.sizes.cell) / 2, tenths(top) + tenths(ROW) / 2)
    }
}

/// Neighbours of one shade in a row: where they begin, and how many.
fn runs(cells: &[Option<&HeatCell>], shade: usize) -> Vec<(usize, usize)> {
    let figures = cells.iter().map(|cell| cell.and_then(|cell| cell.shade));
    let shaded: Vec<bool> =
        figures.map(|own| own.is_some_and(|own| own.min(SHADES - 1) == shade)).collect();
    let mut first = 0;
    let mut runs = Vec::new();
    for run in shaded.chunk_by(bool::eq) {
        if run[0] {
            runs.push((first, run.len()));
        }
        first += run.len();
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_one_shade_are_one_run() {
        let cells = [0, 1, 1, 0, 1].map(|shade| HeatCell {
            shade: Some(shade),
            best: false,
            words: String::new(),
        });
        let cells: Vec<Option<&HeatCell>> = cells.iter().map(Some).chain([None]).collect();
        assert_eq!(runs(&cells, 1), [(1, 2), (4, 1)]);
        assert_eq!(runs(&cells, 0), [(0, 1), (3, 1)]);
        assert!(runs(&cells, 2).is_empty());
    }
}

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
    /// Width of a cell.
    pub(super) cell: u32,
    /// From the left of a cell to its ◆.
    pub(super) best: u32,
    /// Room above everything.
    pub(super) above: u32,
    /// Room below everything.
    pub(super) below: u32,
}

const INLINE: Sizes = Sizes { cell: 52, best: 26, above: 0, below: 2 };

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
        let bottom = self.sizes.above + self.head;
        for (place, (column, lines)) in self.map.columns.iter().zip(&self.names).enumerate() {
            let (x, _) = self.middle(place, 0);
            for (line, name) in (1..).zip(lines.iter().rev()) {
                let at = (x, tenths(bottom - MARK) - tenths(LINE * line) + tenths(LINE) / 2);
                text(&self.root, name, at, Ink::Name, HPos::Center)?;
            }
            let y = tenths(bottom) - tenths(MARK) / 2;
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
        let bottom = self.tops.last().map_or(0, |top| top + ROW);
        let from = self.tops.first().copied().unwrap_or_default();
        for column in 1..self.map.columns.len() {
            let x = self.left(column);
            line(&self.root, &[(x, tenths(from)), (x, tenths(bottom))], Ink::Paper.line())?;
        }
        Ok(())
    }

    /// Neighbours of one shade.
    fn shade(&self, first: usize, count: usize, top: u32, ink: Ink) -> Painted {
        let (_, y) = self.middle(0, top);
        line(&self.root, &[(self.left(first), y), (self.left(first + count), y)], ink.wide())
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

    fn row(&self, row: &HeatRow, top: u32, linked: bool) -> Painted {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::odd::about;

    fn cell(shade: Option<usize>) -> HeatCell {
        HeatCell { shade, best: shade == Some(0), words: "1 < 2".into() }
    }

    fn map(href: Option<&str>) -> HeatMap {
        let column = |series| HeatColumn { name: format!("<{series}>"), series };
        let shades = [Some(0), Some(3), Some(3), None, Some(99)];
        let row = HeatRow {
            heading: Some("a & b".into()),
            name: "<row>".into(),
            href: href.map(str::to_owned),
            cells: shades.map(cell).into(),
        };
        HeatMap { columns: (0..5).map(column).collect(), rows: vec![row] }
    }

    fn drawn(map: &HeatMap) -> String {
        map.draw(&about()).unwrap().unwrap().into_string()
    }

    #[test]
    fn neighbours_of_one_shade_are_one_run() {
        let cells = [0, 1, 1, 0, 1].map(|shade| cell(Some(shade)));
        let cells: Vec<Option<&HeatCell>> = cells.iter().map(Some).chain([None]).collect();
        assert_eq!(runs(&cells, 1), [(1, 2), (4, 1)]);
        assert_eq!(runs(&cells, 0), [(0, 1), (3, 1)]);
        assert!(runs(&cells, 2).is_empty());
    }

    #[test]
    fn a_cell_is_shaded_and_its_best_and_its_gap_are_marked() {
        let svg = drawn(&map(None));
        let count = |class: &str| svg.matches(&format!("class=\"{class}\"")).count();
        let shades = ["wide h0", "wide h1", "wide h3", "wide h4"].map(count);
        assert_eq!(shades, [1, 0, 1, 1], "{svg}");
        assert_eq!((count("fill figure"), count("fill label")), (1, 1), "{svg}");
    }

    #[test]
    fn a_row_leads_to_its_page_and_every_text_is_escaped() {
        let linked = drawn(&map(Some("w/\"><b>.html")));
        assert!(linked.contains(r#"<a href="w/&quot;&gt;&lt;b&gt;.html">"#), "{linked}");
        assert!(linked.contains("role=\"group\""), "links must not hide in a picture: {linked}");
        let plain = drawn(&map(None));
        assert!(plain.contains("role=\"img\"") && !plain.contains("<a "), "{plain}");
        for text in ["&lt;row&gt;: 1 &lt; 2 ", "a &amp; b", "&lt;4&gt;"] {
            assert!(plain.contains(text), "{text}: {plain}");
        }
    }

    #[test]
    fn rows_shorter_than_the_table_have_gaps_and_none_is_no_chart() {
        let mut short = map(None);
        short.rows[0].cells.truncate(1);
        assert!(drawn(&short).contains("&lt;row&gt;: 1 &lt; 2 – – – –"));
        short.rows.clear();
        assert!(short.draw(&about()).unwrap().is_none());
        assert!(short.standalone(&about()).unwrap().is_none());
    }

    #[test]
    fn as_a_file_it_brings_its_words_and_both_themes() {
        let file = map(Some("w/a.html")).standalone(&about()).unwrap().unwrap();
        assert!(file.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{file}");
        assert_eq!(file.matches(">1 &lt; 2</text>").count(), 4, "one for each figure: {file}");
        assert!(!file.contains("href"), "{file}");
        let style = file.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        // One of them for each theme.
        assert_eq!(style.matches("--h4: #").count(), 2, "{style}");
        assert!(style.contains("prefers-color-scheme: dark") && style.contains("var(--h4)"));
        assert!(!style.contains(['<', '&']), "a file is XML");
        assert!(!style.contains("body"), "only the themes come from the page's style sheet");
    }
}

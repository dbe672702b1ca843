//! A heat map as a file of its own, for where a page cannot be: a pull request, a chat.

use maud::{PreEscaped, html};
use plotters::style::text_anchor::HPos;

use super::backend::DrawResult;
use super::ink::Ink;
use super::paint::text;
use super::table::{HeatMap, LINE, Sizes, Table};
use super::text::{tenths, wrapped};
use super::theme;
use super::{ChartError, Description, STYLE};

/// Least distance of anything from the edge, pixels.
const EDGE: u32 = 16;
/// Characters in a line of the finding, for each pixel of width.
const CHARACTERS: f64 = 0.13;

impl HeatMap {
    /// The table as a file, with its words in its cells, in the reader's theme; `None` when it has
    /// no cell.
    pub(crate) fn standalone(&self, about: &Description) -> Result<Option<String>, ChartError> {
        let wide = 220 + 68 * self.columns.len() as u32;
        let lines = wrapped(&about.finding, (f64::from(wide) * CHARACTERS) as usize);
        let told = LINE * lines.len() as u32;
        let sizes = Sizes { cell: 68, best: 7, above: 2 * LINE + told, below: 2 };
        let Some(table) = Table::new(self, &sizes) else {
            return Ok(None);
        };
        paint(&table, about, &lines).map_err(|error| ChartError::new(&error))?;
        Ok(Some(file(&table, about)))
    }
}

fn paint(table: &Table<'_>, about: &Description, finding: &[String]) -> DrawResult {
    let y = |line: u32| tenths(LINE * line + LINE / 2);
    text(&table.root, &about.title, (0, y(0)), Ink::Figure, HPos::Left)?;
    for (line, words) in (1..).zip(finding) {
        text(&table.root, words, (0, y(line) + tenths(2)), Ink::Label, HPos::Left)?;
    }
    table.paint(false)?;
    for (row, top) in table.rows() {
        for (place, cell) in table.cells(row).into_iter().enumerate() {
            if let Some(cell) = cell.filter(|cell| cell.shade.is_some()) {
                let (x, y) = table.middle(place, top);
                let ink = if cell.best { Ink::Figure } else { Ink::Name };
                text(&table.root, &cell.words, (x, y), ink, HPos::Center)?;
            }
        }
    }
    Ok(())
}

fn file(table: &Table<'_>, about: &Description) -> String {
    let (width, height) = table.canvas.size();
    let (wide, high) = (width + 2 * EDGE, height + 2 * EDGE);
    let edge = -EDGE.cast_signed();
    let file = html! {
        svg xmlns="http://www.w3.org/2000/svg" role="img" width=(wide) height=(high)
            viewBox=(format!("{edge} {edge} {wide} {high}")) {
            title { (about.title) }
            desc { (about.finding) }
            style { (PreEscaped(theme::colors())) (PreEscaped(STYLE)) }
            rect.fill.paper x=(edge) y=(edge) width="100%" height="100%" {}
            // The class is not on the element around it, which would then be as wide as a page.
            g.chart { (PreEscaped(table.canvas.elements())) }
        }
    };
    file.into_string()
}

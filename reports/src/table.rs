//! A table that is built once and rendered for a terminal, for Markdown and for a page.

use comfy_table::{CellAlignment, presets};
use maud::{Markup, Render, html};

use crate::markdown::escaped;
use crate::sanitize::single_line;
use crate::view::wording::prose;

/// Lines of a table's headings in Markdown.
const HEADINGS: usize = 2;

/// The alignment of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// The emphasis of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Emphasis {
    None,
    /// Bold, if the format supports it.
    Strong,
    /// In brackets on a terminal, which has no heading for intervals.
    Interval,
}

/// A cell, whose text is escaped when it is rendered.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    emphasis: Emphasis,
}

impl Cell {
    /// A plain cell.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), emphasis: Emphasis::None }
    }

    /// The same cell, in bold if `strong`.
    pub(crate) fn strong_if(self, strong: bool) -> Self {
        if strong { Self { emphasis: Emphasis::Strong, ..self } } else { self }
    }

    /// `1.15–1.25`; may be empty.
    pub(crate) fn interval(text: impl Into<String>) -> Self {
        Self { text: text.into(), emphasis: Emphasis::Interval }
    }

    /// The cell on one line, without control characters.
    pub(crate) fn single_line(&self) -> String {
        match self.emphasis {
            Emphasis::Interval if !self.text.is_empty() => format!("[{}]", single_line(&self.text)),
            _ => single_line(&self.text),
        }
    }

    fn markdown(&self) -> String {
        match self.emphasis {
            Emphasis::Strong if !self.text.is_empty() => format!("**{}**", escaped(&self.text)),
            _ => escaped(&self.text),
        }
    }
}

/// A table. The first column names its rows.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(columns: &[(&str, Align)]) -> Self {
        let columns = columns.iter().map(|(name, align)| ((*name).to_owned(), *align)).collect();
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row with a cell for each column.
    pub(crate) fn push(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(cells.into());
    }

    /// Whether it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// For a terminal: aligned columns without headings, after `indent`.
    pub(crate) fn text(&self, indent: &str) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        for row in &self.rows {
            let mut cells: Vec<String> = row.iter().map(Cell::single_line).collect();
            cells[0].insert_str(0, indent);
            table.add_row(cells);
        }
        for (place, (_, align)) in self.columns.iter().enumerate() {
            if let (Align::Right, Some(column)) = (align, table.column_mut(place)) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt()
    }

    /// The lines of a table in Markdown: two for the headings, then one per row.
    pub(crate) fn markdown_lines(&self) -> impl Iterator<Item = String> {
        let heads = self.columns.iter().map(|(name, _)| escaped(name));
        let rules = self.columns.iter().map(|(_, align)| match align {
            Align::Left => "---",
            Align::Right => "--:",
        });
        let head = format!("| {} |", heads.collect::<Vec<_>>().join(" | "));
        let rule = format!("|{}|", rules.collect::<Vec<_>>().join("|"));
        let line = |row: &Vec<Cell>| {
            format!("| {} |", row.iter().map(Cell::markdown).collect::<Vec<_>>().join(" | "))
        };
        [head, rule].into_iter().chain(self.rows.iter().map(line))
    }

    /// As many rows in Markdown as fit into `room` bytes, and their number.
    pub(crate) fn markdown_within(&self, room: usize) -> (String, usize) {
        let mut text = String::new();
        let mut shown = 0;
        for (place, line) in self.markdown_lines().enumerate() {
            if text.len() + line.len() > room {
                break;
            }
            text.push_str(&line);
            text.push('\n');
            shown = (place + 1).saturating_sub(HEADINGS);
        }
        if shown == 0 { (String::new(), 0) } else { (text, shown) }
    }

    /// The whole table in Markdown.
    pub(crate) fn markdown(&self) -> String {
        self.markdown_lines().collect::<Vec<_>>().join("\n")
    }

    /// For a page, in a scrolling container with the name `label`.
    pub(crate) fn html(&self, label: &str) -> Markup {
        html! {
            div.scroll tabindex="0" role="group" aria-label=(label) {
                table.figures {
                    (head(self.columns.iter().map(|(name, _)| name)))
                    tbody {
                        @for row in &self.rows {
                            tr {
                                @for (place, cell) in row.iter().enumerate() {
                                    @if place == 0 { th scope="row" { (cell.text) } }
                                    @else if place + 1 == row.len() { td.reason { (prose(&cell.text)) } }
                                    @else { td { (cell.text) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The headings of a table on a page.
pub(crate) fn head<R: Render>(names: impl IntoIterator<Item = R>) -> Markup {
    html! { thead { tr { @for name in names { th scope="col" { (name) } } } } }
}

/// The same with fixed first headings and further ones.
pub(crate) fn head_with<R: Render>(first: &[&str], more: impl IntoIterator<Item = R>) -> Markup {
    let more = more.into_iter().map(|name| name.render());
    head(first.iter().map(Render::render).chain(more))
}

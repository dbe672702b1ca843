//! Many workloads by many runners, in shades of one hue.

use maud::Markup;

use super::svg::{self, Role};
use super::table::{HeatMap, Sizes, Table};
use super::{ChartError, Description};

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

#[cfg(test)]
mod tests {
    use super::super::table::{HeatCell, HeatColumn, HeatRow};
    use super::*;
    use crate::chart::edge_cases::about;

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
    fn short_rows_leave_gaps_and_no_rows_give_no_chart() {
        let mut short = map(None);
        short.rows[0].cells.truncate(1);
        assert!(drawn(&short).contains("&lt;row&gt;: 1 &lt; 2 – – – –"));
        short.rows.clear();
        assert!(short.draw(&about()).unwrap().is_none());
        assert!(short.standalone(&about()).unwrap().is_none());
    }

    #[test]
    fn snapshot_embeds_text_and_both_themes() {
        let file = map(Some("w/a.html")).standalone(&about()).unwrap().unwrap();
        assert!(file.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{file}");
        assert_eq!(file.matches(">1 &lt; 2</text>").count(), 4, "one for each figure: {file}");
        assert!(!file.contains("href"), "{file}");
        let style = file.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        // One of them for each theme.
        assert_eq!(style.matches("--h4: #").count(), 2, "{style}");
        assert!(style.contains("prefers-color-scheme:dark") && style.contains("var(--h4)"));
        assert!(!style.contains(['<', '&']), "a file is XML");
        assert!(!style.contains("body"), "only the themes come from the page's style sheet");
    }
}

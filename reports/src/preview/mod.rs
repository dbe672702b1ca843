//! The picture that a link to a page shows: title, machine and date, results.
//!
//! It is drawn here, with the fonts next to this file, so that it looks the same on a machine without fonts,
//! browser or network. Both fonts are Roboto 2 (Google, Apache License 2.0), each cut down to 15 KB by
//! `pyftsubset --unicodes=20-7E,A0-FF,2013,2014,2019,201C,201D,2026,2192,2248 --no-hinting
//! --layout-features=`.
//!
//! - `canvas`: pixels and text.
//! - `png`: pixels as a file.

mod canvas;
mod png;

use canvas::{Canvas, Face, Faces};
pub(crate) use canvas::{HEIGHT, WIDTH};

use crate::ReportError;
use crate::files::File;
use crate::sanitize::single_line;

/// Name of the file.
pub(crate) const NAME: &str = "preview.png";
/// Left and right margin, pixels.
const MARGIN: f32 = 60.0;
/// Left edge of the answers of a row.
const ANSWERS: f32 = 390.0;
/// Maximum number of rows.
const ROWS: usize = 5;

/// The content of a picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Preview {
    /// The title.
    pub(crate) title: String,
    /// Machine and date, below the title.
    pub(crate) facts: String,
    /// Parts of a bar: number of results, and color of the light theme.
    pub(crate) parts: Vec<(usize, &'static str)>,
    /// The bar in words.
    pub(crate) summary: String,
    /// Question, answer in bold, and the rest; as many as fit are drawn.
    pub(crate) rows: Vec<[String; 3]>,
}

impl Preview {
    /// The picture as a file of a site.
    ///
    /// # Errors
    /// When the fonts are unreadable.
    pub(crate) fn file(&self) -> Result<File<'static>, ReportError> {
        let failed = |error: &dyn std::fmt::Display| ReportError::encode("PNG", &error);
        let faces = Faces::embedded().map_err(|error| failed(&error))?;
        let pixels = self.draw(&faces);
        let png = png::encode(WIDTH, HEIGHT, &pixels).map_err(|error| failed(&error))?;
        Ok(File::new(NAME, png))
    }

    fn draw(&self, faces: &Faces) -> Vec<u8> {
        let mut canvas = Canvas::new();
        let Faces { regular, bold } = faces;
        let end = WIDTH as f32 - MARGIN;
        // Draws a text between two places; returns its end.
        let mut line =
            |face: &Face, size: f32, ink: &str, y: f32, [x, most]: [f32; 2], text: &str| {
                let fitting = face.fitting(size, most - x, &single_line(text));
                canvas.text(face, size, ink, [x, y], &fitting)
            };
        line(regular, 34.0, "soft", 76.0, [MARGIN, end], "runtime-bench");
        line(bold, 50.0, "text", 142.0, [MARGIN, end], &self.title);
        line(regular, 34.0, "soft", 196.0, [MARGIN, end], &self.facts);
        line(regular, 34.0, "text", 296.0, [MARGIN, end], &self.summary);
        for ([question, answer, more], row) in self.rows.iter().take(ROWS).zip(0_u8..) {
            let y = 368.0 + 54.0 * f32::from(row);
            line(regular, 32.0, "soft", y, [MARGIN, ANSWERS - 20.0], question);
            let after = line(bold, 36.0, "text", y, [ANSWERS, end], answer);
            line(
                regular,
                32.0,
                "text",
                y,
                [after + if answer.is_empty() { 0.0 } else { 16.0 }, end],
                more,
            );
        }
        canvas.fill("link", [0.0, 0.0], [WIDTH as f32, 12.0]);
        let all: usize = self.parts.iter().map(|(count, _)| count).sum();
        let mut x = MARGIN;
        for (count, color) in &self.parts {
            let width = (end - MARGIN) * *count as f32 / all.max(1) as f32;
            canvas.fill(color, [x, 226.0], [width, 24.0]);
            x += width;
        }
        canvas.pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(preview: &Preview) -> Vec<u8> {
        preview.draw(&Faces::embedded().unwrap())
    }

    #[test]
    fn every_part_of_a_preview_is_drawn() {
        let empty = drawn(&Preview::default());
        assert_eq!(empty.len(), (3 * WIDTH * HEIGHT) as usize);
        let text = || "37 × 10%".to_owned();
        for part in [
            Preview { title: text(), ..Preview::default() },
            Preview { facts: text(), ..Preview::default() },
            Preview { summary: text(), ..Preview::default() },
            Preview { parts: vec![(3, "good"), (0, "line")], ..Preview::default() },
            Preview { rows: vec![[text(), String::new(), String::new()]], ..Preview::default() },
            Preview { rows: vec![[String::new(), text(), String::new()]], ..Preview::default() },
            Preview { rows: vec![[String::new(), String::new(), text()]], ..Preview::default() },
        ] {
            assert_ne!(drawn(&part), empty, "{part:?}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_ends_before_the_margin() {
        let long = |part: &str| part.repeat(500);
        let preview = Preview {
            title: long("W"),
            facts: long("\u{202e}数\0"),
            summary: long("i "),
            rows: vec![[long("a"), long("b"), long("c")]; 9],
            ..Preview::default()
        };
        let pixels = drawn(&preview);
        let lines = pixels.chunks(3 * WIDTH as usize).skip(12);
        let margin = |line: &[u8]| line[3 * (WIDTH as usize - 50)..].iter().all(|one| *one == 255);
        assert!(lines.into_iter().all(margin));
    }
}

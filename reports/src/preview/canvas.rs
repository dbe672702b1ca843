//! Pixels, and text in an embedded font.

use ab_glyph::{Font, FontRef, InvalidFont, ScaleFont, point};

use crate::chart::theme;

/// Width in pixels, as required by services that show links.
pub(crate) const WIDTH: u32 = 1200;
/// Height in pixels.
pub(crate) const HEIGHT: u32 = 630;

/// Three bytes per pixel, line by line.
pub(super) struct Canvas {
    pub(super) pixels: Vec<u8>,
}

/// A font.
pub(super) struct Face(FontRef<'static>);

/// The embedded fonts.
pub(super) struct Faces {
    pub(super) regular: Face,
    pub(super) bold: Face,
}

impl Faces {
    /// Loads the fonts next to this file.
    pub(super) fn embedded() -> Result<Self, InvalidFont> {
        let face = |bytes| FontRef::try_from_slice(bytes).map(Face);
        Ok(Self {
            regular: face(include_bytes!("roboto-regular.ttf"))?,
            bold: face(include_bytes!("roboto-bold.ttf"))?,
        })
    }
}

impl Face {
    /// As much of a text as fits, with `…` at the cut.
    pub(super) fn fitting(&self, size: f32, room: f32, text: &str) -> String {
        let font = self.0.as_scaled(size);
        let advance = |character: char| font.h_advance(font.glyph_id(character));
        let mut width = 0.0;
        let mut kept = 0;
        for (at, character) in text.char_indices() {
            if width + advance('…') <= room {
                kept = at;
            }
            width += advance(character);
            if width > room {
                let cut = format!("{}…", text[..kept].trim_end());
                return if advance('…') > room { String::new() } else { cut };
            }
        }
        text.to_owned()
    }
}

impl Canvas {
    /// An empty sheet.
    pub(super) fn new() -> Self {
        Self { pixels: theme::light("paper").repeat((WIDTH * HEIGHT) as usize) }
    }

    /// Fills a rectangle, clipped to the sheet.
    pub(super) fn fill(&mut self, ink: &str, [x, y]: [f32; 2], [width, height]: [f32; 2]) {
        let place = |x: u32, y: u32| 3 * (y * WIDTH + x.min(WIDTH)) as usize;
        let (from, to) = (x.round() as u32, (x + width).round() as u32);
        for row in y as u32..(y + height) as u32 {
            if let Some(line) = self.pixels.get_mut(place(from, row)..place(to, row)) {
                line.copy_from_slice(&theme::light(ink).repeat(line.len() / 3));
            }
        }
    }

    /// Draws a text on its baseline; returns its end.
    pub(super) fn text(
        &mut self,
        face: &Face,
        size: f32,
        ink: &str,
        [mut x, y]: [f32; 2],
        text: &str,
    ) -> f32 {
        let (color, font) = (theme::light(ink), face.0.as_scaled(size));
        for character in text.chars() {
            let id = font.glyph_id(character);
            if let Some(glyph) = face.0.outline_glyph(id.with_scale_and_position(size, point(x, y)))
            {
                let from = glyph.px_bounds().min;
                glyph.draw(|dx, dy, share| {
                    self.blend(from.x as u32 + dx, from.y as u32 + dy, share, color);
                });
            }
            x += font.h_advance(id);
        }
        x
    }

    fn blend(&mut self, x: u32, y: u32, share: f32, color: [u8; 3]) {
        // Few shades make the file half as large.
        let share = (share * 15.0).round() / 15.0;
        if x >= WIDTH || share <= 0.0 {
            return;
        }
        let place = 3 * (y * WIDTH + x) as usize;
        let below = self.pixels.get_mut(place..place + 3).into_iter().flatten();
        for (below, above) in below.zip(color) {
            let (from, to) = (f32::from(*below), f32::from(above));
            *below = (from + (to - from) * share).round() as u8;
        }
    }
}

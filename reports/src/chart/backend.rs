//! A plotters backend that writes SVG with classes instead of colors.
//!
//! It reports ten times its size, so that plotters' whole pixels are tenths here; otherwise lines become
//! stairs.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use maud::Render;
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use super::ink::Ink;
use super::path::{Elements, PRECISION, closed_outline, open_outline, pixels};

/// Mean width of a character ÷ font size, of a system font.
const CHARACTER: f64 = 0.56;

/// A request of plotters that charts of this page must not contain.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// A color that no theme defines.
    #[error("the color {0:?} is not reserved for any ink")]
    Color((u8, u8, u8)),
    /// A bitmap, which would be a blob in the page.
    #[error("bitmaps are not drawn")]
    Bitmap,
}

/// The state of a drawing.
pub(super) type DrawResult<T = ()> = Result<T, DrawingAreaErrorKind<Refused>>;
type Drawn = Result<(), DrawingErrorKind<Refused>>;

/// The elements drawn so far. Clones share them, so that a chart can group what plotters draws.
#[derive(Clone, Debug)]
pub(super) struct Canvas {
    elements: Rc<RefCell<Elements>>,
    size: (u32, u32),
}

impl Canvas {
    /// An empty canvas of this size in pixels.
    pub(super) fn new(size: (u32, u32)) -> Self {
        Self { elements: Rc::default(), size }
    }

    /// Width and height, pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Draws a group with a tooltip.
    pub(super) fn group(&self, tooltip: &str, inside: impl FnOnce() -> DrawResult) -> DrawResult {
        self.push(&format!("<g><title>{}</title>", escaped(tooltip)));
        let painted = inside();
        self.push("</g>");
        painted
    }

    /// Returns all elements.
    pub(super) fn elements(&self) -> String {
        self.elements.borrow_mut().written().to_owned()
    }

    fn push(&self, element: &str) {
        self.elements.borrow_mut().push(element);
    }

    /// Adds an outline whose style is a class.
    fn outline(&self, paint: Paint, color: BackendColor, outline: &str) -> Drawn {
        if let Some(class) = class(paint, color)? {
            self.elements.borrow_mut().outline(class, outline);
        }
        Ok(())
    }
}

/// Fill or outline.
#[derive(Clone, Copy)]
enum Paint {
    Fill,
    Line,
    Thin,
}

impl Paint {
    fn of<S: BackendStyle>(style: &S, fill: bool) -> Self {
        match style.stroke_width() {
            _ if fill => Self::Fill,
            width if width <= PRECISION.unsigned_abs() => Self::Thin,
            _ => Self::Line,
        }
    }
}

/// The classes of a color; `None` if it is invisible.
fn class(paint: Paint, color: BackendColor) -> Result<Option<String>, DrawingErrorKind<Refused>> {
    if color.alpha <= 0.0 {
        return Ok(None);
    }
    let paint = match paint {
        Paint::Fill => "fill",
        Paint::Line => "line",
        Paint::Thin => "line thin",
    };
    Ok(Some(format!("{paint} {}", ink(color)?)))
}

fn ink(color: BackendColor) -> Result<Cow<'static, str>, DrawingErrorKind<Refused>> {
    Ink::class(color).ok_or(DrawingErrorKind::DrawingError(Refused::Color(color.rgb)))
}

/// Text escaped for an element or an attribute.
fn escaped(text: &str) -> String {
    text.render().into_string()
}

impl DrawingBackend for Canvas {
    type ErrorType = Refused;

    fn get_size(&self) -> (u32, u32) {
        let (width, height) = self.size;
        (width * PRECISION.unsigned_abs(), height * PRECISION.unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let pixel = closed_outline([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]);
        self.outline(Paint::Fill, color, &pixel)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.outline(Paint::of(style, false), style.color(), &open_outline([from, to]))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let corners = closed_outline([(left, top), (right, top), (right, bottom), (left, bottom)]);
        self.outline(Paint::of(style, fill), style.color(), &corners)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.outline(Paint::of(style, false), style.color(), &open_outline(path))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        if let Some(class) = class(Paint::of(style, fill), style.color())? {
            let (x, y, radius) = (pixels(x), pixels(y), pixels(radius.cast_signed()));
            self.push(&format!(r#"<circle class="{class}" cx="{x}" cy="{y}" r="{radius}"/>"#));
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        self.outline(Paint::Fill, style.color(), &closed_outline(vert))
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Drawn {
        let color = style.color();
        if color.alpha <= 0.0 {
            return Ok(());
        }
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " mid",
            HPos::Right => " end",
        };
        // The baseline, from where the font's box is anchored.
        let drop = match style.anchor().v_pos {
            VPos::Top => 0.8,
            VPos::Center => 0.35,
            VPos::Bottom => -0.2,
        };
        let baseline = y + (drop * style.size()).round() as i32;
        // Text at the left edge needs no anchor.
        let left = if x == 0 { String::new() } else { format!(r#" x="{}""#, pixels(x)) };
        self.push(&format!(
            r#"<text class="{}{anchor}"{left} y="{}">{}</text>"#,
            ink(color)?,
            pixels(baseline),
            escaped(text)
        ));
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Refused>> {
        let width = text.chars().count() as f64 * CHARACTER * style.size();
        Ok((width.round() as u32, style.size().round() as u32))
    }

    fn blit_bitmap(&mut self, _: BackendCoord, _: (u32, u32), _: &[u8]) -> Drawn {
        Err(DrawingErrorKind::DrawingError(Refused::Bitmap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::prelude::{Circle, IntoDrawingArea, Text};
    use plotters::style::{BLACK, Color, IntoTextStyle, TRANSPARENT};

    #[test]
    fn colors_become_classes_and_pixels_tenths() {
        let canvas = Canvas::new((20, 10));
        let area = canvas.clone().into_drawing_area();
        area.draw(&Circle::new((105, 30), 45, Ink::Series(1).fill())).unwrap();
        assert_eq!(canvas.elements(), r#"<circle class="fill s2" cx="10.5" cy="3" r="4.5"/>"#);
    }

    #[test]
    fn unreserved_colors_are_rejected_and_invisible_ones_skipped() {
        let canvas = Canvas::new((20, 10));
        let area = canvas.clone().into_drawing_area();
        let refused = area.draw(&Circle::new((1, 1), 1, BLACK.filled())).unwrap_err();
        assert!(refused.to_string().contains("not reserved"), "{refused}");
        area.draw(&Circle::new((1, 1), 1, TRANSPARENT.filled())).unwrap();
        assert_eq!(canvas.elements(), "");
    }

    #[test]
    fn text_and_tooltips_are_escaped() {
        let canvas = Canvas::new((20, 10));
        let area = canvas.clone().into_drawing_area();
        let color = Ink::Label.color();
        let style = ("sans-serif", 120).into_text_style(&area).color(&color);
        let text = Text::new("<script>", (0, 0), style);
        canvas.group("a & \"b\"", || area.draw(&text)).unwrap();
        assert_eq!(
            canvas.elements(),
            "<g><title>a &amp; &quot;b&quot;</title>\
             <text class=\"label\" y=\"9.6\">&lt;script&gt;</text></g>"
        );
    }
}

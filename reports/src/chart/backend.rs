//! A plotters backend that writes SVG with classes instead of colours.
//!
//! It reports ten times its size, so that plotters' whole pixels are tenths here: without that,
//! lines become stairs.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;

use maud::Render;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use super::ink::Ink;

/// plotters' pixels in one pixel of the drawing.
pub(super) const PRECISION: i32 = 10;
/// Mean width of a character ÷ font size, of a system font.
const CHARACTER: f64 = 0.56;

/// Something that plotters asked for and no chart of this page may hold.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// A colour that no theme knows.
    #[error("the colour {0:?} is not reserved for any ink")]
    Colour((u8, u8, u8)),
    /// A picture, which would be a blob in the page.
    #[error("bitmaps are not drawn")]
    Bitmap,
}

type Drawn = Result<(), DrawingErrorKind<Refused>>;

/// The elements drawn so far. Clones share them, so that a chart can group what plotters draws.
#[derive(Clone, Debug)]
pub(super) struct Canvas {
    elements: Rc<RefCell<String>>,
    size: (u32, u32),
}

impl Canvas {
    /// An empty canvas of so many pixels.
    pub(super) fn new(size: (u32, u32)) -> Self {
        Self { elements: Rc::default(), size }
    }

    /// Begins a group with a tooltip.
    pub(super) fn open(&self, tooltip: &str) {
        let _ = write!(self.elements.borrow_mut(), "<g><title>{}</title>", escaped(tooltip));
    }

    /// Ends a group.
    pub(super) fn close(&self) {
        self.elements.borrow_mut().push_str("</g>");
    }

    /// Everything drawn.
    pub(super) fn elements(&self) -> String {
        self.elements.borrow().clone()
    }

    /// Adds an element whose attributes are numbers and whose style is a class.
    fn element(&self, name: &str, paint: Paint, color: BackendColor, shape: &str) -> Drawn {
        if color.alpha <= 0.0 {
            return Ok(());
        }
        let class = ink(color)?.class();
        let mut elements = self.elements.borrow_mut();
        let _ = match paint {
            Paint::Fill => write!(elements, r#"<{name} class="fill {class}"{shape}/>"#),
            Paint::Stroke(width) => write!(
                elements,
                r#"<{name} class="line {class}" stroke-width="{}"{shape}/>"#,
                pixels(width.cast_signed())
            ),
        };
        Ok(())
    }
}

/// Inside or outline.
#[derive(Clone, Copy)]
enum Paint {
    Fill,
    Stroke(u32),
}

impl Paint {
    fn of<S: BackendStyle>(style: &S, fill: bool) -> Self {
        if fill { Self::Fill } else { Self::Stroke(style.stroke_width()) }
    }
}

fn ink(color: BackendColor) -> Result<Ink, DrawingErrorKind<Refused>> {
    Ink::of(color).ok_or(DrawingErrorKind::DrawingError(Refused::Colour(color.rgb)))
}

/// Text as it may stand in an element or an attribute.
fn escaped(text: &str) -> String {
    text.render().into_string()
}

/// Tenths as pixels, without a needless `.0`.
fn pixels(tenths: i32) -> String {
    let (sign, tenths) = (if tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());
    match (tenths / PRECISION.unsigned_abs(), tenths % PRECISION.unsigned_abs()) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, rest) => format!("{sign}{whole}.{rest}"),
    }
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    let points: Vec<String> =
        path.into_iter().map(|(x, y)| format!("{},{}", pixels(x), pixels(y))).collect();
    format!(r#" points="{}""#, points.join(" "))
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
        let shape = format!(r#" x="{}" y="{}" width="1" height="1""#, pixels(x), pixels(y));
        self.element("rect", Paint::Fill, color, &shape)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        (x1, y1): BackendCoord,
        (x2, y2): BackendCoord,
        style: &S,
    ) -> Drawn {
        let (x1, y1, x2, y2) = (pixels(x1), pixels(y1), pixels(x2), pixels(y2));
        let shape = format!(r#" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}""#);
        self.element("line", Paint::of(style, false), style.color(), &shape)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let shape = format!(
            r#" x="{}" y="{}" width="{}" height="{}""#,
            pixels(left.min(right)),
            pixels(top.min(bottom)),
            pixels((right - left).abs()),
            pixels((bottom - top).abs())
        );
        self.element("rect", Paint::of(style, fill), style.color(), &shape)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.element("polyline", Paint::of(style, false), style.color(), &points(path))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (x, y, radius) = (pixels(x), pixels(y), pixels(radius.cast_signed()));
        let shape = format!(r#" cx="{x}" cy="{y}" r="{radius}""#);
        self.element("circle", Paint::of(style, fill), style.color(), &shape)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        self.element("polygon", Paint::Fill, style.color(), &points(vert))
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
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        // The baseline, from where the font's box is anchored.
        let drop = match style.anchor().v_pos {
            VPos::Top => 0.8,
            VPos::Center => 0.35,
            VPos::Bottom => -0.2,
        };
        let baseline = y + (drop * style.size()).round() as i32;
        let _ = write!(
            self.elements.borrow_mut(),
            r#"<text class="{}" text-anchor="{anchor}" x="{}" y="{}">{}</text>"#,
            ink(color)?.class(),
            pixels(x),
            pixels(baseline),
            escaped(text)
        );
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
    fn colours_become_classes_and_pixels_tenths() {
        let canvas = Canvas::new((20, 10));
        let area = canvas.clone().into_drawing_area();
        let style = Ink::Series(1).colour().filled();
        area.draw(&Circle::new((105, 30), 45, style)).unwrap();
        assert_eq!(canvas.elements(), r#"<circle class="fill s2" cx="10.5" cy="3" r="4.5"/>"#);
    }

    #[test]
    fn a_colour_that_is_not_reserved_is_refused_and_an_invisible_one_left_out() {
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
        canvas.open("a & \"b\"");
        let colour = Ink::Label.colour();
        let style = ("sans-serif", 120).into_text_style(&area).color(&colour);
        area.draw(&Text::new("<script>", (0, 0), style)).unwrap();
        canvas.close();
        assert_eq!(
            canvas.elements(),
            "<g><title>a &amp; &quot;b&quot;</title>\
             <text class=\"label\" text-anchor=\"start\" x=\"0\" y=\"9.6\">&lt;script&gt;</text></g>"
        );
    }

    #[test]
    fn negative_tenths_keep_their_sign() {
        assert_eq!([pixels(-5), pixels(-20), pixels(7)], ["-0.5", "-2", "0.7"]);
    }
}

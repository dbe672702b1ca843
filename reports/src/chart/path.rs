//! The elements of a drawing, as few as possible: neighbors of one class share a path.

use std::fmt::Write as _;

use plotters_backend::BackendCoord;

/// plotters' pixels in one pixel of the drawing.
pub(super) const PRECISION: i32 = 10;

/// Elements in the order drawn.
#[derive(Debug, Default)]
pub(super) struct Elements {
    written: String,
    /// The class and the outline of a path that may still grow.
    path: Option<(String, String)>,
}

impl Elements {
    /// Adds an outline; it joins the previous path if both have the same class.
    pub(super) fn outline(&mut self, class: String, outline: &str) {
        match &mut self.path {
            _ if outline.is_empty() => {}
            Some((before, path)) if *before == class => path.push_str(outline),
            _ => {
                self.end_path();
                self.path = Some((class, outline.to_owned()));
            }
        }
    }

    /// Adds any other element.
    pub(super) fn push(&mut self, element: &str) {
        self.end_path();
        self.written.push_str(element);
    }

    /// Everything so far.
    pub(super) fn written(&mut self) -> &str {
        self.end_path();
        &self.written
    }

    fn end_path(&mut self) {
        if let Some((class, outline)) = self.path.take() {
            let _ = write!(self.written, r#"<path class="{class}" d="{outline}"/>"#);
        }
    }
}

/// Tenths as pixels, without a needless `.0`.
pub(super) fn pixels(tenths: i32) -> String {
    let (sign, tenths) = (if tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());
    match (tenths / PRECISION.unsigned_abs(), tenths % PRECISION.unsigned_abs()) {
        (whole, 0) => format!("{sign}{whole}"),
        (0, rest) => format!("{sign}.{rest}"),
        (whole, rest) => format!("{sign}{whole}.{rest}"),
    }
}

/// A line through some points, as relative steps, which are short numbers.
pub(super) fn open_outline(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut points = points.into_iter();
    let Some((mut x, mut y)) = points.next() else {
        return String::new();
    };
    let mut outline = format!("M{}{}", pixels(x), next(y));
    let mut slanted = false;
    for (to_x, to_y) in points {
        let (right, down) = (to_x.saturating_sub(x), to_y.saturating_sub(y));
        let _ = match (right, down) {
            (0, 0) => continue,
            (right, 0) => write!(outline, "h{}", pixels(right)),
            (0, down) => write!(outline, "v{}", pixels(down)),
            // The letter applies to all following steps.
            (right, down) if slanted => write!(outline, "{}{}", next(right), next(down)),
            (right, down) => write!(outline, "l{}{}", pixels(right), next(down)),
        };
        slanted = right != 0 && down != 0;
        (x, y) = (to_x, to_y);
    }
    outline
}

/// The same, back to its beginning.
pub(super) fn closed_outline(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let outline = open_outline(points);
    if outline.is_empty() { outline } else { outline + "z" }
}

/// A second number; a minus sign is a separator.
fn next(tenths: i32) -> String {
    if tenths < 0 { pixels(tenths) } else { format!(" {}", pixels(tenths)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbors_of_one_class_share_a_path() {
        let mut elements = Elements::default();
        elements.outline("a".into(), "M0 0");
        elements.outline("a".into(), "M1 1");
        elements.outline("b".into(), "M2 2");
        elements.push("<g>");
        elements.outline("b".into(), "M3 3");
        assert_eq!(
            elements.written(),
            r#"<path class="a" d="M0 0M1 1"/><path class="b" d="M2 2"/><g><path class="b" d="M3 3"/>"#
        );
    }

    #[test]
    fn an_outline_goes_in_steps() {
        assert_eq!(open_outline([(100, 5), (150, 5), (150, 5), (147, -5)]), "M10 .5h5l-.3-1");
        assert_eq!(closed_outline([(0, 0), (10, 0), (10, 10), (0, 10)]), "M0 0h1v1h-1z");
        assert_eq!(open_outline([(0, 0), (10, 10), (0, 20), (10, 30)]), "M0 0l1 1-1 1 1 1");
        assert_eq!((open_outline([]), closed_outline([])), (String::new(), String::new()));
        assert!(!open_outline([(i32::MIN, 0), (i32::MAX, 0)]).is_empty());
    }

    #[test]
    fn tenths_keep_their_sign() {
        assert_eq!([pixels(-5), pixels(-20), pixels(7), pixels(0)], ["-.5", "-2", ".7", "0"]);
    }
}

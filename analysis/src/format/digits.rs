//! Digits of a figure, without its unit.

/// Shown instead of a figure that is not a number.
pub(super) const NO_FIGURE: &str = "no finite figure";

/// A pure number at three significant digits.
pub fn number(value: f64) -> String {
    significant(value, 3)
}

pub(super) fn significant(value: f64, digits: i32) -> String {
    if !value.is_finite() {
        return NO_FIGURE.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let (sign, size) = (if value < 0.0 { "−" } else { "" }, value.abs());
    let decimals = digits - 1 - magnitude(size);
    let text = match decimals {
        // From 10⁹ up and below 10⁻⁴ the zeros no longer read as a number.
        ..=-7 | 7.. => format!("{size:.*e}", digits.unsigned_abs() as usize - 1),
        ..=0 => grouped(size),
        _ => format!("{size:.*}", decimals.unsigned_abs() as usize),
    };
    format!("{sign}{text}")
}

/// The power of ten of a figure's first digit, after rounding.
fn magnitude(value: f64) -> i32 {
    rounded(value).abs().log10().floor() as i32
}

/// At three significant digits.
pub fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// A whole number with separated thousands.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        // Four digits read well without a gap.
        if place > 0 && digits.len() > 4 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

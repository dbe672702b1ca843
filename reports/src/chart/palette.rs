//! The colors of the style sheet, tested: runners must be distinguishable in both themes, also for
//! readers who see fewer colors.

use super::ink::COLORS;
use super::theme::{DARK, LIGHT};

/// WCAG 2.2, 1.4.11: graphics need a contrast of 3 : 1 with their surroundings.
const CONTRAST: f64 = 3.0;
/// Minimum distance in `OKLab`, with normal vision and with a color deficiency. Colors that are the same in
/// both themes are restricted; their markers also differ.
const DISTANCES: [f64; 4] = [0.15, 0.065, 0.065, 0.065];

type Rgb = [f64; 3];
type Matrix = [[f64; 3]; 3];

/// Normal sight, then protanopia, deuteranopia and tritanopia as simulated by Machado, Oliveira
/// and Fernandes (2009), severity 1.0.
const SIGHTS: [Matrix; 4] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ],
    [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ],
    [
        [1.255_528, -0.076_749, -0.178_779],
        [-0.078_411, 0.930_809, 0.147_602],
        [0.004_733, 0.691_367, 0.303_900],
    ],
];
/// Ottosson (2020): linear sRGB → LMS, and its cube root → `OKLab`.
const LMS: Matrix = [
    [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
    [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
    [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
];
const LAB: Matrix = [
    [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
    [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
    [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
];

fn times(matrix: &Matrix, [x, y, z]: Rgb) -> Rgb {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

fn lab(color: Rgb, sight: &Matrix) -> Rgb {
    let seen = times(sight, color).map(|part| part.clamp(0.0, 1.0));
    times(&LAB, times(&LMS, seen).map(f64::cbrt))
}

fn distance(a: Rgb, b: Rgb) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let light = |[r, g, b]: Rgb| 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    let (a, b) = (light(a), light(b));
    a.max(b) / a.min(b)
}

/// A variable of a theme as linear sRGB.
fn variable(theme: usize, name: &str) -> Rgb {
    let rule = [LIGHT, DARK][theme].split(&format!("--{name}: #")).nth(1).unwrap();
    [0, 2, 4].map(|at| {
        let byte = u8::from_str_radix(&rule[at..at + 2], 16).unwrap();
        let part = f64::from(byte) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

#[test]
fn runner_colors_are_distinct_in_both_themes_and_for_color_blind_readers() {
    for theme in 0..2 {
        let colors: Vec<Rgb> =
            (1..=COLORS).map(|series| variable(theme, &format!("s{series}"))).collect();
        for (place, color) in colors.iter().enumerate() {
            for ground in ["paper", "card"] {
                let contrast = contrast(*color, variable(theme, ground));
                assert!(contrast >= CONTRAST, "theme {theme}, s{}: {contrast:.2}", place + 1);
            }
            for (sight, least) in SIGHTS.iter().zip(DISTANCES) {
                for other in &colors[place + 1..] {
                    let distance = distance(lab(*color, sight), lab(*other, sight));
                    assert!(distance >= least, "theme {theme}, s{}: {distance:.3}", place + 1);
                }
            }
        }
    }
}

//! The computing of `preprocess`: text to numbers of mean 0 and deviation 1.

use serde::Deserialize;
/// What normalising a file gives.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(super) struct Shard {
    mean: f64,
    variance: f64,
    /// Of the normalised numbers' bits, in order.
    hash: u64,
}

/// Mixes a number's bits into the hash of those before it: `FxHash`, a few instructions, so that
/// checking is not what is measured.
fn mixed(hash: u64, number: f64) -> u64 {
    (hash.rotate_left(5) ^ number.to_bits()).wrapping_mul(0x517c_c1b7_2722_0a95)
}

impl Shard {
    /// Of the normalised numbers, in order.
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }

    /// What should come: one step after the other, from the numbers and not from their text.
    pub(super) fn in_a_plain_loop(millionths: &[i64]) -> Self {
        // Correctly rounded, as parsing is: both are the number nearest to the exact quotient.
        let numbers: Vec<f64> = millionths.iter().map(|number| *number as f64 / 1e6).collect();
        let mut total = 0.0;
        for number in &numbers {
            total += number;
        }
        let mean = total / numbers.len().max(1) as f64;
        let mut squares = 0.0;
        for number in &numbers {
            squares += (number - mean) * (number - mean);
        }
        let variance = squares / numbers.len().max(1) as f64;
        let mut hash = 0;
        for number in &numbers {
            let z = if variance > 0.0 { (number - mean) / variance.sqrt() } else { 0.0 };
            hash = mixed(hash, z);
        }
        Self { mean, variance, hash }
    }
}

/// Parses a number a line and normalises them; `None` when a line is no number.
pub(super) fn normalise(text: &[u8]) -> Option<Shard> {
    let text = std::str::from_utf8(text).ok()?;
    let mut numbers = Vec::new();
    for line in text.lines() {
        numbers.push(line.parse::<f64>().ok()?);
    }
    let count = numbers.len().max(1) as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let variance =
        numbers.iter().map(|number| (number - mean) * (number - mean)).sum::<f64>() / count;
    // Equal numbers have no deviation to divide by.
    let scale = if variance > 0.0 { variance.sqrt() } else { f64::INFINITY };
    for number in &mut numbers {
        *number = (*number - mean) / scale;
    }
    let hash = numbers.iter().fold(0, |hash, number| mixed(hash, *number));
    Some(Shard { mean, variance, hash })
}

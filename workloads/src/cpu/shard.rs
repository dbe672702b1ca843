//! The computation of `preprocess`: text to numbers with mean 0 and standard deviation 1.

use serde::{Deserialize, Serialize};
/// The result of normalizing a file.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub(super) struct Shard {
    mean: f64,
    variance: f64,
    /// Hash of the bits of the normalized numbers, in order.
    hash: u64,
}

/// Mixes the bits of a number into the hash of those before it. `FxHash` takes a few instructions, so that
/// hashing does not dominate.
fn mixed(hash: u64, number: f64) -> u64 {
    (hash.rotate_left(5) ^ number.to_bits()).wrapping_mul(0x517c_c1b7_2722_0a95)
}

impl Shard {
    /// Hash of the normalized numbers, in order.
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }

    /// The expected result, computed step by step from the numbers instead of their text.
    pub(super) fn in_a_plain_loop(millionths: &[i64]) -> Self {
        // Correctly rounded, like parsing: both give the number nearest to the exact quotient.
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

/// Parses one number per line and normalizes them; `None` if a line is not a number.
pub(super) fn normalize(text: &[u8]) -> Option<Shard> {
    let text = std::str::from_utf8(text).ok()?;
    let mut numbers = Vec::new();
    for line in text.lines() {
        numbers.push(line.parse::<f64>().ok()?);
    }
    let count = numbers.len().max(1) as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let variance =
        numbers.iter().map(|number| (number - mean) * (number - mean)).sum::<f64>() / count;
    // Equal numbers have a deviation of zero.
    let scale = if variance > 0.0 { variance.sqrt() } else { f64::INFINITY };
    for number in &mut numbers {
        *number = (*number - mean) / scale;
    }
    let hash = numbers.iter().fold(0, |hash, number| mixed(hash, *number));
    Some(Shard { mean, variance, hash })
}

//! Latencies as they travel: `HdrHistogram`'s compressed V2 encoding, in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};

pub use hdrhistogram::Histogram;

/// Encodes a histogram.
///
/// # Errors
/// When it has no encoding, which is a bug of whoever made it.
pub fn encode(histogram: &Histogram<u64>) -> Result<String, String> {
    let mut bytes = Vec::new();
    let encoded = V2DeflateSerializer::new().serialize(histogram, &mut bytes);
    encoded.map_err(|error| format!("the histogram cannot be encoded: {error}"))?;
    Ok(STANDARD.encode(bytes))
}

/// Decodes a histogram.
///
/// # Errors
/// When the text is none.
pub fn decode(text: &str) -> Result<Histogram<u64>, String> {
    let bytes = STANDARD.decode(text).map_err(|error| format!("no base64: {error}"))?;
    let decoded = Deserializer::new().deserialize(&mut bytes.as_slice());
    decoded.map_err(|error| format!("no HdrHistogram: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_comes_back() {
        let mut histogram = Histogram::new_with_bounds(1, 60_000_000_000, 3).unwrap();
        for value in [1_u64, 900, 900, 7_000_000] {
            histogram.record(value).unwrap();
        }
        let text = encode(&histogram).unwrap();
        assert_eq!(decode(&text), Ok(histogram));
        // Of the V2 encoding with deflate, in base64.
        assert!(text.starts_with("HISTFAAA"), "{text}");
    }

    #[test]
    fn what_is_no_histogram_is_refused() {
        for text in ["", "HISTFAAA", "no base64!", "aGVsbG8="] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}

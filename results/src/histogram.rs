//! Latency histograms in files: `HdrHistogram`'s compressed V2 encoding, in base64.

use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};

pub use hdrhistogram::Histogram;

use crate::trial::metric;

/// First bytes of the compressed encoding.
const COMPRESSED: [u8; 4] = [0x1c, 0x84, 0x93, 0x14];
/// Bytes before the compressed part: the magic number and the length.
const OUTER_HEADER: usize = 8;
/// Bytes before the counts: magic number, length, offset, digits, bounds and a ratio.
const INNER_HEADER: usize = 40;
/// Maximum number of significant digits of a latency: five would take fifty megabytes even for an empty
/// histogram.
const MOST_DIGITS: u32 = 3;
/// A histogram with this many digits has at most 56 320 counts of at most nine bytes.
const MOST_TEXT: usize = INNER_HEADER + 9 * 56_320;

/// The reported percentiles, if the samples support them: name, and share of the samples that do not
/// exceed it.
pub const PERCENTILES: [(&str, f64); 4] =
    [("p50", 0.5), ("p90", 0.9), (metric::P99.id, 0.99), ("p99.9", 0.999)];
/// Error level of the interval that a percentile must have, two-sided.
const LEVEL: f64 = 0.01;

/// Minimum number of samples for the percentile at `share`: from this number on, its two-sided 99%
/// order-statistic interval exists.
///
/// The count below it is Binomial(n, p), so the greatest of n samples lies below it with probability
/// pⁿ and the least above it with (1 − p)ⁿ; each may be α/2 (David & Nagaraja, *Order Statistics*, 3rd
/// ed., §7.1). 8 for p50, 51 for p90, 528 for p99, 5 296 for p99.9. `None` unless 0 < `share` < 1.
pub fn fewest_samples(share: f64) -> Option<u64> {
    let tail = share.min(1.0 - share);
    (0.0 < share && share < 1.0).then(|| ((LEVEL / 2.0).ln() / (-tail).ln_1p()).ceil() as u64)
}

/// Encodes a histogram.
///
/// # Errors
/// When it cannot be encoded, which is a bug of the caller.
pub fn encode(histogram: &Histogram<u64>) -> Result<String, String> {
    let mut bytes = Vec::new();
    let encoded = V2DeflateSerializer::new().serialize(histogram, &mut bytes);
    encoded.map_err(|error| format!("cannot encode the histogram: {error}"))?;
    Ok(STANDARD.encode(bytes))
}

/// Decodes a histogram, with bounded memory.
///
/// # Errors
/// When the text is not a valid histogram of a load generator.
pub fn decode(text: &str) -> Result<Histogram<u64>, String> {
    let bytes = STANDARD.decode(text).map_err(|error| format!("not valid base64: {error}"))?;
    let plain = inflated(&bytes).map_err(|error| format!("not a valid HdrHistogram: {error}"))?;
    let decoded = Deserializer::new().deserialize(&mut plain.as_slice());
    let decoded: Histogram<u64> = decoded.map_err(|error| {
        format!(
            "not a valid HdrHistogram: \
        {error}"
        )
    })?;
    // A percentile sums the counts, and the decoder does not check that their sum fits its type.
    let mut counts = decoded.iter_recorded().map(|step| step.count_at_value());
    let sum = counts.try_fold(0_u64, u64::checked_add);
    sum.map(|_| decoded).ok_or_else(|| "the sum of its counts overflows".to_owned())
}

/// Decompresses the encoding. The decoder uses as much memory and time as the header requests, so the header
/// is checked here first.
fn inflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let compressed = bytes.get(OUTER_HEADER..).filter(|_| bytes.starts_with(&COMPRESSED));
    let compressed = compressed.ok_or_else(|| io::Error::other("unknown header"))?;
    let mut plain = Vec::new();
    ZlibDecoder::new(compressed).take(MOST_TEXT as u64).read_to_end(&mut plain)?;
    let Some((header, counts)) = plain.split_at_checked(INNER_HEADER) else {
        return Err(io::Error::other("incomplete header"));
    };
    let word =
        |at: usize| header[at..at + 4].iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    if word(4) as usize != counts.len() {
        return Err(io::Error::other("wrong length"));
    }
    if word(12) > MOST_DIGITS {
        return Err(io::Error::other(format!("more than {MOST_DIGITS} significant digits")));
    }
    // A run of 2^63 zero counts, which overflows in the decoder.
    if counts.windows(9).any(|count| count == [0xff; 9]) {
        return Err(io::Error::other("a count overflows"));
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use std::io::Write;

    #[test]
    fn encoded_histogram_decodes_to_itself() {
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
    fn invalid_histogram_is_rejected() {
        for text in ["", "HISTFAAA", "no base64!", "aGVsbG8="] {
            assert!(decode(text).is_err(), "{text}");
        }
    }

    /// The encoding of a header and counts.
    fn made(length: u32, digits: u32, high: u64, counts: &[u8]) -> String {
        let mut plain = vec![0x1c, 0x84, 0x93, 0x13];
        for word in [length, 0, digits] {
            plain.extend(word.to_be_bytes());
        }
        plain.extend([1, high].iter().flat_map(|bound: &u64| bound.to_be_bytes()));
        plain.extend(1_f64.to_be_bytes());
        plain.extend(counts);
        let mut bytes = ZlibEncoder::new(COMPRESSED.to_vec(), Compression::fast());
        bytes.get_mut().extend([0, 0, 0, 99]);
        bytes.write_all(&plain).unwrap();
        STANDARD.encode(bytes.finish().unwrap())
    }

    #[test]
    fn header_cannot_request_unused_memory() {
        assert_eq!(decode(&made(1, 3, 1_000, &[4])).unwrap().len(), 2);
        assert_eq!(decode(&made(1, 3, u64::MAX, &[4])).unwrap().len(), 2);
        let refused = |text: String| decode(&text).unwrap_err();
        assert!(refused(made(u32::MAX, 3, 1_000, &[4])).contains("wrong length"));
        assert!(refused(made(1, 5, u64::MAX, &[4])).contains("digits"));
        assert!(refused(made(9, 3, 1_000, &[0xff; 9])).contains("overflows"));
        // Two counts of 2^62 − 1 have a sum, five have none.
        let many =
            |times: usize| [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f].repeat(times);
        assert!(decode(&made(18, 3, 1_000, &many(2))).is_ok());
        assert!(refused(made(45, 3, 1_000, &many(5))).contains("overflows"));
        let bomb = made(1 << 24, 3, 1_000, &vec![0; 1 << 24]);
        assert!(bomb.len() < 1 << 18 && refused(bomb).contains("wrong length"));
    }
}

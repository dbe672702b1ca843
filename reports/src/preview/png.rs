//! Pixels as PNG (ISO/IEC 15948): eight bits per channel, without filters. The compressor and the checksum
//! are in the build anyway; a package for PNG would add three more packages.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A picture with three bytes per pixel, line by line.
pub(super) fn encode(width: u32, height: u32, pixels: &[u8]) -> io::Result<Vec<u8>> {
    let mut lines = ZlibEncoder::new(Vec::new(), Compression::default());
    for line in pixels.chunks(3 * width as usize) {
        lines.write_all(&[0])?;
        lines.write_all(line)?;
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = [width, height].map(u32::to_be_bytes).concat();
    // Bits per channel, RGB, and the only defined methods.
    chunk(&mut png, *b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    chunk(&mut png, *b"IDAT", &lines.finish()?);
    chunk(&mut png, *b"IEND", &[]);
    Ok(png)
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(data);
    let sum = crc32fast::hash(&png[start..]);
    png.extend(sum.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::ZlibDecoder;

    #[test]
    fn a_png_holds_its_size_and_its_pixels() {
        let png = encode(2, 1, &[1, 2, 3, 4, 5, 6]).unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x01\x08\x02"));
        let data = png.windows(4).position(|four| four == b"IDAT").unwrap() + 4;
        let mut line = Vec::new();
        io::copy(&mut ZlibDecoder::new(&png[data..]), &mut line).unwrap();
        assert_eq!(line, [0, 1, 2, 3, 4, 5, 6]);
        assert!(png.ends_with(b"IEND\xae\x42\x60\x82"));
    }
}

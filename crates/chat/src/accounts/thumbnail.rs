//! Making a small picture from whatever somebody has uploaded. Nothing of the file itself is kept: no place where it was taken, no name of a
//! camera, nothing that is hidden behind its end.

use std::io::Cursor;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder, imageops::FilterType,
    metadata::Orientation,
};
use sha2::{Digest, Sha256};

/// Width and height of what is made.
const SIDE: u32 = 256;
/// Most dots of what it is made from. A small file can say that it is a picture of a billion.
const DOTS_MAX: u64 = 25_000_000;
/// Longest side of it.
const SIDE_MAX: u32 = 12_000;
/// Most memory that reading it may take, in bytes.
const MEMORY_MAX: u64 = 128 * 1024 * 1024;
/// Of 100; above it files grow and nobody sees why.
const QUALITY: u8 = 85;
/// Letters of a hash that tell two pictures apart.
const ETAG: usize = 16;

/// A picture as it is stored.
pub(crate) struct Thumbnail {
    pub(super) image: Vec<u8>,
    pub(super) etag: String,
}

/// Makes it; nothing when the file cannot be read or is too large.
pub(super) fn thumbnail(file: &[u8]) -> Option<Thumbnail> {
    let seen = read(file)?.resize_to_fill(SIDE, SIDE, FilterType::Triangle);
    let image = write(&seen)?;
    let mut etag = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&image));
    etag.truncate(ETAG);
    Some(Thumbnail { image, etag })
}

/// What can be seen in a file, the right way up.
fn read(file: &[u8]) -> Option<DynamicImage> {
    let mut decoder = open(file)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut seen = DynamicImage::from_decoder(decoder).ok()?;
    seen.apply_orientation(orientation);
    Some(seen)
}

/// What reads it, unless the file says itself that it is too large: before room is made for it.
fn open(file: &[u8]) -> Option<impl ImageDecoder + use<'_>> {
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().ok()?;
    if !matches!(reader.format()?, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return None;
    }
    let mut limits = Limits::no_limits();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(SIDE_MAX), Some(SIDE_MAX), Some(MEMORY_MAX));
    reader.limits(limits);
    let decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    let fits = u64::from(width) * u64::from(height) <= DOTS_MAX && decoder.total_bytes() <= MEMORY_MAX;
    fits.then_some(decoder)
}

/// As JPEG, or as PNG where one can see through it.
fn write(seen: &DynamicImage) -> Option<Vec<u8>> {
    let mut out = Cursor::new(Vec::new());
    let rgba = seen.to_rgba8();
    if rgba.pixels().any(|dot| dot.0[3] < u8::MAX) {
        rgba.write_to(&mut out, ImageFormat::Png).ok()?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
        seen.to_rgb8().write_with_encoder(encoder).ok()?;
    }
    Some(out.into_inner())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        image.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// Red on the left, green in the middle, blue on the right.
    fn wide() -> DynamicImage {
        RgbImage::from_fn(900, 300, |x, _| Rgb([[255, 0, 0], [0, 255, 0], [0, 0, 255]][(x / 300) as usize])).into()
    }

    #[test]
    fn a_picture_is_cut_from_the_middle_and_small() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let made = thumbnail(&encoded(&wide(), format)).unwrap();
            let seen = image::load_from_memory_with_format(&made.image, ImageFormat::Jpeg).unwrap().to_rgb8();
            assert_eq!(seen.dimensions(), (SIDE, SIDE));
            for x in [8, 128, 248] {
                let [red, green, blue] = seen.get_pixel(x, 128).0;
                assert!(green > 200 && red < 80 && blue < 80, "{format:?} {x}: {red} {green} {blue}");
            }
            assert_eq!(made.etag.len(), ETAG);
        }
    }

    #[test]
    fn what_one_can_see_through_stays_so() {
        let clear: DynamicImage = RgbaImage::from_pixel(300, 300, Rgba([9, 9, 9, 0])).into();
        let made = thumbnail(&encoded(&clear, ImageFormat::Png)).unwrap();
        let seen = image::load_from_memory_with_format(&made.image, ImageFormat::Png).unwrap().to_rgba8();
        assert_eq!(seen.get_pixel(128, 128).0[3], 0);
    }

    #[test]
    fn nothing_of_the_file_is_kept_but_what_is_seen() {
        // A JPEG with an EXIF block after its start, which says where it was taken, and with something behind its end.
        let plain = encoded(&wide(), ImageFormat::Jpeg);
        let secret = b"Exif\0\0 52.5200 N 13.4050 E";
        let mut file = plain[..2].to_vec();
        file.extend([0xff, 0xe1]);
        file.extend(u16::try_from(secret.len() + 2).unwrap().to_be_bytes());
        file.extend(secret);
        file.extend(&plain[2..]);
        file.extend(b"<script>");
        let made = thumbnail(&file).unwrap().image;
        for part in [&secret[..], b"Exif", b"52.52", b"<script>"] {
            assert!(!made.windows(part.len()).any(|window| window == part), "{part:?}");
        }
    }

    /// A PNG of a few bytes that says that it has so many dots.
    fn claims(width: u32, height: u32) -> Vec<u8> {
        let mut file = encoded(&RgbImage::new(1, 1).into(), ImageFormat::Png);
        file[16..20].copy_from_slice(&width.to_be_bytes());
        file[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc32(&file[12..29]);
        file[29..33].copy_from_slice(&sum.to_be_bytes());
        file
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
        })
    }

    #[test]
    fn a_small_file_of_a_huge_picture_is_refused_before_it_is_read() {
        for (width, height) in [(1, 1), (5_000, 5_000), (12_000, 2_000)] {
            assert!(open(&claims(width, height)).is_some(), "{width} x {height}");
        }
        for (width, height) in [(40_000, 40_000), (6_000, 6_000), (1, 20_000), (12_001, 1), (u32::MAX, 1)] {
            assert!(open(&claims(width, height)).is_none(), "{width} x {height}");
        }
    }

    #[test]
    fn a_picture_that_was_taken_on_its_side_stands_upright() {
        // Red on the left, blue on the right, and the word that it has to be turned clockwise.
        let lying: DynamicImage = RgbImage::from_fn(300, 300, |x, _| Rgb(if x < 150 { [255, 0, 0] } else { [0, 0, 255] })).into();
        let plain = encoded(&lying, ImageFormat::Jpeg);
        let turn = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let file = [&plain[..2], turn, &plain[2..]].concat();
        let made = thumbnail(&file).unwrap().image;
        let seen = image::load_from_memory_with_format(&made, ImageFormat::Jpeg).unwrap().to_rgb8();
        assert!(seen.get_pixel(128, 20).0[0] > 200 && seen.get_pixel(128, 236).0[2] > 200);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
        let whole = encoded(&wide(), ImageFormat::Png);
        for file in [&b""[..], b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", gif, &whole[..whole.len() / 2]] {
            assert!(thumbnail(file).is_none());
        }
    }
}

//! A page that is the same for everybody but for its nonce: kept in pieces, cut where the nonce stood, as text and compressed.

use std::sync::OnceLock;

use flate2::{Compress, Compression, Crc, FlushCompress};

/// It is done once for many readers.
const LEVEL: Compression = Compression::new(6);
/// RFC 1952, 2.3: magic, deflate, no flags, no time, no system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// RFC 1951, 3.2.6: a last block with nothing in it.
const END: [u8; 2] = [3, 0];

/// The pieces of a page.
pub(crate) struct Template {
    pieces: Vec<String>,
    compressed: OnceLock<Vec<Piece>>,
}

/// A piece as blocks of deflate that end at a byte, none of them the last.
struct Piece {
    blocks: Vec<u8>,
    crc: Crc,
}

impl Template {
    /// A page in which this nonce stands.
    pub(crate) fn of(html: &str, nonce: &str) -> Self {
        Self { pieces: html.split(nonce).map(str::to_owned).collect(), compressed: OnceLock::new() }
    }

    /// The page with another nonce.
    pub(crate) fn with(&self, nonce: &str) -> String {
        self.pieces.join(nonce)
    }

    /// The page with another nonce, gzipped: what does not change is compressed once, and the nonce stands between as it is (a stored
    /// block, RFC 1951, 3.2.4).
    pub(crate) fn gzipped_with(&self, nonce: &str) -> Vec<u8> {
        let pieces = self.compressed.get_or_init(|| self.pieces.iter().map(|piece| Piece::of(piece.as_bytes())).collect());
        let nonce = Piece::stored(nonce.as_bytes());
        let mut page = Vec::with_capacity(pieces.iter().map(|piece| piece.blocks.len() + nonce.blocks.len()).sum::<usize>() + 32);
        let mut crc = Crc::new();
        page.extend(HEADER);
        for (n, piece) in pieces.iter().enumerate() {
            if n > 0 {
                page.extend(&nonce.blocks);
                crc.combine(&nonce.crc);
            }
            page.extend(&piece.blocks);
            crc.combine(&piece.crc);
        }
        page.extend(END);
        page.extend(crc.sum().to_le_bytes());
        page.extend(crc.amount().to_le_bytes());
        page
    }

    /// Bytes that it takes, about.
    pub(crate) fn len(&self) -> usize {
        self.pieces.iter().map(String::len).sum()
    }
}

impl Piece {
    fn of(bytes: &[u8]) -> Self {
        let mut deflate = Compress::new(LEVEL, false);
        let mut blocks = Vec::with_capacity(bytes.len() / 2 + 64);
        loop {
            let done = usize::try_from(deflate.total_in()).unwrap_or(usize::MAX);
            let rest = bytes.get(done..).unwrap_or_default();
            // Fails for no input; without room for more it says so by what it took.
            let _ = deflate.compress_vec(rest, &mut blocks, FlushCompress::Full);
            if blocks.len() < blocks.capacity() {
                break;
            }
            blocks.reserve(blocks.capacity());
        }
        blocks.shrink_to_fit();
        Self { blocks, crc: crc(bytes) }
    }

    fn stored(bytes: &[u8]) -> Self {
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        let bytes = &bytes[..usize::from(length)];
        let mut blocks = vec![0];
        blocks.extend(length.to_le_bytes());
        blocks.extend((!length).to_le_bytes());
        blocks.extend(bytes);
        Self { blocks, crc: crc(bytes) }
    }
}

fn crc(bytes: &[u8]) -> Crc {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn gunzip(bytes: &[u8]) -> String {
        let mut text = String::new();
        GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn each_reader_gets_the_page_with_a_nonce_of_their_own_gzipped_too() {
        let long = (0..20_000).map(|n| format!("<p>{n} ü</p>")).collect::<String>();
        let html = format!("<script nonce=OLD>{long}</script><style nonce=OLD></style>OLD");
        let template = Template::of(&html, "OLD");
        for nonce in ["fresh", "", "another one"] {
            assert_eq!(template.with(nonce), html.replace("OLD", nonce));
            assert_eq!(gunzip(&template.gzipped_with(nonce)), html.replace("OLD", nonce));
        }
        assert!(template.gzipped_with("fresh").len() < html.len() / 4);
    }

    #[test]
    fn what_hardly_compresses_is_whole_too() {
        let noise: String =
            (0..50_000_u32).map(|n| char::from(b'!' + u8::try_from(n.wrapping_mul(2_654_435_761) >> 25).unwrap() % 90)).collect();
        let html = format!("{noise}OLD");
        assert_eq!(gunzip(&Template::of(&html, "OLD").gzipped_with("x")), format!("{noise}x"));
    }
}

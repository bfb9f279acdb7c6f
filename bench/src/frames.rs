//! WebSocket frames (RFC 6455, section 5), as little of them as a load generator needs: a header is read, the payload stays where it is.

/// A text frame.
pub const TEXT: u8 = 0x1;
/// The other side closes.
pub const CLOSE: u8 = 0x8;

const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;

/// A frame at the start of the input.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it is: [`TEXT`], [`CLOSE`] …
    pub opcode: u8,
    /// The key, where the frame comes from a client.
    pub mask: Option<[u8; 4]>,
    /// What it carries, still masked.
    pub payload: &'a [u8],
    /// Bytes that it takes, header included.
    pub size: usize,
}

impl<'a> Frame<'a> {
    /// The first frame of the input; none when it is not complete yet.
    #[must_use]
    pub fn first(input: &'a [u8]) -> Option<Self> {
        let (opcode, second) = (input.first()? & 0x0f, *input.get(1)?);
        let (length, mut at) = match second & 0x7f {
            126 => (usize::from(u16::from_be_bytes(array(input, 2)?)), 4),
            127 => (usize::try_from(u64::from_be_bytes(array(input, 2)?)).ok()?, 10),
            short => (usize::from(short), 2),
        };
        let mask = if second & MASKED == 0 {
            None
        } else {
            at += 4;
            Some(array(input, at - 4)?)
        };
        let size = at.checked_add(length)?;
        Some(Self { opcode, mask, payload: input.get(at..size)?, size })
    }

    /// What it carries, unmasked.
    #[must_use]
    pub fn unmasked(&self) -> Vec<u8> {
        let key = self.mask.unwrap_or_default();
        self.payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect()
    }
}

fn array<const N: usize>(input: &[u8], at: usize) -> Option<[u8; N]> {
    input.get(at..at + N)?.try_into().ok()
}

/// Appends a text frame as a server writes it.
pub fn write_text(text: &[u8], out: &mut Vec<u8>) {
    write_header(text.len(), 0, out);
    out.extend_from_slice(text);
}

/// Appends a text frame as a client writes it. Its key is zero: servers unmask it all the same, and the load side need not work for it.
pub fn write_masked_text(text: &[u8], out: &mut Vec<u8>) {
    write_header(text.len(), MASKED, out);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(text);
}

fn write_header(length: usize, masked: u8, out: &mut Vec<u8>) {
    out.push(FIN | TEXT);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ ..126), _) => out.push(masked | length),
        (_, Ok(length)) => {
            out.push(masked | 126);
            out.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            out.push(masked | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

/// The number right after `key` in JSON, such as `"seq":`. The first match counts: the fields come before what people wrote.
#[must_use]
pub fn number_after(json: &[u8], key: &str) -> Option<u64> {
    let digits = after(json, key)?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

/// The text between quotes right after `key`, such as `"room":`.
#[must_use]
pub fn text_after<'a>(json: &'a [u8], key: &str) -> Option<&'a str> {
    let text = after(json, key)?.strip_prefix(b"\"")?;
    let end = text.iter().position(|byte| *byte == b'"')?;
    str::from_utf8(&text[..end]).ok()
}

fn after<'a>(json: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let at = json.windows(key.len()).position(|window| window == key.as_bytes())?;
    json.get(at + key.len()..)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_frame_of_any_length_is_read_as_it_was_written() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 100_000] {
            let text = vec![b'x'; length];
            let (mut plain, mut masked) = (Vec::new(), Vec::new());
            write_text(&text, &mut plain);
            write_masked_text(&text, &mut masked);
            for (frame, mask) in [(&plain, None), (&masked, Some([0; 4]))] {
                let read = Frame::first(frame).unwrap();
                assert_eq!((read.opcode, read.mask, read.payload, read.size), (TEXT, mask, text.as_slice(), frame.len()));
            }
        }
    }

    #[test]
    fn a_frame_that_is_cut_anywhere_is_none_yet() {
        for length in [5, 300, 70_000] {
            let mut frame = Vec::new();
            write_masked_text(&vec![b'x'; length], &mut frame);
            for cut in (0..frame.len()).step_by(1 + length / 100) {
                assert_eq!(Frame::first(&frame[..cut]), None, "{cut} of {}", frame.len());
            }
        }
    }

    #[test]
    fn what_follows_is_left() {
        let mut input = Vec::new();
        write_text(b"one", &mut input);
        write_text(b"two", &mut input);
        let first = Frame::first(&input).unwrap();
        assert_eq!(first.payload, b"one");
        assert_eq!(Frame::first(&input[first.size..]).unwrap().payload, b"two");
    }

    #[test]
    fn the_mask_is_taken_off() {
        // The example of RFC 6455, 5.7: "Hello".
        let frame = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        assert_eq!(Frame::first(&frame).unwrap().unmasked(), b"Hello");
    }

    #[test]
    fn fields_are_found() {
        let json = br#"{"type":"event","room":"lobby","seq":1042,"body":"\"seq\":7"}"#;
        assert_eq!(number_after(json, r#""seq":"#), Some(1042));
        assert_eq!(text_after(json, r#""room":"#), Some("lobby"));
        assert_eq!(number_after(json, r#""head":"#), None);
        assert_eq!(text_after(json, r#""seq":"#), None);
    }
}

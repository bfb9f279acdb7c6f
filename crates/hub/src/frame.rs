//! Frames as they stand on the wire.

use std::io::Cursor;

use bytes::Bytes;
use protocol::ServerFrame;
use tungstenite::protocol::frame::{
    self, FrameHeader,
    coding::{Data, OpCode},
};

/// A text frame (RFC 6455, 5.2) with its header: made once, whatever the number of its readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(Bytes);

impl Frame {
    /// Encodes a frame.
    #[must_use]
    pub fn of(frame: &ServerFrame) -> Self {
        // Only maps with keys that are no strings, or a failing writer, make serialising fail; frames have neither.
        Self::text(serde_json::to_vec(frame).unwrap_or_default())
    }

    /// A frame around what is JSON already.
    #[must_use]
    pub fn text(json: impl Into<Bytes>) -> Self {
        let frame = frame::Frame::message(json, OpCode::Data(Data::Text), true);
        let mut wire = Vec::with_capacity(frame.len());
        // Writing into memory does not fail.
        let _ = frame.format(&mut wire);
        Self(wire.into())
    }

    /// What is in it.
    pub(crate) fn json(&self) -> &[u8] {
        content(&self.0).unwrap_or_default()
    }

    /// What is in a text frame that stands on the wire, as an [`Outlet`](crate::Outlet) gets it; nothing in one of another kind.
    #[must_use]
    pub fn read(wire: &[u8]) -> Option<&[u8]> {
        let is_text = wire.first().is_some_and(|first| first & 0x0f == u8::from(OpCode::Data(Data::Text)));
        content(wire).filter(|_| is_text)
    }

    /// Bytes on the wire.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a frame has a header")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn into_wire(self) -> Bytes {
        self.0
    }
}

/// What comes after the header.
fn content(wire: &[u8]) -> Option<&[u8]> {
    let (_, length) = FrameHeader::parse(&mut Cursor::new(wire)).ok()??;
    wire.get(wire.len().checked_sub(usize::try_from(length).ok()?)?..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_any_length_has_its_json() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let json = "x".repeat(length);
            assert_eq!(Frame::text(json.clone()).json(), json.as_bytes());
            assert_eq!(Frame::read(&Frame::text(json.clone()).into_wire()), Some(json.as_bytes()));
        }
        assert_eq!(Frame::read(b"\x89\x00"), None, "a ping");
        assert_eq!(Frame::of(&ServerFrame::Pong).into_wire().as_ref(), b"\x81\x0f{\"type\":\"pong\"}");
    }
}

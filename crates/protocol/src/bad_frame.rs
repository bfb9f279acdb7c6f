//! Frames that cannot be done, and how a client can tell which one it was.

use serde::Deserialize;

use crate::ids::{ClientId, RoomRef};

/// A frame of a known kind that is not as it has to be, named as its sender can know it again: one that is answered by its client id by that, a question about
/// a room by the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFrame {
    /// Which send, if it was one.
    pub client_id: Option<ClientId>,
    /// Which room.
    pub room: Option<RoomRef>,
}

// Each of these reads one field and passes over the others, whatever is wrong with them. Half an emoji, `"\ud83d"`, is one such fault:
// it is JSON (RFC 8259, 8.2), but no text.

#[derive(Deserialize)]
struct OfKind {
    #[serde(rename = "type")]
    kind: Kind,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Subscribe,
    Unsubscribe,
    Send,
    Edit,
    Delete,
    React,
}

#[derive(Deserialize)]
struct OfSend {
    client_id: ClientId,
}

#[derive(Deserialize)]
struct OfRoom {
    room: RoomRef,
}

impl BadFrame {
    /// What can be said of a text that is no [`ClientFrame`](crate::ClientFrame). `None` when its sender could not tell which frame is
    /// meant.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let OfKind { kind } = serde_json::from_str(text).ok()?;
        let room = serde_json::from_str(text).ok().map(|OfRoom { room }| room);
        match kind {
            Kind::Send | Kind::Edit | Kind::Delete | Kind::React => {
                let OfSend { client_id } = serde_json::from_str(text).ok()?;
                Some(Self { client_id: Some(client_id), room })
            }
            Kind::Subscribe | Kind::Unsubscribe => Some(Self { client_id: None, room: Some(room?) }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ClientFrame;

    const ID: &str = "0190a5e0-7c1e-7d3a-9f10-4b7f0d5a1c2e";

    fn named(text: &str) -> Option<(Option<String>, Option<String>)> {
        assert!(serde_json::from_str::<ClientFrame>(text).is_err(), "{text} is a frame");
        BadFrame::of(text).map(|frame| (frame.client_id.map(|id| id.to_string()), frame.room.map(String::from)))
    }

    #[test]
    fn a_send_is_known_by_its_client_id() {
        let (id, lobby) = (Some(ID.to_owned()), Some("lobby".to_owned()));
        for (rest, room) in [
            (r#""room":"lobby","body":"\ud83d""#, &lobby),
            (r#""room":"lobby","body":"a \uDC00 b""#, &lobby),
            (r#""room":"lobby","body":"\ud83d\ud83d","mood":"\ud83d""#, &lobby),
            (r#""room":"lobby","body":7"#, &lobby),
            (r#""room":"lobby","body":null"#, &lobby),
            (r#""room":"lobby""#, &lobby),
            (r#""room":7,"body":"Hi""#, &None),
            (r#""room":"\ud83d","body":"Hi""#, &None),
            (r#""body":"Hi""#, &None),
        ] {
            assert_eq!(
                named(&format!(r#"{{"type":"send","client_id":"{ID}",{rest}}}"#)),
                Some((id.clone(), room.clone())),
                "{rest}"
            );
        }
        for kind in ["edit", "delete", "react"] {
            let text = format!(r#"{{"type":"{kind}","client_id":"{ID}","room":"lobby","seq":-1}}"#);
            assert_eq!(named(&text), Some((id.clone(), lobby.clone())), "{kind}");
        }
    }

    #[test]
    fn a_question_about_a_room_is_known_by_the_room() {
        for text in [
            r#"{"type":"subscribe","room":"lobby","after":-1}"#,
            r#"{"type":"subscribe","room":"lobby","after":1.5}"#,
            r#"{"type":"subscribe","room":"lobby","after":"7"}"#,
            r#"{"type":"subscribe","room":"lobby","after":99999999999999999999}"#,
        ] {
            assert_eq!(named(text), Some((None, Some("lobby".to_owned()))), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_apart_is_not_named() {
        for text in [
            "",
            "{",
            "[]",
            r#""send""#,
            r#"{"type":"dance","room":"lobby"}"#,
            r#"{"type":"subscribe"}"#,
            r#"{"type":"subscribe","room":"\ud83d"}"#,
            r#"{"type":"unsubscribe","room":7}"#,
            r#"{"type":"typing","room":7}"#,
            r#"{"type":"send","room":"lobby","client_id":"1","body":"Hi"}"#,
            r#"{"type":"send","room":"lobby","body":"\ud83d"}"#,
        ] {
            assert_eq!(named(text), None, "{text}");
        }
        let cut_off = format!(r#"{{"type":"send","room":"lobby","client_id":"{ID}","body":"Hi"#);
        assert_eq!(named(&cut_off), None);
    }
}

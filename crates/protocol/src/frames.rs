//! The socket's frames: JSON text, one object each, tagged by `type`. `docs/PROTOCOL.md` shows an example of each.

use serde::{Deserialize, Serialize};

use crate::{
    codes::Error,
    ids::{ClientId, EpochId, MessageId, RoomId, RoomRef, Seq},
    missing::MissingField,
    models::{Alert, Change, Event, User},
};

/// The subprotocol that the server speaks (`Sec-WebSocket-Protocol`).
pub const SUBPROTOCOL: &str = "snug.v1";

/// What stands before the JWT in the second offered subprotocol.
pub const BEARER_PREFIX: &str = "bearer.";

/// From client to server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// Deliver what happens in a room.
    Subscribe {
        /// The room.
        room: RoomRef,
        /// The last place the client has; what came later is replayed. Without it, delivery starts now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Seq>,
        /// The epoch of that place. When the logs are of another one, nothing is replayed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<EpochId>,
    },
    /// Stop delivering.
    Unsubscribe {
        /// The room.
        room: RoomRef,
    },
    /// Store a message and deliver it. Answered by `ack`, or by `error` with the same `client_id`.
    Send {
        /// The room.
        room: RoomRef,
        /// Made by the client; the same one again gives the first result (G2).
        client_id: ClientId,
        /// Markdown source.
        body: String,
        /// The place of the message that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
        /// The place of the message under which it is to stand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread_of: Option<Seq>,
        /// Whether it is to stand in its thread alone, and not in the room.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        only_in_thread: bool,
    },
    /// Change the text of a message of one's own. Answered by `done`, or by `error` with the same `client_id`.
    Edit {
        /// The room.
        room: RoomRef,
        /// Made by the client, to know the answer by.
        client_id: ClientId,
        /// The message's place.
        seq: Seq,
        /// Markdown source.
        body: String,
        /// How often the text had been changed that was edited here: `conflict` when it was changed since.
        revision: u32,
    },
    /// Take away the text of a message. Answered as `edit` is.
    Delete {
        /// The room.
        room: RoomRef,
        /// Made by the client, to know the answer by.
        client_id: ClientId,
        /// The message's place.
        seq: Seq,
    },
    /// React to a message, or take it back. Answered as `edit` is.
    React {
        /// The room.
        room: RoomRef,
        /// Made by the client, to know the answer by.
        client_id: ClientId,
        /// The message's place.
        seq: Seq,
        /// With what.
        emoji: String,
        /// Whether to, or no longer.
        on: bool,
    },
    /// The person behind this socket is writing in a room. A hint: it is not answered, not kept, and may be lost.
    Typing {
        /// The room.
        room: RoomRef,
    },
    /// Are you there? Answered by `pong`.
    Ping,
}

/// From server to client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "WireFrame")]
pub enum ServerFrame {
    /// The first frame of each socket.
    Hello {
        /// Id of the server's build; another one than the page's means that the page is old.
        build: String,
        /// The epoch of the logs; earlier versions of the server do not say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<EpochId>,
        /// Who the socket belongs to; nobody for a guest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<User>,
        /// Last place in the log of that account; a guest has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rev: Option<i64>,
        /// How many alerts of that account are unread.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unread: Option<u64>,
    },
    /// A subscription stands. The replay follows, then what happens.
    Subscribed {
        /// The room.
        room: RoomId,
        /// Its slug.
        slug: String,
        /// Last place in its log.
        head: Seq,
        /// The epoch of that place; earlier versions of the server do not say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<EpochId>,
        /// More was missed than is replayed, or what the client has is of another epoch: read the room anew.
        reset: bool,
    },
    /// A subscription has ended: asked for, or because the right to read is gone.
    Unsubscribed {
        /// The room.
        room: RoomId,
        /// Whether the right to read may still be there: subscribe again, after the last place that came.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// Something happened in a room.
    Event(Event),
    /// A room that the person behind this socket may find has this name and topic now, whether they hear it or not. A hint for lists of
    /// rooms: in the room's log it is `room_changed`.
    Renamed {
        /// The room.
        room: RoomId,
        /// Name.
        name: String,
        /// Topic; may be empty.
        topic: String,
    },
    /// Something is said to the person behind this socket, on all of their devices.
    Alert {
        /// Its place in the account's log.
        rev: i64,
        /// How many are unread now.
        unread: u64,
        /// What.
        alert: Alert,
    },
    /// Alerts of that person were read or dismissed, or the server found that this socket had missed something.
    AlertsChanged {
        /// Last place in the account's log.
        rev: i64,
        /// How many are unread now.
        unread: u64,
    },
    /// Another room is in the list of that person, or one is not any more: it is to be read anew.
    RoomsChanged {
        /// Last place in the account's log.
        rev: i64,
    },
    /// Somebody is writing in a room. It has no place in the log: whoever does not hear it misses nothing.
    Typing {
        /// The room.
        room: RoomId,
        /// Who.
        user: User,
    },
    /// The message is committed.
    Ack {
        /// Which send.
        client_id: ClientId,
        /// The room.
        room: RoomId,
        /// The message.
        message: MessageId,
        /// Its place in the room's log.
        seq: Seq,
        /// When the server took it.
        at: i64,
    },
    /// What was asked for about a message is committed, or was so before.
    Done {
        /// Which frame.
        client_id: ClientId,
        /// The room.
        room: RoomId,
        /// A place in the room's log by which it had happened.
        seq: Seq,
    },
    /// A frame could not be done.
    Error {
        /// Which send, if it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_id: Option<ClientId>,
        /// Which room, as the client named it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomRef>,
        /// What went wrong.
        error: Error,
    },
    /// Answer to `ping`.
    Pong,
}

/// A [`ServerFrame`] as it is read: flat, with every field that a frame can have, for the reason that [`Change`] has.
#[derive(Deserialize)]
struct WireFrame {
    #[serde(rename = "type")]
    kind: FrameKind,
    build: Option<String>,
    epoch: Option<EpochId>,
    user: Option<User>,
    room: Option<RoomRef>,
    slug: Option<String>,
    head: Option<Seq>,
    reset: Option<bool>,
    #[serde(default)]
    again: bool,
    seq: Option<Seq>,
    at: Option<i64>,
    actor: Option<User>,
    change: Option<Change>,
    name: Option<String>,
    topic: Option<String>,
    client_id: Option<ClientId>,
    message: Option<MessageId>,
    rev: Option<i64>,
    unread: Option<u64>,
    alert: Option<Alert>,
    error: Option<Error>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FrameKind {
    Hello,
    Subscribed,
    Unsubscribed,
    Event,
    Renamed,
    Alert,
    AlertsChanged,
    RoomsChanged,
    Typing,
    Ack,
    Done,
    Error,
    Pong,
}

impl TryFrom<WireFrame> for ServerFrame {
    type Error = MissingField;

    fn try_from(wire: WireFrame) -> Result<Self, MissingField> {
        let room = match &wire.room {
            Some(RoomRef::Id(room)) => Some(*room),
            _ => None,
        };
        let room = room.ok_or(MissingField("room"));
        let seq = wire.seq.ok_or(MissingField("seq"));
        let at = wire.at.ok_or(MissingField("at"));
        let (rev, unread) = (wire.rev.ok_or(MissingField("rev")), wire.unread.ok_or(MissingField("unread")));
        Ok(match wire.kind {
            FrameKind::Hello => Self::Hello {
                build: wire.build.ok_or(MissingField("build"))?,
                epoch: wire.epoch,
                user: wire.user,
                rev: wire.rev,
                unread: wire.unread,
            },
            FrameKind::Subscribed => Self::Subscribed {
                room: room?,
                slug: wire.slug.ok_or(MissingField("slug"))?,
                head: wire.head.ok_or(MissingField("head"))?,
                epoch: wire.epoch,
                reset: wire.reset.ok_or(MissingField("reset"))?,
            },
            FrameKind::Unsubscribed => Self::Unsubscribed { room: room?, again: wire.again },
            FrameKind::Event => Self::Event(Event {
                room: room?,
                seq: seq?,
                at: at?,
                actor: wire.actor.ok_or(MissingField("actor"))?,
                change: wire.change.ok_or(MissingField("change"))?,
            }),
            FrameKind::Renamed => Self::Renamed {
                room: room?,
                name: wire.name.ok_or(MissingField("name"))?,
                topic: wire.topic.ok_or(MissingField("topic"))?,
            },
            FrameKind::Alert => Self::Alert { rev: rev?, unread: unread?, alert: wire.alert.ok_or(MissingField("alert"))? },
            FrameKind::RoomsChanged => Self::RoomsChanged { rev: rev? },
            FrameKind::AlertsChanged => Self::AlertsChanged { rev: rev?, unread: unread? },
            FrameKind::Typing => Self::Typing { room: room?, user: wire.user.ok_or(MissingField("user"))? },
            FrameKind::Ack => Self::Ack {
                client_id: wire.client_id.ok_or(MissingField("client_id"))?,
                room: room?,
                message: wire.message.ok_or(MissingField("message"))?,
                seq: seq?,
                at: at?,
            },
            FrameKind::Done => Self::Done { client_id: wire.client_id.ok_or(MissingField("client_id"))?, room: room?, seq: seq? },
            FrameKind::Error => {
                Self::Error { client_id: wire.client_id, room: wire.room, error: wire.error.ok_or(MissingField("error"))? }
            }
            FrameKind::Pong => Self::Pong,
        })
    }
}

// `tests/protocol_md.rs` sends every frame through JSON and back, by the examples of the document.
#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_no_frame_is_refused() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"type":"shout"}"#,
            r#"{"type":"pong"}"#,
            r#"{"type":"subscribe"}"#,
            r#"{"type":"subscribe","room":7}"#,
            r#"{"type":"subscribe","room":"lobby","after":"7"}"#,
            r#"{"type":"subscribe","room":"lobby","after":7,"epoch":"first"}"#,
            r#"{"type":"send","room":"lobby","body":"Hi"}"#,
            r#"{"type":"typing"}"#,
            r#"{"type":"send","room":"lobby","client_id":"mine","body":"Hi"}"#,
        ] {
            assert!(serde_json::from_str::<ClientFrame>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn fields_of_later_versions_are_passed_over() {
        let frame = serde_json::from_str::<ClientFrame>(r#"{"type":"subscribe","room":"lobby","after":null,"since":"noon"}"#);
        assert_eq!(frame.unwrap(), ClientFrame::Subscribe { room: RoomRef::Slug("lobby".to_owned()), after: None, epoch: None });
        let frame = serde_json::from_str::<ServerFrame>(r#"{"type":"hello","build":"1","mood":"calm"}"#);
        assert_eq!(
            frame.unwrap(),
            ServerFrame::Hello { build: "1".to_owned(), epoch: None, user: None, rev: None, unread: None }
        );
    }
}

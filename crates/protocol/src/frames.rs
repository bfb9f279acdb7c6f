//! The socket's frames: JSON text, one object each, tagged by `type`. `docs/PROTOCOL.md` shows an example of each.

use serde::{Deserialize, Serialize};

use crate::{
    by_kind,
    codes::Error,
    extra::Extra,
    ids::{ClientId, EpochId, MessageId, RoomId, RoomRef, Seq, UserId},
    json::{BadField, Object},
    models::{Alert, Event, User},
    objects,
    presence::{Activity, PersonPresence},
    unread::News,
};

/// The subprotocol that the server speaks (`Sec-WebSocket-Protocol`).
pub const SUBPROTOCOL: &str = "snug.v1";

/// What stands before the JWT in the second offered subprotocol.
pub const BEARER_PREFIX: &str = "bearer.";

/// From client to server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
        /// What programs keep with it: [`limits::EXTRA_MAX_BYTES`](crate::limits::EXTRA_MAX_BYTES) at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        extra: Option<Extra>,
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
        /// How often the text had been changed that was edited here: `changed` when it was changed since.
        #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 0, maximum = 4_294_967_295_i64))]
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
    /// The person behind this socket has read a room up to a place. It is not answered, and never takes the mark back.
    Read {
        /// The room.
        room: RoomId,
        /// Up to where.
        seq: Seq,
    },
    /// Whether the person behind this socket touches their device. A hint: it is not answered, not kept, and may be lost. A socket that
    /// never says it counts as online.
    Presence {
        /// Whether they do.
        state: Activity,
    },
    /// Tell the presence of these people, and no longer that of others: [`crate::limits::WATCHED_MAX`] at most, the first ones. Answered by
    /// `presence` with those that were not watched before.
    WatchPeople {
        /// Who.
        people: Vec<UserId>,
    },
    /// Are you there? Answered by `pong`.
    Ping,
}

/// From server to client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame of each socket.
    Hello {
        /// Id of the server's build; another one than the page's means that the page is old.
        build: String,
        /// The epoch of the logs; earlier versions of the server do not say it.
        #[serde(skip_serializing_if = "Option::is_none")]
        epoch: Option<EpochId>,
        /// Who the socket belongs to; nobody for a guest.
        #[serde(skip_serializing_if = "Option::is_none")]
        user: Option<User>,
        /// Last place in the log of that account; a guest has none.
        #[serde(skip_serializing_if = "Option::is_none")]
        rev: Option<i64>,
        /// How many alerts of that account are unread.
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        epoch: Option<EpochId>,
        /// More was missed than is replayed, or what the client has is of another epoch: read the room anew.
        reset: bool,
    },
    /// A subscription has ended: asked for, or because the right to read is gone.
    Unsubscribed {
        /// The room.
        room: RoomId,
        /// Whether the right to read may still be there: subscribe again, after the last place that came.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
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
    /// That person has read a room up to here, on whichever of their devices.
    Read {
        /// Last place in the account's log.
        rev: i64,
        /// The room.
        room: RoomId,
        /// Last place in its log when this was counted.
        head: Seq,
        /// Everything up to here is read.
        last_read: Seq,
        /// Messages after it that are new to them, [`limits::UNREAD_MAX`](crate::limits::UNREAD_MAX) at most.
        unread: u64,
        /// Those of them that call them.
        mentions: u64,
    },
    /// Something is new in a room that the person behind this socket is in, whether they hear it or not. A hint for lists of rooms.
    Activity {
        /// The room.
        room: RoomId,
        /// The head of the last hint for this room, or where hints begin. When it is another one than the client knows, it has missed some.
        from: Seq,
        /// Last place in the room's log.
        head: Seq,
        /// What happened in between that is new to somebody: the newest [`limits::UNREAD_MAX`](crate::limits::UNREAD_MAX) at most.
        entries: Vec<News>,
    },
    /// That person keeps a message for themselves, or no longer.
    BookmarkChanged {
        /// Last place in the account's log.
        rev: i64,
        /// The room.
        room: RoomId,
        /// The message's place.
        seq: Seq,
        /// Whether they do.
        on: bool,
    },
    /// Somebody is writing in a room. It has no place in the log: whoever does not hear it misses nothing.
    Typing {
        /// The room.
        room: RoomId,
        /// Who.
        user: User,
    },
    /// People who are watched have come, gone, or say something else. It has no place in a log: it may be lost.
    Presence {
        /// Who, as they are now.
        people: Vec<PersonPresence>,
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
        /// Whom it names who cannot read the room, and so is not called. Nobody else is told.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        unreached: Vec<User>,
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
    /// What was sent was a command: it is not in the room. What its program says to the person behind this socket, and to nobody else.
    Told {
        /// Which send.
        client_id: ClientId,
        /// The room.
        room: RoomId,
        /// Plain text; empty where there is nothing to say.
        #[serde(skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// A frame could not be done.
    Error {
        /// Which send, if it was one.
        #[serde(skip_serializing_if = "Option::is_none")]
        client_id: Option<ClientId>,
        /// Which room, as the client named it.
        #[serde(skip_serializing_if = "Option::is_none")]
        room: Option<RoomRef>,
        /// What went wrong.
        error: Error,
    },
    /// Answer to `ping`.
    Pong,
}

impl TryFrom<Object> for ServerFrame {
    type Error = BadField;

    fn try_from(mut object: Object) -> Result<Self, BadField> {
        let kind: String = object.take("type")?;
        Ok(by_kind!(kind, {
            "hello" => Self::Hello {
                build: object.take("build")?,
                epoch: object.take("epoch")?,
                user: object.take("user")?,
                rev: object.take("rev")?,
                unread: object.take("unread")?,
            },
            "subscribed" => Self::Subscribed {
                room: object.take("room")?,
                slug: object.take("slug")?,
                head: object.take("head")?,
                epoch: object.take("epoch")?,
                reset: object.take("reset")?,
            },
            "unsubscribed" => Self::Unsubscribed { room: object.take("room")?, again: object.take_or_default("again")? },
            "event" => Self::Event(object.try_into()?),
            "renamed" => Self::Renamed { room: object.take("room")?, name: object.take("name")?, topic: object.take("topic")? },
            "alert" => Self::Alert { rev: object.take("rev")?, unread: object.take("unread")?, alert: object.take("alert")? },
            "alerts_changed" => Self::AlertsChanged { rev: object.take("rev")?, unread: object.take("unread")? },
            "rooms_changed" => Self::RoomsChanged { rev: object.take("rev")? },
            "read" => Self::Read {
                rev: object.take("rev")?,
                room: object.take("room")?,
                head: object.take("head")?,
                last_read: object.take("last_read")?,
                unread: object.take("unread")?,
                mentions: object.take("mentions")?,
            },
            "activity" => Self::Activity {
                room: object.take("room")?,
                from: object.take("from")?,
                head: object.take("head")?,
                entries: object.take("entries")?,
            },
            "bookmark_changed" => Self::BookmarkChanged {
                rev: object.take("rev")?,
                room: object.take("room")?,
                seq: object.take("seq")?,
                on: object.take("on")?,
            },
            "typing" => Self::Typing { room: object.take("room")?, user: object.take("user")? },
            "presence" => Self::Presence { people: object.take("people")? },
            "ack" => Self::Ack {
                client_id: object.take("client_id")?,
                room: object.take("room")?,
                message: object.take("message")?,
                seq: object.take("seq")?,
                at: object.take("at")?,
                unreached: object.take_or_default("unreached")?,
            },
            "done" => Self::Done { client_id: object.take("client_id")?, room: object.take("room")?, seq: object.take("seq")? },
            "told" => Self::Told {
                client_id: object.take("client_id")?,
                room: object.take("room")?,
                text: object.take_or_default("text")?,
            },
            "error" => Self::Error {
                client_id: object.take("client_id")?,
                room: object.take("room")?,
                error: object.take("error")?,
            },
            "pong" => Self::Pong,
        }))
    }
}

objects!(ServerFrame);

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

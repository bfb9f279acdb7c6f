//! Signals as they travel between nodes: JSON, the events in it as they were encoded for the sockets.

use protocol::{EpochId, News, PersonPresence, RoomId, Seq, SessionId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{Audience, Bars, Call, Frame, NodeId, Published, Seen, Signal};

/// What one node committed at once.
#[derive(Serialize, Deserialize)]
struct Parcel<'a> {
    node: Uuid,
    #[serde(borrow)]
    signals: Vec<Item<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Item<'a> {
    Event {
        room: RoomId,
        seq: Seq,
        epoch: EpochId,
        #[serde(borrow)]
        frame: &'a RawValue,
        #[serde(default)]
        bars: Bars,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        news: Option<News>,
    },
    Cut(SessionId),
    Accounts,
    Rooms(UserId),
    Account {
        user: UserId,
        rev: i64,
        #[serde(borrow)]
        frame: &'a RawValue,
    },
    Announce {
        to: Audience,
        #[serde(borrow)]
        frame: &'a RawValue,
    },
    Presence {
        node: NodeId,
        people: Vec<PersonPresence>,
    },
    Seen {
        user: UserId,
        seen: Seen,
    },
    Typing {
        room: RoomId,
        user: UserId,
        #[serde(borrow)]
        frame: &'a RawValue,
    },
    Call {
        id: Uuid,
        stream: Uuid,
        session: Option<SessionId>,
        #[serde(borrow)]
        frame: &'a RawValue,
    },
    Answer {
        call: Uuid,
        #[serde(borrow)]
        frame: Option<&'a RawValue>,
    },
}

/// Signals of a node as one message.
pub(super) fn encode(node: Uuid, signals: &[Signal]) -> serde_json::Result<Vec<u8>> {
    let signals = signals.iter().map(|signal| {
        Ok(match signal {
            Signal::Cut(session) => Item::Cut(*session),
            Signal::Accounts => Item::Accounts,
            Signal::Rooms(user) => Item::Rooms(*user),
            Signal::Account { user, rev, frame } => {
                Item::Account { user: *user, rev: *rev, frame: serde_json::from_slice(frame.json())? }
            }
            Signal::Announce { to, frame } => Item::Announce { to: *to, frame: serde_json::from_slice(frame.json())? },
            Signal::Presence { node, people } => Item::Presence { node: *node, people: people.clone() },
            Signal::Seen { user, seen } => Item::Seen { user: *user, seen: seen.clone() },
            Signal::Typing { room, user, frame } => {
                Item::Typing { room: *room, user: *user, frame: serde_json::from_slice(frame.json())? }
            }
            Signal::Call(Call { id, stream, session, frame }) => {
                Item::Call { id: *id, stream: *stream, session: *session, frame: serde_json::from_slice(frame.json())? }
            }
            Signal::Answer { call, frame } => {
                let frame = frame.as_ref().map(|frame| serde_json::from_slice(frame.json())).transpose()?;
                Item::Answer { call: *call, frame }
            }
            Signal::Event(Published { room, seq, epoch, frame, bars, news }) => Item::Event {
                room: *room,
                seq: *seq,
                epoch: *epoch,
                frame: serde_json::from_slice(frame.json())?,
                bars: *bars,
                news: *news,
            },
        })
    });
    serde_json::to_vec(&Parcel { node, signals: signals.collect::<serde_json::Result<_>>()? })
}

/// The signals in a message; none when it comes from this node itself, whose hub has them already.
pub(super) fn decode(node: Uuid, message: &[u8]) -> serde_json::Result<Vec<Signal>> {
    let parcel: Parcel<'_> = serde_json::from_slice(message)?;
    if parcel.node == node {
        return Ok(Vec::new());
    }
    let signals = parcel.signals.into_iter().map(|item| match item {
        Item::Cut(session) => Signal::Cut(session),
        Item::Accounts => Signal::Accounts,
        Item::Rooms(user) => Signal::Rooms(user),
        Item::Account { user, rev, frame } => Signal::Account { user, rev, frame: framed(frame) },
        Item::Announce { to, frame } => Signal::Announce { to, frame: framed(frame) },
        Item::Event { room, seq, epoch, frame, bars, news } => {
            Signal::Event(Published { room, seq, epoch, frame: framed(frame), bars, news })
        }
        Item::Presence { node, people } => Signal::Presence { node, people },
        Item::Seen { user, seen } => Signal::Seen { user, seen },
        Item::Typing { room, user, frame } => Signal::Typing { room, user, frame: framed(frame) },
        Item::Call { id, stream, session, frame } => Signal::Call(Call { id, stream, session, frame: framed(frame) }),
        Item::Answer { call, frame } => Signal::Answer { call, frame: frame.map(framed) },
    });
    Ok(signals.collect())
}

fn framed(json: &RawValue) -> Frame {
    Frame::text(json.get().to_owned())
}

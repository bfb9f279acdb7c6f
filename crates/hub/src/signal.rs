//! What nodes tell each other, and what a socket is known by.

use protocol::{EpochId, News, PersonPresence, RoomId, Seq, SessionId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Frame,
    seen::{NodeId, Seen},
};

/// A committed event, encoded for the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The room.
    pub room: RoomId,
    /// Its place in the room's log.
    pub seq: Seq,
    /// What the place is of, as far as the node knew that published it.
    pub epoch: EpochId,
    /// What subscribers are given.
    pub frame: Frame,
    /// Who may not read the room any longer from here on (G9).
    pub bars: Bars,
    /// What it changes of what is new in the room, if anything.
    pub news: Option<News>,
}

/// Whose right to read a room ends with an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bars {
    /// Nobody's.
    #[default]
    Nobody,
    /// One person's, who is given the event and nothing after it.
    One(UserId),
    /// That of everybody who is no member. Which these are is not known here: all have to ask again, and members are given the event
    /// then.
    Strangers,
}

/// A frame for a stream that another node may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// By what the answer is known.
    pub id: Uuid,
    /// The stream.
    pub stream: Uuid,
    /// Whose it has to be; none for a guest's.
    pub session: Option<SessionId>,
    /// What the client says.
    pub frame: Frame,
}

/// What nodes tell each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Something happened in a room.
    Event(Published),
    /// A session was ended: close its sockets (G9).
    Cut(SessionId),
    /// Something happened in the log of an account.
    Account {
        /// Whose.
        user: UserId,
        /// Its place there.
        rev: i64,
        /// What all sockets of that person are given, encoded for the wire.
        frame: Frame,
    },
    /// Something happened in the logs of many accounts at once: each node looks which of those that it serves are among them.
    Accounts,
    /// Somebody is in other rooms than before: what is new there is to be told to them from now on.
    Rooms(UserId),
    /// Something that concerns people whether they are subscribed to a room or not. It does not last either.
    Announce {
        /// Whom.
        to: Audience,
        /// What they are given, encoded for the wire.
        frame: Frame,
    },
    /// People have come to a node or gone from it, or are still there. It does not last: who is not heard of for a while has gone.
    Presence {
        /// The node that says so.
        node: NodeId,
        /// How they are there.
        people: Vec<PersonPresence>,
    },
    /// Somebody wants to be seen otherwise.
    Seen {
        /// Who.
        user: UserId,
        /// How.
        seen: Seen,
    },
    /// Somebody is typing. It does not last: it is in no log, and nobody looks for it when it is lost.
    Typing {
        /// Where.
        room: RoomId,
        /// Who.
        user: UserId,
        /// What the others are given, encoded for the wire.
        frame: Frame,
    },
    /// A request brought a frame for a stream that this node does not have.
    Call(Call),
    /// The node that has the stream has done what a call asked for.
    Answer {
        /// Which call.
        call: Uuid,
        /// What the request is answered, encoded for the wire; nothing where that comes on the stream.
        frame: Option<Frame>,
    },
}

/// Whom an announcement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Every socket.
    Everyone,
    /// Sockets of people who are signed in.
    Accounts,
}

/// One socket, as long as this process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub(crate) u64);

//! A message before and after it is stored.

use std::sync::Arc;

use protocol::{Answers, Body, ClientId, Extra, MessageId, RoomId, RoomRef, Seq, User, UserId};

use crate::seats::Seats;

/// A message to be stored.
pub(super) struct Send {
    pub(super) author: UserId,
    pub(super) room: RoomRef,
    pub(super) client_id: ClientId,
    pub(super) body: Body,
    pub(super) answers: Answers,
    pub(super) extra: Option<Extra>,
    /// The names in it by which it may call people.
    pub(super) words: Vec<String>,
    /// Who is here, where it calls those.
    pub(super) here: Vec<UserId>,
    /// The program or the house, where it speaks without being a member.
    pub(super) guest: Option<User>,
    /// Where members who write are kept.
    pub(super) seats: Arc<Seats>,
}

/// A message that is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Where to.
    pub room: RoomId,
    /// The room's slug.
    pub slug: String,
    /// The message.
    pub message: MessageId,
    /// Its place in the room's log.
    pub seq: Seq,
    /// When it was taken, in unix milliseconds.
    pub at: i64,
    /// Whom it names who cannot read the room.
    pub unreached: Vec<User>,
}

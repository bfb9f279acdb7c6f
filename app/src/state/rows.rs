//! What a timeline shows, from top to bottom.

use std::sync::Arc;

use protocol::{ClientId, Error, Message, MessageId, NewMessage, Seq, User, UserId};

use super::{Deed, Pending, RoomState, Status, clock};

/// Messages of one author that are not further apart than this stand under one name.
const GROUP_MS: i64 = 5 * 60 * 1_000;

/// What a row is known by, from the moment it is written: a message keeps its row, and so its place on the screen, when it is
/// stored. (A day line belongs to the message under it.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowKey {
    /// The line above the first message of a day.
    Day(UserId, ClientId),
    /// A message.
    Message(UserId, ClientId),
}

impl RowKey {
    /// The same as numbers. A day's are no message's: ids with all their bits turned over have no version and variant of a UUID.
    #[must_use]
    pub fn number(self) -> (u128, u128) {
        match self {
            Self::Day(author, message) => (!author.0.as_u128(), message.0.as_u128()),
            Self::Message(author, message) => (author.0.as_u128(), message.0.as_u128()),
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A new day begins.
    Day {
        /// The message under it.
        key: RowKey,
        /// Some moment of it, in local milliseconds.
        local: i64,
    },
    /// A message.
    Message(MessageRow),
}

/// A message in a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// The message. One that is not stored yet has no place: its `seq` is zero.
    pub message: Arc<Message>,
    /// When it was written, in local milliseconds.
    pub local: i64,
    /// The first of a group: it carries the author's name.
    pub first: bool,
    /// Written by the reader.
    pub own: bool,
    /// How far it is.
    pub mark: Mark,
}

/// How far a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Stored.
    Stored,
    /// On its way.
    Pending,
    /// On its way for some time.
    Slow,
    /// Was not sent for so long that the person is asked.
    Held,
    /// Refused.
    Failed(Error),
}

impl Row {
    /// Its time, in local milliseconds.
    #[must_use]
    pub fn local(&self) -> i64 {
        let (Self::Day { local, .. } | Self::Message(MessageRow { local, .. })) = self;
        *local
    }

    /// What the row is known by.
    #[must_use]
    pub fn key(&self) -> RowKey {
        match self {
            Self::Day { key, .. } => *key,
            Self::Message(row) => RowKey::Message(row.message.author.id, row.message.client_id),
        }
    }
}

/// The rows of a room: its messages, then what the reader has written and is not among them yet. `local` moves a UTC time into the
/// reader's zone; the message that the address names, `focus`, carries its author's name wherever it stands.
pub fn rows<'a>(
    state: &RoomState,
    outbox: impl Iterator<Item = &'a Pending>,
    reader: Option<&User>,
    focus: Option<Seq>,
    local: impl Fn(i64) -> i64,
) -> Vec<Row> {
    let mut rows = Vec::with_capacity(state.messages().len() + 8);
    let mut last: Option<(UserId, i64)> = None;
    let mut push = |message: Arc<Message>, mark: Mark| {
        let at = local(message.at);
        let author = message.author.id;
        let same_day = last.is_some_and(|(_, before)| clock::day_number(before) == clock::day_number(at));
        if !same_day {
            rows.push(Row::Day { key: RowKey::Day(author, message.client_id), local: at });
        }
        let grouped = same_day && last.is_some_and(|(who, before)| who == author && (at - before).abs() <= GROUP_MS);
        let own = reader.is_some_and(|reader| reader.id == author);
        let first = !grouped || focus == Some(message.seq);
        rows.push(Row::Message(MessageRow { message, local: at, first, own, mark }));
        last = Some((author, at));
    };
    for message in state.messages() {
        push(Arc::clone(message), Mark::Stored);
    }
    let Some(reader) = reader else { return rows };
    for pending in outbox.filter(|pending| pending.deed == Deed::Send) {
        let shown =
            state.messages().iter().rev().any(|message| message.client_id == pending.client_id && message.author.id == reader.id);
        if !shown {
            let (message, mark) = as_message(pending, reader);
            push(Arc::new(message), mark);
        }
    }
    rows
}

/// A message as it will look once it is stored.
fn as_message(pending: &Pending, author: &User) -> (Message, Mark) {
    let (seq, at, mark) = match &pending.status {
        Status::Waiting | Status::Sent if pending.slow => (Seq::ZERO, pending.at, Mark::Slow),
        Status::Waiting | Status::Sent => (Seq::ZERO, pending.at, Mark::Pending),
        Status::Held => (Seq::ZERO, pending.at, Mark::Held),
        Status::Stored { seq, at } => (*seq, *at, Mark::Stored),
        Status::Failed(error) => (Seq::ZERO, pending.at, Mark::Failed(error.clone())),
    };
    // The client id stands in until the event brings the server's id.
    let message = NewMessage::plain(MessageId(pending.client_id.0), pending.client_id, pending.body.clone());
    let message = message.stored(seq, author.clone(), at);
    (message, mark)
}

#[cfg(test)]
mod tests;

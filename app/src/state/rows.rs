//! What a timeline shows, from top to bottom.

use std::sync::Arc;

use protocol::{Answers, ClientId, Error, Mention, Message, MessageId, NewMessage, Quote, Seq, User, UserId, markdown};

use super::{Chip, Deed, Pending, RoomState, Status, Then, changes::delete, clock, reactions::chips};

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
    /// The line above the first message that is new.
    New,
}

impl RowKey {
    /// The same as numbers. A day's are no message's: ids with all their bits turned over have no version and variant of a UUID.
    #[must_use]
    pub fn number(self) -> (u128, u128) {
        match self {
            Self::Day(author, message) => (!author.0.as_u128(), message.0.as_u128()),
            Self::Message(author, message) => (author.0.as_u128(), message.0.as_u128()),
            Self::New => (0, 0),
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
    /// From here on it is new.
    New,
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
    /// When its text was changed last, in local milliseconds.
    pub edited: Option<i64>,
    /// Whether the reader keeps it for themselves.
    pub kept: bool,
    /// The reactions under it.
    pub reactions: Vec<Chip>,
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
    /// Deleted a moment ago, by this; that can be undone.
    Deleting(ClientId),
    /// Something else was to be made of it, and was not.
    Unchanged {
        /// What was to be done.
        by: ClientId,
        /// Why it was not; nothing where the person is asked first.
        error: Option<Error>,
        /// The text that it was to have; nothing where it was to go.
        text: Option<String>,
    },
}

impl Row {
    /// Its time, in local milliseconds.
    #[must_use]
    pub fn local(&self) -> i64 {
        match self {
            Self::Day { local, .. } | Self::Message(MessageRow { local, .. }) => *local,
            Self::New => 0,
        }
    }

    /// What the row is known by.
    #[must_use]
    pub fn key(&self) -> RowKey {
        match self {
            Self::Day { key, .. } => *key,
            Self::Message(row) => RowKey::Message(row.message.author.id, row.message.client_id),
            Self::New => RowKey::New,
        }
    }
}

/// The rows of a room: its messages, as the reader has left them, then what they have written and is not among them yet. `local` moves a UTC
/// time into the reader's zone; the message that the address names, `focus`, carries its author's name wherever it stands.
///
/// A message that was deleted has a row as long as something hangs on it: a thread, an answer that is shown, the address that names it, or what
/// the reader wanted to do to it. This is decided here and nowhere else; pages, the log and the API have all of them.
pub fn rows<'a>(
    state: &RoomState,
    outbox: impl Iterator<Item = &'a Pending>,
    reader: Option<&User>,
    focus: Option<Seq>,
    local: impl Fn(i64) -> i64,
) -> Vec<Row> {
    let mut rows = Vec::with_capacity(state.messages().len() + 8);
    let mut last: Option<(Option<UserId>, i64)> = None;
    let mut push = |message: Arc<Message>, reactions: Vec<Chip>, mark: Mark| {
        let at = local(message.at);
        let author = message.author.id;
        let same_day = last.is_some_and(|(_, before)| clock::day_number(before) == clock::day_number(at));
        if !same_day {
            rows.push(Row::Day { key: RowKey::Day(author, message.client_id), local: at });
        }
        let grouped = same_day && last.is_some_and(|(who, before)| who == Some(author) && (at - before).abs() <= GROUP_MS);
        let own = reader.is_some_and(|reader| reader.id == author);
        // Nothing goes on under the name above a thread.
        let is_root = state.thread() == Some(message.seq);
        // What is answered stands under the author's name.
        let first = !grouped || focus == Some(message.seq) || message.reply_to.is_some();
        let (edited, kept) = (message.edited_at.map(&local), state.is_bookmarked(message.seq));
        rows.push(Row::Message(MessageRow { message, local: at, first, own, edited, kept, reactions, mark }));
        last = Some(((!is_root).then_some(author), at));
    };
    let outbox: Vec<_> = outbox.collect();
    // The message under which a thread stands is its first one.
    let root = state.root().filter(|_| !state.has_older());
    for message in root.into_iter().chain(state.messages()) {
        let (message, mark) = overlay(message, &outbox);
        if !message.deleted || mark != Mark::Stored || focus == Some(message.seq) || carries(state, &message) {
            let reactions = chips(state, &message, outbox.iter().copied());
            push(message, reactions, mark);
        }
    }
    let Some(reader) = reader else { return rows };
    let here = |pending: &&&Pending| {
        let Answers { thread_of, only_in_thread, .. } = pending.answers;
        pending.deed == Deed::Send && state.takes(thread_of, only_in_thread)
    };
    for pending in outbox.iter().filter(here) {
        let shown =
            state.messages().iter().rev().any(|message| message.client_id == pending.client_id && message.author.id == reader.id);
        if !shown {
            let (message, mark) = as_message(state, pending, reader);
            let message = Arc::new(message);
            // One that is stored may have been changed before its event comes.
            let (message, mark) = if mark == Mark::Stored { overlay(&message, &outbox) } else { (message, mark) };
            if !message.deleted || mark != Mark::Stored {
                let reactions = chips(state, &message, outbox.iter().copied());
                push(message, reactions, mark);
            }
        }
    }
    rows
}

/// A message as another one quotes it.
#[must_use]
pub fn quote(message: &Message) -> Box<Quote> {
    let line = markdown::line(&message.body);
    Box::new(Quote { seq: message.seq, author: message.author.clone(), line, deleted: message.deleted })
}

/// Whom a message will call, as far as this page knows: those who wrote what is shown.
fn called(state: &RoomState, author: &User, body: &str) -> Vec<Mention> {
    let known = |word: &str| {
        let people = state.messages().iter().chain(state.root()).map(|message| &message.author);
        people.chain([author]).find(|person| person.username == word).map(|person| person.id)
    };
    let mention = |word: String| {
        let user = known(&word).filter(|_| !markdown::calls_all(&word));
        let is_called = user.is_some() || (state.rights.call && markdown::calls_all(&word));
        is_called.then_some(Mention { word, user })
    };
    markdown::called(body).into_iter().filter_map(mention).collect()
}

/// Whether something hangs on a message.
fn carries(state: &RoomState, message: &Message) -> bool {
    let answers = |other: &Arc<Message>| !other.deleted && other.reply_to.as_ref().is_some_and(|quote| quote.seq == message.seq);
    message.thread.is_some() || state.thread() == Some(message.seq) || state.messages().iter().any(answers)
}

/// A stored message with what the reader has done to it and the server has not said yet.
fn overlay(message: &Arc<Message>, outbox: &[&Pending]) -> (Arc<Message>, Mark) {
    let mut shown = Arc::clone(message);
    let mut mark = Mark::Stored;
    for pending in outbox.iter().filter(|pending| pending.place() == Some(message.seq)) {
        let (by, text) = (pending.client_id, pending.body.clone());
        match (&pending.deed, &pending.status) {
            (Deed::Send | Deed::React { .. }, _) => {}
            (Deed::Edit { .. }, Status::Failed(error)) => {
                mark = Mark::Unchanged { by, error: Some(error.clone()), text: Some(text) }
            }
            (Deed::Edit { .. }, Status::Held) => mark = Mark::Unchanged { by, error: None, text: Some(text) },
            (Deed::Edit { revision, .. }, status) if !message.deleted && message.revision <= *revision => {
                let shown = Arc::make_mut(&mut shown);
                (shown.body, shown.edited_at, shown.revision) = (text, Some(pending.at), revision + 1);
                mark = match status {
                    Status::Stored { .. } => Mark::Stored,
                    _ if pending.slow => Mark::Slow,
                    _ => Mark::Pending,
                };
            }
            (Deed::Edit { .. }, _) => {}
            (Deed::Delete { .. }, Status::Failed(error)) => mark = Mark::Unchanged { by, error: Some(error.clone()), text: None },
            (Deed::Delete { .. }, _) if message.deleted => {}
            (Deed::Delete { .. }, _) => {
                delete(Arc::make_mut(&mut shown));
                mark = if pending.can_be_undone() { Mark::Deleting(by) } else { Mark::Stored };
            }
        }
    }
    (shown, mark)
}

/// Draws the line above the first message of others after this place: there the reader left.
#[must_use]
pub fn with_new_line(mut rows: Vec<Row>, after: Option<Seq>) -> Vec<Row> {
    let is_new = |row: &Row| match (row, after) {
        (Row::Message(row), Some(after)) => row.message.seq > after && !row.own && !row.message.deleted,
        _ => false,
    };
    let Some(place) = rows.iter().position(is_new) else { return rows };
    if let Some(Row::Message(row)) = rows.get_mut(place) {
        row.first = true;
    }
    let day = place.checked_sub(1).filter(|before| matches!(rows.get(*before), Some(Row::Day { .. })));
    rows.insert(day.unwrap_or(place), Row::New);
    rows
}

/// A message as it will look once it is stored.
fn as_message(state: &RoomState, pending: &Pending, author: &User) -> (Message, Mark) {
    let (seq, at, mark) = match &pending.status {
        Status::Waiting | Status::Sent if pending.slow => (Seq::ZERO, pending.at, Mark::Slow),
        Status::Waiting | Status::Sent => (Seq::ZERO, pending.at, Mark::Pending),
        Status::Held => (Seq::ZERO, pending.at, Mark::Held),
        Status::Stored { seq, at } => (*seq, *at, Mark::Stored),
        Status::Failed(error) => (Seq::ZERO, pending.at, Mark::Failed(error.clone())),
    };
    // The client id stands in until the event brings the server's id.
    let message = NewMessage::plain(MessageId(pending.client_id.0), pending.client_id, pending.body.clone());
    let mut message = message.stored(seq, author.clone(), at);
    let Answers { reply_to, thread_of, only_in_thread } = pending.answers;
    (message.thread_of, message.only_in_thread) = (thread_of, only_in_thread);
    // What it answers may have changed since it was written.
    let quoted = reply_to.and_then(|seq| state.message(seq)).map(|message| quote(message));
    message.reply_to = quoted.or_else(|| pending.quote.clone());
    message.mentions = called(state, author, &message.body);
    match &pending.then {
        Some(Then::Edit(body)) => {
            (message.body, message.edited_at, message.revision) = (body.clone(), Some(pending.at), 1);
        }
        Some(Then::Delete) => delete(&mut message),
        None => {}
    }
    (message, mark)
}

#[cfg(test)]
mod tests;

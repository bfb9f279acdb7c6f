//! A message as it is stored, with what hangs on it: the one place that knows its columns. Pages read it, and the log.

use std::collections::{BTreeSet, HashMap};

use protocol::{ClientId, Extra, MessageId, NewMessage, Quote, Seq, Thread, User, UserId, markdown};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, prelude::Uuid};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Error, Result,
    db::entity::{message, user},
};

/// The columns of a message `m`, and of what [`JOINS`] finds beside it.
pub(crate) const COLUMNS: &str = "m.id AS message_id, m.seq AS message_seq, m.client_id, m.body, m.deleted_at, m.revision, m.edited_at, \
     m.thread_of, m.in_room, m.thread, m.reactions, m.mentions, m.pinned, m.kind AS message_kind, m.extra, \
     q.seq AS quoted_seq, q.body AS quoted_body, q.deleted_at AS quoted_deleted_at, w.id AS quoted_id, w.username AS quoted_username, \
     w.name AS quoted_name, w.ambiguous AS quoted_ambiguous, w.picture AS quoted_picture, t.thread AS stands_in ";

/// What it answers, and the message under which it stands.
pub(crate) const JOINS: &str = " LEFT JOIN messages q ON q.room_id = m.room_id AND q.seq = m.reply_to LEFT JOIN users w ON w.id = q.author_id \
     LEFT JOIN messages t ON t.room_id = m.room_id AND t.seq = m.thread_of ";

/// One message.
#[derive(FromQueryResult)]
pub(crate) struct Stored {
    message_id: Uuid,
    message_seq: i64,
    client_id: Uuid,
    body: String,
    deleted_at: Option<i64>,
    revision: i64,
    edited_at: Option<i64>,
    thread_of: Option<i64>,
    in_room: bool,
    thread: String,
    reactions: String,
    mentions: String,
    pinned: bool,
    message_kind: message::Kind,
    extra: String,
    quoted_seq: Option<i64>,
    quoted_body: Option<String>,
    quoted_deleted_at: Option<i64>,
    quoted_id: Option<Uuid>,
    quoted_username: Option<String>,
    quoted_name: Option<String>,
    quoted_ambiguous: Option<bool>,
    quoted_picture: Option<String>,
    stands_in: Option<String>,
}

/// What is kept of a thread with the message that it stands under.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredThread {
    /// Messages that were not deleted.
    pub(crate) replies: u64,
    /// When the last of them was written.
    pub(crate) last_at: i64,
    /// Who wrote last, the latest first.
    pub(crate) people: Vec<UserId>,
}

/// The people whom threads name.
#[derive(Default)]
pub(crate) struct People(HashMap<UserId, User>);

impl People {
    /// Those of these messages. Where there is no thread, the database is not asked.
    pub(crate) async fn of<'a>(db: &impl ConnectionTrait, messages: impl IntoIterator<Item = &'a Stored>) -> Result<Self> {
        let mut ids = BTreeSet::new();
        for message in messages {
            for thread in [Some(&message.thread), message.stands_in.as_ref()].into_iter().flatten() {
                ids.extend(parse::<StoredThread>(thread)?.people);
            }
        }
        Self::read(db, ids).await
    }

    /// These. Where there are none, the database is not asked.
    pub(crate) async fn read(db: &impl ConnectionTrait, ids: BTreeSet<UserId>) -> Result<Self> {
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let rows = user::Entity::find().filter(user::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await?;
        Ok(Self(rows.into_iter().map(User::from).map(|user| (user.id, user)).collect()))
    }

    /// One more is named.
    pub(crate) fn add(&mut self, user: &User) {
        self.0.insert(user.id, user.clone());
    }

    /// What is shown of a thread.
    pub(crate) fn thread(&self, stored: StoredThread) -> Option<Box<Thread>> {
        let StoredThread { replies, last_at, people } = stored;
        let people = people.iter().filter_map(|id| self.0.get(id).cloned()).collect();
        (replies > 0).then(|| Box::new(Thread { replies, last_at, people }))
    }
}

/// What is kept with a message: as it comes where there is nothing.
pub(crate) fn parse<T: DeserializeOwned + Default>(text: &str) -> Result<T> {
    if text.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_str(text).map_err(|error| Error::internal(format!("what is kept with a message cannot be read: {error}")))
}

/// As it is kept with a message: empty where there is nothing.
pub(crate) fn text_of<T: Serialize + Default + PartialEq>(kept: &T) -> Result<String> {
    if *kept == T::default() {
        return Ok(String::new());
    }
    serde_json::to_string(kept).map_err(|error| Error::internal(format!("cannot be kept with a message: {error}")))
}

/// What programs keep with it.
fn extra(text: String) -> Result<Option<Extra>> {
    if text.is_empty() {
        return Ok(None);
    }
    let extra = Extra::from_text(text);
    extra.map(Some).map_err(|error| Error::internal(format!("what is kept with a message cannot be read: {error}")))
}

impl Stored {
    /// Its place.
    pub(crate) fn seq(&self) -> Seq {
        Seq(self.message_seq)
    }

    /// The message. One that stands in a thread has that thread with it.
    pub(crate) fn into_message(self, people: &People) -> Result<NewMessage> {
        let reply_to = self.quote().filter(|_| self.deleted_at.is_none());
        let thread = parse(self.stands_in.as_deref().filter(|thread| !thread.is_empty()).unwrap_or(&self.thread))?;
        Ok(NewMessage {
            id: MessageId(self.message_id),
            client_id: ClientId(self.client_id),
            deleted: self.deleted_at.is_some(),
            revision: u32::try_from(self.revision).unwrap_or(u32::MAX),
            edited_at: self.edited_at,
            reply_to,
            thread_of: self.thread_of.map(Seq),
            only_in_thread: !self.in_room,
            thread: people.thread(thread),
            reactions: parse(&self.reactions)?,
            mentions: parse(&self.mentions)?,
            pinned: self.pinned,
            kind: self.message_kind.into(),
            extra: extra(self.extra)?,
            body: self.body,
        })
    }

    fn quote(&self) -> Option<Box<Quote>> {
        let author = User {
            id: UserId(self.quoted_id?),
            username: self.quoted_username.clone()?,
            name: self.quoted_name.clone()?,
            ambiguous: self.quoted_ambiguous?,
            picture: self.quoted_picture.clone(),
        };
        let (seq, line) = (Seq(self.quoted_seq?), markdown::line(self.quoted_body.as_deref()?));
        Some(Box::new(Quote { seq, author, line, deleted: self.quoted_deleted_at.is_some() }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use protocol::Reaction;

    use super::*;

    #[test]
    fn what_hangs_on_a_message_is_kept_as_text_and_nothing_as_none() {
        let thread = StoredThread { replies: 2, last_at: 7, people: vec![UserId::generate()] };
        assert_eq!(parse::<StoredThread>(&text_of(&thread).unwrap()).unwrap(), thread);
        let none = StoredThread::default();
        assert_eq!((text_of(&none).unwrap(), parse::<StoredThread>("").unwrap()), (String::new(), none));
        let reactions = vec![Reaction { emoji: "👍🏽".into(), count: 3, since: Seq(9) }];
        assert_eq!(parse::<Vec<Reaction>>(&text_of(&reactions).unwrap()).unwrap(), reactions);
        assert!(parse::<Vec<Reaction>>("{").is_err());
    }
}

//! The threads that somebody follows.

use std::collections::BTreeSet;

use protocol::{MessageId, Room, RoomId, RoomRole, Seq, Thread, User, UserId, markdown};
use sea_orm::{ConnectionTrait, FromQueryResult, prelude::Uuid};

use crate::{
    Chat, Result,
    db::{
        Sql,
        entity::{membership, room},
    },
    log::stored::{self, People, StoredThread},
    policy::{Access, Action, Actor},
    rooms, settings,
};

/// Threads in a list.
const LISTED: u64 = 100;

/// A thread that somebody follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The room that it stands in.
    pub room: Room,
    /// The message under which it stands.
    pub id: MessageId,
    /// Its place.
    pub root: Seq,
    /// Who wrote that.
    pub author: User,
    /// What it says, on one line; nothing where it was deleted.
    pub line: String,
    /// What stands there.
    pub thread: Thread,
    /// Messages of others that are not read.
    pub unread: u64,
    /// Those of them that call the reader by name or answer them.
    pub mentions: u64,
    /// The place of the last message.
    pub last: Seq,
}

#[derive(FromQueryResult)]
struct Row {
    room_id: Uuid,
    visibility: room::Visibility,
    role: Option<membership::Role>,
    message_id: Uuid,
    seq: i64,
    body: String,
    thread: String,
    id: Uuid,
    username: String,
    name: String,
    ambiguous: bool,
    picture: Option<String>,
    unread: i64,
    mentions: i64,
    last: i64,
}

/// Those in which something is said and that the actor may read, the one with the newest message first: a hundred at most.
///
/// # Errors
/// `not_authenticated`, `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<Vec<Followed>> {
    let user = actor.user()?;
    let db = chat.db().read();
    let unread = "t.room_id = f.room_id AND t.thread_of = f.seq AND t.deleted_at IS NULL AND t.seq > f.last_read_seq AND t.author_id <> f.user_id";
    let select = Sql::new(db.get_database_backend(), "SELECT f.room_id, ")
        .text(settings::VISIBILITY)
        .text(", o.role, m.id AS message_id, f.seq, m.body, m.thread, u.id, u.username, u.name, u.ambiguous, u.picture, ")
        .text(&["(SELECT COUNT(*) FROM messages t WHERE ", unread, ") AS unread, "].concat())
        .text(
            "(SELECT COUNT(*) FROM messages t JOIN inbox i ON i.room_id = t.room_id AND i.seq = t.seq AND i.user_id = f.user_id ",
        )
        .text(&["AND i.reason <> 'thread' WHERE ", unread, ") AS mentions, "].concat())
        .text("(SELECT MAX(t.seq) FROM messages t WHERE t.room_id = f.room_id AND t.thread_of = f.seq) AS last ")
        .text("FROM follows f JOIN messages m ON m.room_id = f.room_id AND m.seq = f.seq JOIN users u ON u.id = m.author_id ")
        .text("JOIN rooms r ON r.id = f.room_id AND r.deleted_at IS NULL ")
        .text("LEFT JOIN memberships o ON o.room_id = f.room_id AND o.user_id = f.user_id ")
        .text("WHERE f.left_at IS NULL AND m.thread <> '' AND f.user_id = ")
        .value(user.0)
        .text(" ORDER BY (SELECT MAX(t.created_at) FROM messages t WHERE t.room_id = f.room_id AND t.thread_of = f.seq) DESC")
        .limit(LISTED);
    let rows = db.query_all_raw(select.done()).await?;
    let rows = rows.iter().map(|row| Row::from_query_result(row, "")).collect::<std::result::Result<Vec<_>, _>>()?;
    let readable =
        rows.into_iter().filter(|row| Access::new(row.visibility.into(), actor, row.role.map(RoomRole::from)).may(Action::Read));
    let readable: Vec<_> = readable.collect();
    let rooms = rooms::known(chat, actor, readable.iter().map(|row| RoomId(row.room_id))).await?;
    let mut people = BTreeSet::new();
    for row in &readable {
        people.extend(stored::parse::<StoredThread>(&row.thread)?.people);
    }
    let people = People::read(db, people).await?;
    let mut list = Vec::with_capacity(readable.len());
    for row in readable {
        let room = rooms.iter().find(|room| room.id.0 == row.room_id);
        let thread = people.thread(stored::parse(&row.thread)?);
        let (Some(room), Some(thread)) = (room, thread) else { continue };
        list.push(row.followed(room.clone(), *thread));
    }
    Ok(list)
}

impl Row {
    fn followed(self, room: Room, thread: Thread) -> Followed {
        let Self { id, username, name, ambiguous, picture, .. } = self;
        Followed {
            room,
            id: MessageId(self.message_id),
            root: Seq(self.seq),
            author: User { id: UserId(id), username, name, ambiguous, picture },
            line: markdown::line(&self.body),
            thread,
            unread: self.unread.unsigned_abs(),
            mentions: self.mentions.unsigned_abs(),
            last: Seq(self.last),
        }
    }
}

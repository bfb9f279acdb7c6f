//! Deleting a message: its text goes, that there was something stays.

use protocol::{Change, Room, RoomRef, Seq, User, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    done::Done,
    find::{Found, find},
};
use crate::{
    Chat, Result,
    db::{
        Sql,
        entity::{message, report},
        now,
    },
    policy::{Action, Actor},
    rooms,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// A message that somebody asks about before they do something to it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The room that it stands in.
    pub room: Room,
    /// Its place there.
    pub seq: Seq,
    /// Who wrote it.
    pub author: User,
    /// Markdown source; nothing where it was deleted.
    pub body: String,
}

/// A message that this actor may delete.
///
/// # Errors
/// As [`delete`].
pub async fn deletable(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<Asked> {
    let found = rooms::load(chat.db().read(), actor, room).await?;
    found.access.permit(Action::Read)?;
    let message = find(chat.db().read(), found.room.id, seq).await?;
    found.access.permit(deleting(&message, actor.user()?))?;
    Ok(Asked { room: found.room, seq, author: message.author, body: message.body })
}

/// A message that something may be done to.
pub(super) async fn asked(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq, action: Action) -> Result<Asked> {
    let found = rooms::load(chat.db().read(), actor, room).await?;
    found.access.permit(action)?;
    let message = find(chat.db().read(), found.room.id, seq).await?;
    Ok(Asked { room: found.room, seq, author: message.author, body: message.body })
}

/// Deletes the message at a place: one's own, or somebody else's where one keeps order. Deleting it again changes nothing.
///
/// # Errors
/// `not_allowed` for the message of somebody else; `not_found` also for what this actor may not know of; `not_a_member`, `archived`,
/// `not_authenticated`, `throttled`, `unavailable`.
pub async fn delete(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<Done> {
    let user = actor.user()?;
    chat.deeds().by(user, Deed::Send)?;
    chat.writer().run(Delete { user, room: room.clone(), seq }).await
}

struct Delete {
    user: UserId,
    room: RoomRef,
    seq: Seq,
}

impl Work for Delete {
    type Answer = Done;

    async fn run(&self, transaction: &mut Transaction) -> Result<Done> {
        let found = rooms::load(&**transaction, Actor::User(self.user), &self.room).await?;
        let room = found.room;
        let head = rooms::lock(&**transaction, room.id).await?;
        // Who may not read hears nothing of what is there.
        found.access.permit(Action::Read)?;
        let message = find(&**transaction, room.id, self.seq).await?;
        found.access.permit(deleting(&message, self.user))?;
        if message.deleted {
            return Ok(Done { room, seq: head });
        }
        erase(transaction, &message, self.seq, self.user).await?;
        let change = Change::MessageDeleted { id: message.id, seq: self.seq, thread_of: None, thread: None };
        let event = transaction.record(room.id, self.user, change).await?;
        Ok(Done { room, seq: event.seq })
    }
}

/// What it takes to delete a message.
fn deleting(message: &Found, user: UserId) -> Action {
    if message.author.id == user { Action::DeleteOwn } else { Action::Moderate }
}

/// Takes away what a message said, and all that spoke of it: that there was something stays.
async fn erase(transaction: &Transaction, message: &Found, seq: Seq, by: UserId) -> Result<()> {
    let (room, at) = (message.room.0, now());
    message::Entity::update_many()
        .col_expr(message::Column::Body, Expr::value(""))
        .col_expr(message::Column::Reactions, Expr::value(""))
        .col_expr(message::Column::Mentions, Expr::value(""))
        .col_expr(message::Column::Pinned, Expr::value(false))
        .col_expr(message::Column::EditedAt, Expr::value(None::<i64>))
        .col_expr(message::Column::DeletedAt, Expr::value(at))
        .filter(message::Column::RoomId.eq(room))
        .filter(message::Column::Seq.eq(seq.0))
        .exec(&**transaction)
        .await?;
    for table in ["message_texts", "reactions", "pins", "bookmarks", "inbox"] {
        let start = ["DELETE FROM ", table, " WHERE room_id = "].concat();
        let delete = Sql::new(transaction.get_database_backend(), &start).value(room).text(" AND seq = ").value(seq.0);
        transaction.execute_raw(delete.done()).await?;
    }
    // What was asked for by a report is done.
    report::Entity::update_many()
        .col_expr(report::Column::ClosedAt, Expr::value(at))
        .col_expr(report::Column::ClosedBy, Expr::value(by.0))
        .filter(report::Column::MessageId.eq(message.id.0))
        .filter(report::Column::ClosedAt.is_null())
        .exec(&**transaction)
        .await?;
    Ok(())
}

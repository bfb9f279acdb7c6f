//! Deleting what somebody wrote: its text goes, that there was something stays.

use protocol::{Change, Room, RoomId, RoomRef, Seq, User, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::find::find;
use crate::{
    Chat, Result,
    db::{
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
    asked(chat, actor, room, seq, Action::Moderate).await
}

/// A message that something may be done to.
pub(super) async fn asked(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq, action: Action) -> Result<Asked> {
    let found = rooms::load(chat.db().read(), actor, room).await?;
    found.access.permit(action)?;
    let message = find(chat.db().read(), found.room.id, seq).await?;
    Ok(Asked { room: found.room, seq, author: message.author, body: message.body })
}

/// Deletes the message at a place. Deleting it again changes nothing.
///
/// # Errors
/// `not_allowed` for whoever does not keep order there; `not_found` also for what this actor may not know of; `not_a_member`,
/// `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn delete(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<Room> {
    let moderator = actor.user()?;
    chat.deeds().by(moderator, Deed::Moderate)?;
    chat.writer().run(Delete { moderator, room: room.clone(), seq }).await
}

struct Delete {
    moderator: UserId,
    room: RoomRef,
    seq: Seq,
}

impl Work for Delete {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = rooms::load(&**transaction, Actor::User(self.moderator), &self.room).await?;
        found.access.permit(Action::Moderate)?;
        let room: RoomId = found.room.id;
        let message = find(&**transaction, room, self.seq).await?;
        if message.deleted {
            return Ok(found.room);
        }
        message::Entity::update_many()
            .col_expr(message::Column::Body, Expr::value(""))
            .col_expr(message::Column::DeletedAt, Expr::value(now()))
            .filter(message::Column::RoomId.eq(room.0))
            .filter(message::Column::Seq.eq(self.seq.0))
            .exec(&**transaction)
            .await?;
        // What was asked for by a report is done.
        report::Entity::update_many()
            .col_expr(report::Column::ClosedAt, Expr::value(now()))
            .col_expr(report::Column::ClosedBy, Expr::value(self.moderator.0))
            .filter(report::Column::MessageId.eq(message.id.0))
            .filter(report::Column::ClosedAt.is_null())
            .exec(&**transaction)
            .await?;
        transaction.record(room, self.moderator, Change::MessageDeleted { id: message.id, seq: self.seq }).await?;
        Ok(found.room)
    }
}

//! Deleting a message: its text goes, that there was something stays.

use protocol::{Change, Event, Room, RoomRef, Seq, User, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    done::Done,
    find::{Found, find},
    referred,
};
use crate::{
    Chat, Result,
    db::{
        Sql,
        entity::{message, report},
        now,
    },
    house::{self, By},
    log,
    policy::{Action, Actor},
    rooms::{self, Steward},
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
    /// How often its text was changed.
    pub revision: u32,
}

impl Asked {
    pub(super) fn of(room: Room, message: Found) -> Self {
        Self { room, seq: message.seq, author: message.author, body: message.body, revision: message.revision }
    }
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
    Ok(Asked::of(found.room, message))
}

/// A message that something may be done to.
pub(crate) async fn asked(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq, action: Action) -> Result<Asked> {
    let found = rooms::load(chat.db().read(), actor, room).await?;
    found.access.permit(action)?;
    let message = find(chat.db().read(), found.room.id, seq).await?;
    Ok(Asked::of(found.room, message))
}

/// Deletes the message at a place: one's own, or somebody else's where one keeps order. Deleting it again changes nothing.
///
/// # Errors
/// `not_allowed` for the message of somebody else, where one keeps order neither there nor in the house; `not_found` also for what this actor
/// may not know of; `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn delete(chat: &Chat, by: impl Into<By>, room: &RoomRef, seq: Seq) -> Result<Done> {
    let steward = Steward::new(chat, by.into(), room, Deed::Send)?;
    chat.writer().run(Delete { steward, seq }).await
}

struct Delete {
    steward: Steward,
    seq: Seq,
}

impl Work for Delete {
    type Answer = Done;

    async fn run(&self, transaction: &mut Transaction) -> Result<Done> {
        let charge = self.steward.find(&**transaction).await?;
        let head = rooms::lock(&**transaction, charge.room.id).await?;
        // Who may neither read nor see to it hears nothing of what is there.
        if !charge.access.may(Action::Resolve) {
            charge.access.permit(Action::Read)?;
        }
        let message = find(&**transaction, charge.room.id, self.seq).await?;
        charge.access.permit(deleting(&message, charge.actor))?;
        if message.deleted {
            return Ok(Done { room: charge.room, seq: head });
        }
        // Those who keep order in a room do it where all can see it; that the house does is noted.
        if charge.doer.is_for_house() {
            charge.audit_person(&**transaction, house::Deed::DeleteMessage, &message.author, "").await?;
        }
        let event = take_away(transaction, &message, charge.actor).await?;
        Ok(Done { room: charge.room, seq: event.seq })
    }
}

/// What it takes to delete a message.
fn deleting(message: &Found, user: UserId) -> Action {
    if message.author.id == user { Action::DeleteOwn } else { Action::Resolve }
}

/// Takes away what a message said, and all that spoke of it: that there was something stays, and stands in the log. The thread that it stood
/// in is counted anew.
pub(super) async fn take_away(transaction: &mut Transaction, message: &Found, by: UserId) -> Result<Event> {
    let at = now();
    transaction.called(&[(message.room, message.seq)]).await?;
    message
        .update()
        .col_expr(message::Column::Body, Expr::value(""))
        .col_expr(message::Column::Reactions, Expr::value(""))
        .col_expr(message::Column::Mentions, Expr::value(""))
        .col_expr(message::Column::Extra, Expr::value(""))
        .col_expr(message::Column::Pinned, Expr::value(false))
        .col_expr(message::Column::EditedAt, Expr::value(None::<i64>))
        .col_expr(message::Column::DeletedAt, Expr::value(at))
        .exec(&**transaction)
        .await?;
    for table in ["message_texts", "reactions", "pins", "bookmarks", "inbox"] {
        let start = ["DELETE FROM ", table, " WHERE room_id = "].concat();
        let delete = Sql::new(transaction.get_database_backend(), &start).value(message.room.0);
        let delete = delete.text(" AND seq = ").value(message.seq.0);
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
    let thread = match message.thread_of {
        Some(root) => referred::recount(transaction, message.room, root).await?,
        None => None,
    };
    let change = Change::MessageDeleted { id: message.id, seq: message.seq, thread_of: message.thread_of, thread };
    let event = transaction.record(message.room, by, change).await?;
    if message.in_room {
        transaction.news(log::deletion(event.seq, message.author.id, message.seq));
    }
    Ok(event)
}

//! Changing the text of a message.

use protocol::{Body, Change, ErrorCode, RoomRef, Seq, UserId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, sea_query::Expr};

use super::{
    delete::Asked,
    done::Done,
    find::{Found, Held, find, hold},
};
use crate::{
    Chat, Result,
    db::{
        entity::{message, message_text},
        now,
    },
    policy::{Action, Actor, may_still_edit},
    rooms,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Another text for a message.
#[derive(Clone, Debug)]
pub struct NewText {
    /// The room that it stands in.
    pub room: RoomRef,
    /// Its place there.
    pub seq: Seq,
    /// Markdown source.
    pub body: String,
    /// How often the text had been changed that was edited here.
    pub revision: u32,
}

/// Changes the text of a message of one's own. The same text again changes nothing, so it may be sent again.
///
/// # Errors
/// `changed` when somebody was first, on another screen perhaps; `not_allowed` for the message of somebody else; `not_found` for one that was
/// deleted, and for what this actor may not know of; `too_late` where the house sets a time; `invalid`, `not_a_member`, `archived`, `muted`, `not_authenticated`, `throttled`,
/// `unavailable`.
pub async fn edit(chat: &Chat, actor: Actor, text: NewText) -> Result<Done> {
    let author = actor.user()?;
    let body = Body::parse(&text.body)?;
    chat.deeds().by(author, Deed::Send)?;
    let minutes = chat.settings().edit_minutes;
    chat.writer().run(Edit { author, room: text.room, seq: text.seq, body, revision: text.revision, minutes }).await
}

/// A message that this actor may edit.
///
/// # Errors
/// As [`edit`].
pub async fn editable(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<Asked> {
    let author = actor.user()?;
    let found = rooms::load(chat.db().read(), actor, room).await?;
    found.access.permit(Action::EditOwn)?;
    let message = find(chat.db().read(), found.room.id, seq).await?;
    permit(&message, author, chat.settings().edit_minutes)?;
    Ok(Asked::of(found.room, message))
}

/// What it takes beside the right to edit one's own.
fn permit(message: &Found, author: UserId, minutes: Option<u32>) -> Result<()> {
    if message.author.id != author {
        return Err(ErrorCode::NotAllowed.into());
    }
    if message.deleted {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(may_still_edit(minutes, message.at, now())?)
}

struct Edit {
    author: UserId,
    room: RoomRef,
    seq: Seq,
    body: Body,
    revision: u32,
    /// For how long the house lets people edit.
    minutes: Option<u32>,
}

impl Work for Edit {
    type Answer = Done;

    async fn run(&self, transaction: &mut Transaction) -> Result<Done> {
        let Held { room, head, message } = hold(&**transaction, self.author, &self.room, self.seq, Action::EditOwn).await?;
        // A retry may come late.
        if message.author.id == self.author && !message.deleted && message.body == self.body.as_str() {
            return Ok(Done { room, seq: head });
        }
        permit(&message, self.author, self.minutes)?;
        if message.revision != self.revision {
            return Err(ErrorCode::Changed.into());
        }
        let (at, revision) = (now(), message.revision + 1);
        self.write(transaction, &message, revision, at).await?;
        let body = self.body.as_str().to_owned();
        let change = Change::MessageEdited { id: message.id, seq: self.seq, body, revision, edited_at: at, mentions: Vec::new() };
        let event = transaction.record(room.id, self.author, change).await?;
        Ok(Done { room, seq: event.seq })
    }
}

impl Edit {
    /// Keeps the text that it had, and gives it the new one.
    async fn write(&self, transaction: &Transaction, message: &Found, revision: u32, at: i64) -> Result<()> {
        let earlier = message_text::ActiveModel {
            room_id: Set(message.room.0),
            seq: Set(self.seq.0),
            revision: Set(message.revision.into()),
            body: Set(message.body.clone()),
            at: Set(at),
        };
        earlier.insert(&**transaction).await?;
        message
            .update()
            .col_expr(message::Column::Body, Expr::value(self.body.as_str()))
            .col_expr(message::Column::Revision, Expr::value(i64::from(revision)))
            .col_expr(message::Column::EditedAt, Expr::value(at))
            .exec(&**transaction)
            .await?;
        Ok(())
    }
}

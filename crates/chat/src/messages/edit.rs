//! Changing the text of a message.

use protocol::{Body, Change, ErrorCode, RoomRef, RoomRole, Seq, UserId, Visibility, markdown};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, sea_query::Expr};

use super::{
    delete::Asked,
    done::Done,
    find::{Found, Held, find, hold},
    inbox::{self, Call},
    mentions::{self, Called, Names},
};
use crate::{
    Chat, Result,
    db::{
        entity::{message, message_text},
        now,
    },
    log::stored,
    policy::{Access, Action, Actor, may_still_edit},
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
    let words = markdown::called(body.as_str());
    let here = mentions::here(chat, &words);
    let edit = Edit { author, room: text.room, seq: text.seq, body, revision: text.revision, minutes, words, here };
    chat.writer().run(edit).await
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
    /// The names in it, and who is here where it calls those.
    words: Vec<String>,
    here: Vec<UserId>,
}

impl Work for Edit {
    type Answer = Done;

    async fn run(&self, transaction: &mut Transaction) -> Result<Done> {
        let Held { room, head, access, message } =
            hold(&**transaction, self.author, &self.room, self.seq, Action::EditOwn).await?;
        // A retry may come late.
        if message.author.id == self.author && !message.deleted && message.body == self.body.as_str() {
            return Ok(Done { room, seq: head });
        }
        permit(&message, self.author, self.minutes)?;
        if message.revision != self.revision {
            return Err(ErrorCode::Changed.into());
        }
        let (at, revision) = (now(), message.revision + 1);
        let called = self.called(transaction, &message, (access, room.visibility)).await?;
        self.write(transaction, &message, &called, (revision, at)).await?;
        self.call(transaction, &message, &called, (room.visibility, at)).await?;
        let body = self.body.as_str().to_owned();
        let change =
            Change::MessageEdited { id: message.id, seq: self.seq, body, revision, edited_at: at, mentions: called.mentions };
        let event = transaction.record(room.id, self.author, change).await?;
        Ok(Done { room, seq: event.seq })
    }
}

impl Edit {
    /// Whom it calls now.
    async fn called(
        &self,
        transaction: &Transaction,
        message: &Found,
        (access, visibility): (Access, Visibility),
    ) -> Result<Called> {
        let names = Names::read(transaction, &[(message.room, &self.words)]).await?;
        let role = access.role().unwrap_or(RoomRole::Member);
        Ok(names.resolve((message.room, visibility), (self.author, role), &self.words, &self.here))
    }

    /// Whoever is called by it only now hears of it, and whoever is not any more has heard nothing.
    async fn call(
        &self,
        transaction: &mut Transaction,
        message: &Found,
        called: &Called,
        (visibility, at): (Visibility, i64),
    ) -> Result<()> {
        if stored::text_of(&called.mentions)? == message.mentions {
            return Ok(());
        }
        transaction.called(&[(message.room, self.seq)]).await?;
        inbox::take_back(transaction, (message.room, self.seq));
        let quoted = match message.reply_to {
            Some(quoted) => Some(find(&**transaction, message.room, quoted).await?.author.id),
            None => None,
        };
        let is_public = visibility == Visibility::Public;
        let call = Call { room: message.room, is_public, seq: self.seq, at, author: self.author, called, quoted, thread: None };
        inbox::call(transaction, &[call]).await
    }

    /// Keeps the text that it had, and gives it the new one.
    async fn write(&self, transaction: &Transaction, message: &Found, called: &Called, (revision, at): (u32, i64)) -> Result<()> {
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
            .col_expr(message::Column::Mentions, Expr::value(stored::text_of(&called.mentions)?))
            .exec(&**transaction)
            .await?;
        Ok(())
    }
}

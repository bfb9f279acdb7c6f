//! Changing a hook, stopping it and letting it go on, and deleting it.

use protocol::{RoomRef, SessionId, UserId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel, prelude::Uuid};

use super::hook::{Hook, of_room, parse_url, parse_words, read};
use crate::{
    Chat, Result,
    db::{now, users},
    former, house,
    policy::{Action, Actor},
    rooms::{self, Steward},
    sessions,
    settings::mark_changed,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// What somebody changes of a hook. What is not said stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct HookEdit<'a> {
    /// Where to.
    pub url: Option<&'a str>,
    /// The words that a message has to begin with, separated by commas or blanks; none for every message.
    pub words: Option<&'a str>,
    /// Whether it rests. One that goes on does so with the next message: what was said meanwhile does not go there.
    pub paused: Option<bool>,
}

/// Changes a hook.
///
/// # Errors
/// As [`create`](super::create()); `not_found` also for a hook of another room.
pub async fn change(chat: &Chat, actor: Actor, room: &RoomRef, hook: Uuid, edit: HookEdit<'_>) -> Result<Hook> {
    let url = edit.url.map(|url| parse_url(chat, url)).transpose();
    let words = edit.words.map(parse_words).transpose();
    let (url, words) = match (url, words) {
        (Ok(url), Ok(words)) => (url, words),
        (url, words) => {
            return Err(protocol::Error::from([url.err(), words.err()].into_iter().flatten().collect::<Vec<_>>()).into());
        }
    };
    let steward = Steward::new(chat, actor.into(), room, Deed::Moderate)?;
    chat.writer().run(Change { steward, actor, hook, url, words, paused: edit.paused }).await
}

/// Deletes a hook with its deliveries and its account. What it has said stays, as what a former member wrote.
///
/// # Errors
/// As [`change`].
pub async fn delete(chat: &Chat, actor: Actor, room: &RoomRef, hook: Uuid) -> Result<()> {
    let steward = Steward::new(chat, actor.into(), room, Deed::Moderate)?;
    let ended = chat.writer().run(Delete { steward, hook }).await?;
    sessions::cut(chat, ended).await;
    chat.renew().await;
    Ok(())
}

struct Change {
    steward: Steward,
    actor: Actor,
    hook: Uuid,
    url: Option<String>,
    words: Option<String>,
    paused: Option<bool>,
}

impl Work for Change {
    type Answer = Hook;

    async fn run(&self, transaction: &mut Transaction) -> Result<Hook> {
        let charge = self.steward.take(&**transaction, Action::Moderate).await?;
        let stored = of_room(&**transaction, charge.room.id, self.hook).await?;
        let was_paused = stored.paused_at.is_some();
        let mut row = stored.into_active_model();
        let mut changed = Vec::new();
        if let Some(url) = &self.url {
            row.url = Set(url.clone());
            changed.push(["to ", &outbound::host(url)].concat());
        }
        if let Some(words) = &self.words {
            row.words = Set(words.clone());
            changed.push(["words: ", words].concat());
        }
        match self.paused {
            Some(true) if !was_paused => {
                row.paused_at = Set(Some(now()));
                changed.push("paused".to_owned());
            }
            Some(false) if was_paused => {
                let head = rooms::load(&**transaction, self.actor, &charge.room.id.into()).await?.head;
                (row.paused_at, row.failing_since, row.failures) = (Set(None), Set(None), Set(0));
                (row.hold_until, row.next_at, row.seq) = (Set(0), Set(Some(now())), Set(head.0));
                changed.push("goes on".to_owned());
            }
            _ => {}
        }
        let row = if changed.is_empty() {
            of_room(&**transaction, charge.room.id, self.hook).await?
        } else {
            let row = row.update(&**transaction).await?;
            let name = users::person(&**transaction, UserId(row.bot_id)).await?.name;
            charge.audit(&**transaction, house::Deed::ChangeOutgoing, [&name, " ", &changed.join(", ")].concat()).await?;
            row
        };
        read(&**transaction, vec![row]).await?.pop().ok_or_else(|| crate::Error::internal("a hook without its people"))
    }
}

struct Delete {
    steward: Steward,
    hook: Uuid,
}

impl Work for Delete {
    /// The sessions that have ended.
    type Answer = Vec<SessionId>;

    async fn run(&self, transaction: &mut Transaction) -> Result<Vec<SessionId>> {
        let charge = self.steward.take(&**transaction, Action::Moderate).await?;
        let stored = of_room(&**transaction, charge.room.id, self.hook).await?;
        let name = users::person(&**transaction, UserId(stored.bot_id)).await?.name;
        charge.audit(&**transaction, house::Deed::DeleteOutgoing, [&name, " to ", &outbound::host(&stored.url)].concat()).await?;
        let ended = former::erase(transaction, UserId(stored.bot_id)).await?;
        mark_changed(&**transaction).await?;
        Ok(ended)
    }
}

//! Making a hook.

use protocol::{DisplayName, ErrorCode, RoomRef, UserId, Username};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, prelude::Uuid};

use super::hook::{Hook, parse_url, parse_words, read};
use crate::{
    Chat, Result, accounts,
    credentials::random_text,
    db::{entity::outgoing_hook, now},
    house,
    policy::{Action, Actor},
    rooms::{self, Steward},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Hooks that a room may have.
const HOOKS_MAX: u64 = 10;

/// What somebody wants of a hook.
#[derive(Clone, Copy, Debug)]
pub struct NewHook<'a> {
    /// What it is called, and whoever speaks for it.
    pub name: &'a str,
    /// Where to.
    pub url: &'a str,
    /// The words that a message has to begin with, separated by commas or blanks; none for every message.
    pub words: &'a str,
}

/// A hook that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// It.
    pub hook: Hook,
    /// What its deliveries are signed with. It is not told again.
    pub secret: String,
}

/// Has what is said in a room go to a URL, from the next message on. Answers are posted by an account of the hook's own.
///
/// # Errors
/// `invalid` with every field that is wrong; `limit_reached`; `not_allowed` for whoever does not keep order there; `not_found` also for what
/// this actor may not know of; `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn create(chat: &Chat, actor: Actor, room: &RoomRef, new: NewHook<'_>) -> Result<Made> {
    let maker = actor.user()?;
    let (name, url, words) = match (DisplayName::parse_or(new.name, "Webhook"), parse_url(chat, new.url), parse_words(new.words))
    {
        (Ok(name), Ok(url), Ok(words)) => (name, url, words),
        (name, url, words) => {
            let faults = [name.err(), url.err(), words.err()].into_iter().flatten().collect::<Vec<_>>();
            return Err(protocol::Error::from(faults).into());
        }
    };
    let secret = secret()?;
    let steward = Steward::new(chat, actor.into(), room, Deed::Moderate)?;
    let hook = chat.writer().run(Create { steward, maker, name, url, words, secret: secret.clone() }).await?;
    chat.renew().await;
    Ok(Made { hook, secret })
}

/// 256 random bits, recognisable where they lie around.
pub(crate) fn secret() -> Result<String> {
    Ok(["snug_whs_", &random_text::<32>()?].concat())
}

struct Create {
    steward: Steward,
    maker: UserId,
    name: DisplayName,
    url: String,
    words: String,
    secret: String,
}

impl Work for Create {
    type Answer = Hook;

    async fn run(&self, transaction: &mut Transaction) -> Result<Hook> {
        let charge = self.steward.take(&**transaction, Action::Moderate).await?;
        let room = charge.room.id;
        let of_room = outgoing_hook::Entity::find().filter(outgoing_hook::Column::RoomId.eq(room.0));
        if of_room.count(&**transaction).await? >= HOOKS_MAX {
            return Err(ErrorCode::LimitReached.into());
        }
        let id = Uuid::now_v7();
        // The random part of its id.
        let username = Username::parse(&format!("hook-{:08x}", id.as_u128() as u32))?;
        let bot = accounts::insert_bot(transaction, &username, &self.name, None).await?;
        let head = rooms::load(&**transaction, Actor::User(self.maker), &room.into()).await?.head;
        let row = outgoing_hook::ActiveModel {
            id: Set(id),
            room_id: Set(room.0),
            url: Set(self.url.clone()),
            words: Set(self.words.clone()),
            secret: Set(self.secret.clone()),
            bot_id: Set(bot.id.0),
            made_by: Set(self.maker.0),
            made_at: Set(now()),
            seq: Set(head.0),
            ..Default::default()
        };
        let row = row.insert(&**transaction).await?;
        let detail = [self.name.as_str(), " to ", &outbound::host(&self.url)].concat();
        charge.audit(&**transaction, house::Deed::MakeOutgoing, detail).await?;
        let made = read(&**transaction, vec![row]).await?.pop();
        made.ok_or_else(|| crate::Error::internal("a hook without its people"))
    }
}

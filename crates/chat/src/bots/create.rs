//! Making a bot.

use std::sync::Arc;

use protocol::{DisplayName, ErrorCode, User, UserId, Username};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    Chat, Deed, Result, Session, accounts,
    db::{Serial, entity::user, serialize},
    house::{self, By, Doer, Subject},
    policy::{Actor, HouseAction},
    settings::Settings,
    writer::{Transaction, Work},
};

/// Bots that a person may answer for.
const BOTS_MAX: u64 = 50;

/// A bot that somebody wants.
#[derive(Clone, Copy, Debug)]
pub struct NewBot<'a> {
    /// Its user name, under the rules that hold for all.
    pub username: &'a str,
    /// Name to show; empty for the user name.
    pub name: &'a str,
}

/// Whether this person may make bots.
#[must_use]
pub fn may_create(chat: &Chat, session: &Session) -> bool {
    crate::policy::permit(Some(session.role), HouseAction::MakeBot, chat.settings().rules()).is_ok()
}

/// Makes a bot, for which whoever makes it answers.
///
/// # Errors
/// `invalid` with every field that is wrong, `not_allowed` where only admins may, `limit_reached`, `throttled`, `unavailable`.
pub async fn create(chat: &Chat, session: &Session, new: NewBot<'_>) -> Result<User> {
    let (username, name) = match (Username::parse(new.username), DisplayName::parse_or(new.name, new.username)) {
        (Ok(username), Ok(name)) => (username, name),
        (username, name) => {
            let faults: Vec<_> = [username.err(), name.err()].into_iter().flatten().collect();
            return Err(protocol::Error::from(faults).into());
        }
    };
    chat.deeds().by(session.user.id, Deed::EditRoom)?;
    let made = chat.writer().run(Create { owner: session.user.id, username, name, settings: chat.settings() }).await?;
    chat.renew().await;
    Ok(made)
}

struct Create {
    owner: UserId,
    username: Username,
    name: DisplayName,
    settings: Arc<Settings>,
}

impl Work for Create {
    type Answer = User;

    async fn run(&self, transaction: &mut Transaction) -> Result<User> {
        let doer = Doer::of(&**transaction, By::Actor(Actor::User(self.owner))).await?;
        doer.permit(HouseAction::MakeBot, &self.settings)?;
        room_for_one(&**transaction, self.owner).await?;
        let made = accounts::insert_bot(transaction, &self.username, &self.name, Some(self.owner)).await?;
        let subject = Subject::account(made.id, &made.username);
        house::enter(&**transaction, &doer, house::Deed::MakeBot, subject, String::new()).await?;
        Ok(made)
    }
}

/// Whether somebody may answer for one bot more.
pub(super) async fn room_for_one(db: &impl ConnectionTrait, owner: UserId) -> Result<()> {
    // Two that come to them at once would both find room.
    serialize(db, Serial::FirstAccount).await?;
    let own = user::Entity::find().filter(user::Column::OwnerId.eq(owner.0)).filter(user::Column::DeletedAt.is_null());
    if own.count(db).await? >= BOTS_MAX { Err(ErrorCode::LimitReached.into()) } else { Ok(()) }
}

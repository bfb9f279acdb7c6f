//! Who sees to the house.

use protocol::{ErrorCode, HouseRole, UserId};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::{
    Chat, Result,
    db::entity::user,
    policy::{self, Actor, HouseAction},
    settings::Settings,
};

/// On whose word something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Somebody at a page.
    Actor(Actor),
    /// The same, as one of those who see to the house: in rooms, too, that they are not in.
    Admin(Actor),
    /// Whoever has the machine, and so may do everything.
    CommandLine,
}

impl By {
    /// Whose account it is; nobody's for guests and for the command line.
    pub(crate) fn account(self) -> Option<UserId> {
        match self {
            Self::Actor(actor) | Self::Admin(actor) => actor.user().ok(),
            Self::CommandLine => None,
        }
    }
}

impl From<Actor> for By {
    fn from(actor: Actor) -> Self {
        Self::Actor(actor)
    }
}

/// The same, looked up.
pub(crate) struct Doer {
    /// Nobody's for the command line.
    pub(crate) id: Option<UserId>,
    /// As the audit log names them.
    pub(crate) name: String,
    /// What they are in the house; nothing for guests.
    role: Option<HouseRole>,
    by: By,
}

impl Doer {
    pub(crate) async fn of(db: &impl ConnectionTrait, by: By) -> Result<Self> {
        let id = match by {
            By::CommandLine => return Ok(Self { id: None, name: "command line".to_owned(), role: None, by }),
            By::Actor(actor) | By::Admin(actor) => actor.user()?,
        };
        let account = user::Entity::find_by_id(id.0).one(db).await?.filter(|account| account.deleted_at.is_none());
        let account = account.ok_or(ErrorCode::NotAuthenticated)?;
        Ok(Self { id: Some(id), name: ["@", &account.username].concat(), role: Some(account.role.into()), by })
    }

    /// Whether they do it for the house.
    pub(crate) fn is_for_house(&self) -> bool {
        !matches!(self.by, By::Actor(_))
    }

    /// Lets them do this on the word that it is done on: who does not do it as one of those who see to the house may what any member may.
    pub(crate) fn permit_by_word(&self, action: HouseAction, settings: &Settings) -> std::result::Result<(), ErrorCode> {
        match self.by {
            By::Actor(_) => policy::permit(self.role.map(|_| HouseRole::Member), action, settings.rules()),
            By::Admin(_) | By::CommandLine => self.permit(action, settings),
        }
    }

    /// Lets them do this, or says why not.
    pub(crate) fn permit(&self, action: HouseAction, settings: &Settings) -> std::result::Result<(), ErrorCode> {
        match self.by {
            By::CommandLine => Ok(()),
            By::Actor(_) | By::Admin(_) => policy::permit(self.role, action, settings.rules()),
        }
    }
}

/// Lets somebody see to the house. To all others the administration does not exist.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn may_administer(chat: &Chat, actor: Actor) -> Result<()> {
    permit_or_hide(chat, actor, HouseAction::Administer).await
}

/// The same for whoever knows that there is one: a program.
///
/// # Errors
/// `not_authenticated`, `not_allowed`, `unavailable`.
pub async fn must_administer(chat: &Chat, actor: Actor) -> Result<()> {
    Ok(Doer::of(chat.db().read(), actor.into()).await?.permit(HouseAction::Administer, &chat.settings())?)
}

/// Lets somebody change how the house is run.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn may_settle(chat: &Chat, actor: Actor) -> Result<()> {
    permit_or_hide(chat, actor, HouseAction::Settle).await
}

async fn permit_or_hide(chat: &Chat, actor: Actor, action: HouseAction) -> Result<()> {
    match Doer::of(chat.db().read(), actor.into()).await {
        Ok(doer) => Ok(doer.permit(action, &chat.settings()).map_err(|_| ErrorCode::NotFound)?),
        Err(error) if error.public().code == ErrorCode::NotAuthenticated => Err(ErrorCode::NotFound.into()),
        Err(error) => Err(error),
    }
}

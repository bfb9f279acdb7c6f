//! What an invite says to whoever holds it.

use protocol::{ErrorCode, HouseRole, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::list::holds;
use crate::{
    Chat, Result,
    db::entity::{invite, room, user},
    house,
    policy::{self, HouseAction},
    settings::{RegistrationMode, Settings},
};

/// What an invite leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The name of the room, where there is one.
    pub room: Option<String>,
    /// Whether an account can be made with it.
    pub registers: bool,
}

/// Shows an invite to anybody: the name of its room, and nothing else of it.
///
/// # Errors
/// `not_found` for one that does not hold, `unavailable`.
pub async fn show(chat: &Chat, code: &str) -> Result<Shown> {
    let db = chat.db().read();
    let invite = holding(db, code).await?;
    let room = match invite.room_id {
        Some(id) => Some(room::Entity::find_by_id(id).one(db).await?.ok_or(ErrorCode::NotFound)?.name),
        None => None,
    };
    let settings = chat.settings();
    let registers = match settings.registration {
        RegistrationMode::Open => true,
        RegistrationMode::ByInvite => registers(db, &invite, &settings).await?,
        RegistrationMode::Closed => false,
    };
    Ok(Shown { room, registers })
}

/// The invite with this code, if it can be used and whoever made it is still welcome.
pub(super) async fn holding(db: &impl ConnectionTrait, code: &str) -> Result<invite::Model> {
    let invite = invite::Entity::find().filter(invite::Column::Code.eq(code)).filter(holds()).one(db).await?;
    let invite = invite.ok_or(ErrorCode::NotFound)?;
    match maker(db, &invite).await? {
        Some(maker) if maker.deleted_at.is_some() || house::suspension(&maker).is_some() => Err(ErrorCode::NotFound.into()),
        _ => Ok(invite),
    }
}

/// Whether an account can be made with it where registration is by invite. Who may only invite into a room does not open the house.
pub(super) async fn registers(db: &impl ConnectionTrait, invite: &invite::Model, settings: &Settings) -> Result<bool> {
    let Some(maker) = maker(db, invite).await? else { return Ok(true) };
    Ok(policy::permit(Some(HouseRole::from(maker.role)), HouseAction::Invite, settings.rules()).is_ok())
}

/// Nobody where the command line made it.
async fn maker(db: &impl ConnectionTrait, invite: &invite::Model) -> Result<Option<user::Model>> {
    match invite.made_by {
        Some(id) => Ok(Some(crate::db::users::by_id(db, UserId(id)).await?)),
        None => Ok(None),
    }
}

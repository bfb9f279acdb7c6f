//! Who looks after an account by which programs come.

use protocol::{ErrorCode, HouseRole, UserId};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::{
    Result, Session,
    db::entity::user,
    house::{By, Doer},
    policy::{Actor, HouseAction},
    settings::Settings,
};

/// Lets somebody see to the tokens of an account: their own, and those of a bot that is theirs, or any as an admin. To others there is none.
///
/// # Errors
/// `not_found`, `unavailable`.
pub(crate) async fn keeper(
    db: &impl ConnectionTrait,
    session: &Session,
    account: UserId,
    settings: &Settings,
) -> Result<(Doer, user::Model)> {
    let doer = Doer::of(db, By::Actor(Actor::User(session.user.id))).await?;
    let row = user::Entity::find_by_id(account.0).one(db).await?.filter(|row| row.deleted_at.is_none());
    let row = row.ok_or(ErrorCode::NotFound)?;
    let is_own = account == session.user.id || row.owner_id == Some(session.user.id.0);
    let may = is_own || (row.bot && doer.permit(HouseAction::ManageAccount(HouseRole::Member), settings).is_ok());
    if may { Ok((doer, row)) } else { Err(ErrorCode::NotFound.into()) }
}

/// The same for a bot alone.
pub(super) async fn bot_keeper(
    db: &impl ConnectionTrait,
    session: &Session,
    bot: UserId,
    settings: &Settings,
) -> Result<(Doer, user::Model)> {
    let (doer, row) = keeper(db, session, bot, settings).await?;
    if row.bot { Ok((doer, row)) } else { Err(ErrorCode::NotFound.into()) }
}

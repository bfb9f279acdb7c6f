//! Who looks after an account by which programs come.

use protocol::{ErrorCode, HouseRole, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    Result, Session,
    db::{entity::user, users},
    house::{By, Doer},
    policy::{Actor, HouseAction},
    settings::Settings,
};

/// Lets somebody see to the tokens of an account: their own, and those of a bot that is theirs, or any as an admin. To others there is
/// none, and to nobody that of a hook or a command.
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
    let select = user::Entity::find_by_id(account.0).filter(user::Column::DeletedAt.is_null()).filter(users::stands_alone());
    let row = select.one(db).await?.ok_or(ErrorCode::NotFound)?;
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

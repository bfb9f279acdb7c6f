//! Taking an invite back.

use protocol::{ErrorCode, RoomId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, prelude::Uuid, sea_query::Expr};

use crate::{
    Chat, Result,
    db::{entity::invite, now},
    house::{By, Deed, Doer, Subject, enter},
    policy::{Action, HouseAction},
    rooms,
};

/// Takes an invite back: one into a room by whoever may invite there, one of their own by anybody, any by admins as such. Doing it again changes nothing.
///
/// # Errors
/// `not_found`, `not_allowed`, `unavailable`.
pub async fn revoke(chat: &Chat, by: impl Into<By>, id: Uuid) -> Result<()> {
    let by = by.into();
    let transaction = chat.db().begin().await?;
    let doer = Doer::of(&transaction, by).await?;
    let invite = invite::Entity::find_by_id(id).one(&transaction).await?.ok_or(ErrorCode::NotFound)?;
    let is_own = doer.id.is_some_and(|id| invite.made_by == Some(id.0));
    if !is_own && doer.permit_by_word(HouseAction::Administer, &chat.settings()).is_err() {
        // To those who see neither the house nor the room it is not there.
        let (By::Actor(actor) | By::Admin(actor), Some(room)) = (by, invite.room_id) else {
            return Err(ErrorCode::NotFound.into());
        };
        rooms::load(&transaction, actor, &RoomId(room).into()).await?.access.permit(Action::Invite)?;
    }
    let revoked = invite::Entity::update_many()
        .col_expr(invite::Column::RevokedAt, Expr::value(now()))
        .filter(invite::Column::Id.eq(id))
        .filter(invite::Column::RevokedAt.is_null())
        .exec(&transaction)
        .await?;
    if revoked.rows_affected > 0 {
        enter(&transaction, &doer, Deed::RevokeInvite, Subject { id: Some(id), name: String::new() }, String::new()).await?;
    }
    transaction.commit().await?;
    Ok(())
}

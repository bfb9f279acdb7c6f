//! The icon of the house: made anew from what was sent, as pictures of people are.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, prelude::Uuid};

use super::{
    audit::{Deed, Subject, enter},
    doer::{By, Doer},
};
use crate::{Chat, Result, accounts, db::entity::picture, policy::HouseAction, settings};

/// Where it lies among the pictures, each of which lies under the id of an account.
const ICON: Uuid = Uuid::nil();

/// Gives the house an icon: cut square from the middle, small, and with nothing in it but what is seen.
///
/// # Errors
/// `invalid` when it is no picture of a form that is known, or too large a one; `not_allowed` for all but owners, `unavailable`.
pub async fn set_icon(chat: &Chat, by: impl Into<By>, file: Vec<u8>) -> Result<()> {
    let by = by.into();
    // Before it is worked on.
    Doer::of(chat.db().read(), by).await?.permit(HouseAction::Settle, &chat.settings())?;
    let made = accounts::made_from(file).await?;
    let transaction = chat.db().begin().await?;
    let doer = Doer::of(&transaction, by).await?;
    doer.permit(HouseAction::Settle, &chat.settings())?;
    let etag = accounts::keep(&transaction, ICON, made).await?;
    settings::store_icon(&transaction, Some(etag)).await?;
    enter(&transaction, &doer, Deed::Settle, Subject::default(), "another icon".to_owned()).await?;
    transaction.commit().await?;
    chat.renew().await;
    Ok(())
}

/// Takes the icon of the house away.
///
/// # Errors
/// `not_allowed` for all but owners, `unavailable`.
pub async fn remove_icon(chat: &Chat, by: impl Into<By>) -> Result<()> {
    let transaction = chat.db().begin().await?;
    let doer = Doer::of(&transaction, by.into()).await?;
    doer.permit(HouseAction::Settle, &chat.settings())?;
    picture::Entity::delete_by_id(ICON).exec(&transaction).await?;
    settings::store_icon(&transaction, None).await?;
    enter(&transaction, &doer, Deed::Settle, Subject::default(), "no icon".to_owned()).await?;
    transaction.commit().await?;
    chat.renew().await;
    Ok(())
}

/// The icon of the house, if this is the one that it has.
///
/// # Errors
/// `unavailable`.
pub async fn icon(chat: &Chat, etag: &str) -> Result<Option<Vec<u8>>> {
    let select = picture::Entity::find_by_id(ICON).filter(picture::Column::Etag.eq(etag));
    Ok(select.one(chat.db().read()).await?.map(|row| row.image))
}

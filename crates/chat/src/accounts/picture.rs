//! The picture of an account: what was uploaded is never shown, but made anew from what can be seen in it.

use protocol::{Field, FieldError, Problem, UserId, limits};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    prelude::Uuid,
    sea_query::{Expr, OnConflict},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::thumbnail::{Thumbnail, thumbnail};
use crate::{
    Chat, Error, Result,
    db::entity::{picture, user},
    sessions::Session,
    settings::mark_changed,
    throttle::Deed,
};

/// Pictures that are worked on at the same time: one can take a hundred megabytes for a moment.
static TURNS: Semaphore = Semaphore::const_new(1);

/// Gives an account a picture: cut square from the middle, small, and with nothing in it but what is seen.
///
/// # Errors
/// `invalid` when it is no picture of a form that is known, or too large a one; `throttled`, `unavailable`.
pub async fn set_picture(chat: &Chat, session: &Session, file: Vec<u8>) -> Result<()> {
    chat.deeds().by(session.user.id, Deed::EditRoom)?;
    let (made, user) = (made_from(file).await?, session.user.id);
    let transaction = chat.db().begin().await?;
    let etag = keep(&transaction, user.0, made).await?;
    name(&transaction, user, Some(etag)).await?;
    transaction.commit().await?;
    chat.renew().await;
    Ok(())
}

/// What is kept of a file that somebody has sent.
pub(crate) async fn made_from(file: Vec<u8>) -> Result<Thumbnail> {
    let unusable = FieldError { field: Field::Picture, problem: Problem::Wrong };
    if file.len() > limits::PICTURE_MAX_BYTES {
        return Err(unusable.into());
    }
    let turn = TURNS.acquire().await.map_err(Error::internal)?;
    let made = spawn_blocking(move || thumbnail(&file)).await.map_err(Error::internal)?;
    drop(turn);
    Ok(made.ok_or(unusable)?)
}

/// Keeps it in the place of the one before; what it is known by.
pub(crate) async fn keep(db: &impl ConnectionTrait, id: Uuid, Thumbnail { image, etag }: Thumbnail) -> Result<String> {
    let row = picture::ActiveModel { id: Set(id), image: Set(image), etag: Set(etag.clone()) };
    let replace =
        OnConflict::column(picture::Column::Id).update_columns([picture::Column::Image, picture::Column::Etag]).to_owned();
    picture::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(etag)
}

/// Takes the picture of an account away.
///
/// # Errors
/// `throttled`, `unavailable`.
pub async fn remove_picture(chat: &Chat, session: &Session) -> Result<()> {
    let user = session.user.id;
    chat.deeds().by(user, Deed::EditRoom)?;
    let transaction = chat.db().begin().await?;
    picture::Entity::delete_by_id(user.0).exec(&transaction).await?;
    name(&transaction, user, None).await?;
    transaction.commit().await?;
    chat.renew().await;
    Ok(())
}

/// The picture of an account, if this is the one that it has.
///
/// # Errors
/// `unavailable`.
pub async fn picture(chat: &Chat, user: UserId, etag: &str) -> Result<Option<Vec<u8>>> {
    let select = picture::Entity::find_by_id(user.0).filter(picture::Column::Etag.eq(etag));
    Ok(select.one(chat.db().read()).await?.map(|row| row.image))
}

/// Keeps beside the account what its picture is known by, and says that it is another one.
async fn name(transaction: &crate::db::Transaction, user: UserId, etag: Option<String>) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::Picture, Expr::value(etag))
        .filter(user::Column::Id.eq(user.0))
        .exec(transaction)
        .await?;
    Ok(mark_changed(transaction).await?)
}

//! Ending a session.

use hub::Signal;
use protocol::SessionId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::session::lookup;
use crate::{
    Chat, Result,
    db::{Transaction, entity::session, now},
};

/// Ends a session: its tokens are worth nothing any more, and its live sockets are cut (G9).
///
/// # Errors
/// `unavailable`.
pub async fn revoke(chat: &Chat, id: SessionId) -> Result<()> {
    let transaction = chat.db().begin().await?;
    revoke_in(&transaction, id).await?;
    transaction.commit().await?;
    cut(chat, id).await;
    Ok(())
}

/// Ends the session that a refresh token belongs to. Doing it again is no error.
///
/// # Errors
/// `unavailable`.
pub async fn revoke_by_refresh_token(chat: &Chat, refresh_token: &str) -> Result<()> {
    match lookup(chat.db().read(), refresh_token).await? {
        Some(found) => revoke(chat, found.session.id).await,
        None => Ok(()),
    }
}

/// Ends it in the database.
pub(super) async fn revoke_in(transaction: &Transaction, session: SessionId) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now()))
        .filter(session::Column::Id.eq(session.0))
        .filter(session::Column::RevokedAt.is_null())
        .exec(transaction)
        .await?;
    Ok(())
}

/// Cuts the live sockets of a session, on every node.
pub(super) async fn cut(chat: &Chat, id: SessionId) {
    chat.signal(Signal::Cut(id)).await;
}

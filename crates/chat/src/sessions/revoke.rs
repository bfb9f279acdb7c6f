//! Ending a session.

use hub::Signal;
use protocol::{SessionId, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid, sea_query::Expr};

use super::session::lookup;
use crate::{
    Chat, Result,
    db::{entity::session, now, sessions::is_alive},
};

/// Ends a session: its tokens are worth nothing any more, and its live sockets are cut (G9).
///
/// # Errors
/// `unavailable`.
pub async fn revoke(chat: &Chat, id: SessionId) -> Result<()> {
    let transaction = chat.db().begin().await?;
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now()))
        .filter(session::Column::Id.eq(id.0))
        .filter(session::Column::RevokedAt.is_null())
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    chat.signal(Signal::Cut(id)).await;
    Ok(())
}

/// Ends all sessions of an account, in a transaction; which these were.
pub(crate) async fn revoke_all(db: &impl ConnectionTrait, account: UserId) -> Result<Vec<SessionId>> {
    let own = is_alive().add(session::Column::UserId.eq(account.0));
    let ended: Vec<Uuid> =
        session::Entity::find().select_only().column(session::Column::Id).filter(own.clone()).into_tuple().all(db).await?;
    session::Entity::update_many().col_expr(session::Column::RevokedAt, Expr::value(now())).filter(own).exec(db).await?;
    Ok(ended.into_iter().map(SessionId).collect())
}

/// Cuts the live sockets of sessions that have ended.
pub(crate) async fn cut(chat: &Chat, ended: Vec<SessionId>) {
    for id in ended {
        chat.signal(Signal::Cut(id)).await;
    }
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

/// Ends a session of which a spent refresh token was shown: two parties hold tokens of it, and nobody can tell which is the owner.
pub(super) async fn revoke_reused(chat: &Chat, id: SessionId) -> Result<()> {
    tracing::warn!(session = %id, "a spent refresh token was shown: session revoked");
    revoke(chat, id).await
}

//! Ending a session.

use hub::Signal;
use protocol::{ErrorCode, SessionId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::session::{Session, lookup};
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

/// Ends a session of somebody who has found it in the list of theirs.
///
/// # Errors
/// `not_found` for one that is not theirs, `unavailable`.
pub async fn revoke_own(chat: &Chat, session: &Session, id: SessionId) -> Result<()> {
    let row = session::Entity::find_by_id(id.0).one(chat.db().read()).await?;
    if row.is_none_or(|row| row.user_id != session.user.id.0) {
        return Err(ErrorCode::NotFound.into());
    }
    revoke(chat, id).await
}

/// Ends all sessions of somebody but the one that they ask by.
///
/// # Errors
/// `unavailable`.
pub async fn revoke_others(chat: &Chat, session: &Session) -> Result<()> {
    let transaction = chat.db().begin().await?;
    let ended = end_all(&transaction, session.user.id, Some(session.id)).await?;
    transaction.commit().await?;
    cut(chat, ended).await;
    Ok(())
}

/// Ends the sessions of an account, but for one. When that is committed, they are to be [cut](cut).
pub(crate) async fn end_all(transaction: &Transaction, user: UserId, except: Option<SessionId>) -> Result<Vec<SessionId>> {
    let mut end = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now()))
        .filter(session::Column::UserId.eq(user.0))
        .filter(session::Column::RevokedAt.is_null());
    if let Some(except) = except {
        end = end.filter(session::Column::Id.ne(except.0));
    }
    let ended = end.exec_with_returning(transaction).await?;
    Ok(ended.into_iter().map(|session| SessionId(session.id)).collect())
}

/// Closes the sockets of sessions that have ended (G9).
pub(crate) async fn cut(chat: &Chat, ended: Vec<SessionId>) {
    for session in ended {
        chat.signal(Signal::Cut(session)).await;
    }
}

/// Ends a session of which a spent refresh token was shown: two parties hold tokens of it, and nobody can tell which is the owner.
pub(super) async fn revoke_reused(chat: &Chat, id: SessionId) -> Result<()> {
    tracing::warn!(session = %id, "a spent refresh token was shown: session revoked");
    revoke(chat, id).await
}

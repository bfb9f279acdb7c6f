//! Ending tokens. Sockets that were opened with them are closed at once.

use protocol::{ErrorCode, SessionId, TokenId, UserId};
use sea_orm::EntityTrait;

use crate::{
    Chat, Result, Session, bots,
    db::{entity::token, tokens},
    house::{self, Subject},
    sessions,
};

/// Ends a token of one's own account, or of a bot that one looks after.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn revoke(chat: &Chat, session: &Session, account: UserId, id: TokenId) -> Result<()> {
    let transaction = chat.db().begin().await?;
    let (doer, owner) = bots::keeper(&transaction, session, account, &chat.settings()).await?;
    let row = token::Entity::find_by_id(id.0).one(&transaction).await?.filter(|row| row.user_id == account.0);
    let row = row.ok_or(ErrorCode::NotFound)?;
    token::Entity::delete_by_id(id.0).exec(&transaction).await?;
    if account != session.user.id {
        let subject = Subject::account(account, &owner.username);
        house::enter(&transaction, &doer, house::Deed::RevokeToken, subject, row.name).await?;
    }
    transaction.commit().await?;
    sessions::cut(chat, vec![SessionId(id.0)]).await;
    Ok(())
}

/// Ends all tokens of one's own account.
///
/// # Errors
/// `unavailable`.
pub async fn revoke_all(chat: &Chat, session: &Session) -> Result<()> {
    let transaction = chat.db().begin().await?;
    let ended = tokens::end_all(&transaction, session.user.id).await?;
    transaction.commit().await?;
    sessions::cut(chat, ended).await;
    Ok(())
}

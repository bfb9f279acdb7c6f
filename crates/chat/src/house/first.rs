//! The first account of a house, its owner. Where strangers can reach a server that has none yet, it takes a link that the start prints.

use protocol::ErrorCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    Chat, Result,
    credentials::RefreshToken,
    db::{entity::link, users},
};

const FIRST: &str = "first";

/// Prepares the registration of the first account, if there is none yet. On a server that others can reach it takes a link from now on: its
/// token, for `/register?first={token}`.
///
/// # Errors
/// `unavailable`.
pub async fn first_link(chat: &Chat, is_reachable: bool) -> Result<Option<String>> {
    let transaction = chat.db().begin().await?;
    forget_first_links(&transaction).await?;
    let token = if is_reachable && is_empty(&transaction).await? {
        let token = RefreshToken::generate()?;
        let row = link::ActiveModel {
            hash: Set(token.hash()),
            purpose: Set(FIRST.to_owned()),
            user_id: Set(None),
            // Without it anybody could be first: it holds until there is an account.
            expires_at: Set(i64::MAX),
        };
        row.insert(&transaction).await?;
        Some(token.as_str().to_owned())
    } else {
        None
    };
    transaction.commit().await?;
    Ok(token)
}

/// Whether the house has no account yet.
///
/// # Errors
/// `unavailable`.
pub async fn is_new(chat: &Chat) -> Result<bool> {
    is_empty(chat.db().read()).await
}

/// Whether this token lets somebody make the first account: any does where none is asked for.
///
/// # Errors
/// `unavailable`.
pub async fn is_first_link(chat: &Chat, token: &str) -> Result<bool> {
    opens(chat.db().read(), token).await
}

/// Lets somebody make the first account, who showed this token. The link is used then.
pub(crate) async fn first_account(db: &impl ConnectionTrait, token: &str) -> Result<()> {
    if !opens(db, token).await? {
        return Err(ErrorCode::InviteNeeded.into());
    }
    forget_first_links(db).await
}

async fn opens(db: &impl ConnectionTrait, token: &str) -> Result<bool> {
    let links = link::Entity::find().filter(link::Column::Purpose.eq(FIRST)).all(db).await?;
    let hash = RefreshToken::hash_of(token);
    Ok(links.is_empty() || links.iter().any(|link| link.hash == hash))
}

async fn is_empty(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(!users::is_anybody(db).await?)
}

/// There is an owner, or anybody may become it.
pub(crate) async fn forget_first_links(db: &impl ConnectionTrait) -> Result<()> {
    link::Entity::delete_many().filter(link::Column::Purpose.eq(FIRST)).exec(db).await?;
    Ok(())
}

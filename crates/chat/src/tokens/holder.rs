//! Whose token it is that a program shows, and what it may be used for.

use protocol::{ErrorCode, SessionId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, prelude::Uuid, sea_query::Expr};

use crate::{
    Chat, Result, Session,
    credentials::ProgramToken,
    db::{
        entity::{token, user},
        now, tokens,
    },
    house,
    policy::Scopes,
    sessions,
};

/// How exact the last use of a token is, in milliseconds: it is written so often at most.
const USED_MS: i64 = 60_000;

/// Who shows a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The account. Behind the token of a program its id is that of the token.
    pub session: Session,
    /// What the token may be used for.
    pub scopes: Scopes,
    /// Whether they have signed in, and have not only a token that was made for a program.
    pub signed_in: bool,
    /// When the token of a program ends by itself, if it does.
    pub expires_at: Option<i64>,
}

/// Who shows this token: that of a sign-in, or of a program.
///
/// # Errors
/// `not_authenticated` when it is not one of ours, has expired or was ended; `suspended`; `unavailable`.
pub async fn holder(chat: &Chat, shown: &str) -> Result<Holder> {
    if !ProgramToken::is_one(shown) {
        let session = sessions::by_access_token(chat, shown).await?;
        return Ok(Holder { session, scopes: Scopes::ALL, signed_in: true, expires_at: None });
    }
    let shown = ProgramToken::parse(shown).ok_or(ErrorCode::NotAuthenticated)?;
    let select = token::Entity::find().filter(token::Column::Hash.eq(shown.hash()));
    let row = select.find_also_related(user::Entity).one(chat.db().read()).await?;
    let Some((token, Some(account))) = row else { return Err(ErrorCode::NotAuthenticated.into()) };
    if let Some(error) = house::suspension(&account) {
        return Err(error);
    }
    hold(chat, SessionId(token.id)).await?;
    if token.used_at.is_none_or(|at| at < now() - USED_MS) {
        // It holds all the same.
        let noted = note_use(chat, token.id).await;
        let _ = noted.inspect_err(|error| tracing::warn!(%error, "the use of a token was not noted"));
    }
    let session = Session { id: SessionId(token.id), role: account.role.into(), user: account.into() };
    Ok(Holder { session, scopes: Scopes::of_words(&token.scopes), signed_in: false, expires_at: token.expires_at })
}

/// Lets a token through that holds now.
///
/// # Errors
/// `not_authenticated`, `unavailable`.
pub(crate) async fn hold(chat: &Chat, token: SessionId) -> Result<()> {
    let holding = tokens::holding(chat.db().read(), &[token]).await?;
    if holding.is_empty() { Err(ErrorCode::NotAuthenticated.into()) } else { Ok(()) }
}

async fn note_use(chat: &Chat, id: Uuid) -> Result<()> {
    let transaction = chat.db().begin().await?;
    let now = now();
    let due = Condition::any().add(token::Column::UsedAt.is_null()).add(token::Column::UsedAt.lt(now - USED_MS));
    token::Entity::update_many()
        .col_expr(token::Column::UsedAt, Expr::value(now))
        .filter(Condition::all().add(token::Column::Id.eq(id)).add(due))
        .exec(&transaction)
        .await?;
    Ok(transaction.commit().await?)
}

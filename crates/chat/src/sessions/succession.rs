//! The succession of refresh tokens: one line in each session, never two.
//!
//! What a token is exchanged for follows it. Until one of the successors is exchanged itself, nobody knows whether any has arrived, so the
//! token before them is good for another exchange, however late. The first successor that is exchanged is the line from then on, and
//! everything else that was ever given is spent. Thus of two parties that hold a token both may exchange it, but only one of them can go on
//! without the other's next exchange being noticed.

use protocol::SessionId;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::{
    lifetime::REMEMBER_REPLACED_MS,
    session::{Found, Standing},
};
use crate::{
    Chat, Result,
    credentials::RefreshToken,
    db::{Transaction, entity::refresh_token as tokens, now},
};

/// Successors of one token that were given at about the same time and are kept: as many tabs may ask at once.
const AT_ONCE_MAX: u64 = 8;

/// Gives the token that was found a successor, in a transaction that holds its session.
pub(super) async fn succeed(chat: &Chat, transaction: &Transaction, found: &Found) -> Result<RefreshToken> {
    let session = found.session.id;
    let spent = unused(session).add(tokens::Column::Hash.is_not_in(stays(chat, transaction, found).await?));
    tokens::Entity::update_many()
        .col_expr(tokens::Column::ReplacedAt, Expr::value(now()))
        .filter(Condition::any().add(tokens::Column::Hash.eq(found.hash.as_str())).add(spent))
        .exec(transaction)
        .await?;
    tokens::Entity::delete_many()
        .filter(tokens::Column::SessionId.eq(session.0))
        .filter(tokens::Column::ReplacedAt.lt(now() - REMEMBER_REPLACED_MS))
        .exec(transaction)
        .await?;
    issue(transaction, session).await
}

/// Gives a session another refresh token.
pub(super) async fn issue(transaction: &Transaction, session: SessionId) -> Result<RefreshToken> {
    let token = RefreshToken::generate()?;
    let row = tokens::ActiveModel {
        hash: Set(token.hash()),
        session_id: Set(session.0),
        created_at: Set(now()),
        replaced_at: Set(None),
    };
    row.insert(transaction).await?;
    Ok(token)
}

/// The tokens that may still go on with the line, beside the one that is about to be given: none when the line has just gone on, else
/// those that were given a moment ago.
async fn stays(chat: &Chat, transaction: &Transaction, found: &Found) -> Result<Vec<String>> {
    if found.standing != Standing::Last {
        return Ok(Vec::new());
    }
    let select = tokens::Entity::find()
        .select_only()
        .column(tokens::Column::Hash)
        .filter(unused(found.session.id).add(tokens::Column::CreatedAt.gte(now() - chat.limits().refresh_grace_ms)));
    let newest = select.order_by_desc(tokens::Column::CreatedAt).limit(AT_ONCE_MAX - 1);
    Ok(newest.into_tuple().all(transaction).await?)
}

/// The condition of a token that was not exchanged and has not given way.
fn unused(session: SessionId) -> Condition {
    Condition::all().add(tokens::Column::SessionId.eq(session.0)).add(tokens::Column::ReplacedAt.is_null())
}

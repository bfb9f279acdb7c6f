//! Access tokens as several floors ask for them. A socket that was opened with one is known by its id, as that of a sign-in is by the id of
//! its session.

use protocol::{SessionId, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, TryGetable,
    prelude::Uuid,
    sea_query::{ExprTrait, Query},
};

use super::{
    Sql,
    entity::{token, user},
    now::now,
};

/// Which of these are tokens that hold now: those of whoever is suspended, or whose owner is, do not.
pub(crate) async fn holding(db: &impl ConnectionTrait, ids: &[SessionId]) -> Result<Vec<SessionId>, DbErr> {
    let now = now();
    let select = Sql::new(
        db.get_database_backend(),
        "SELECT t.id FROM tokens t JOIN users u ON u.id = t.user_id LEFT JOIN users o ON o.id = u.owner_id WHERE t.id IN ",
    )
    .list(ids.iter().map(|id| id.0.into()))
    .text(" AND COALESCE(u.suspended_until, 0) <= ")
    .value(now)
    .text(" AND COALESCE(o.suspended_until, 0) <= ")
    .value(now)
    .text(" AND (t.expires_at IS NULL OR t.expires_at > ")
    .value(now)
    .text(")");
    let rows = db.query_all_raw(select.done()).await?;
    Ok(rows.iter().map(|row| Uuid::try_get_by_index(row, 0).map(SessionId)).collect::<Result<_, _>>()?)
}

/// What the sockets are known by that were opened with a token of this account, or of a bot of theirs.
pub(crate) async fn of(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<SessionId>, DbErr> {
    let bots = Query::select().column(user::Column::Id).from(user::Entity).and_where(user::Column::OwnerId.eq(user.0)).take();
    let whose = token::Column::UserId.eq(user.0).or(token::Column::UserId.in_subquery(bots));
    let select = token::Entity::find().select_only().column(token::Column::Id).filter(whose);
    let ids: Vec<Uuid> = select.into_tuple().all(db).await?;
    Ok(ids.into_iter().map(SessionId).collect())
}

/// Ends all tokens of an account. When that is committed, the sockets that are known by these are to be cut.
pub(crate) async fn end_all(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<SessionId>, DbErr> {
    let end = token::Entity::delete_many().filter(token::Column::UserId.eq(user.0));
    let ended = end.exec_with_returning(db).await?;
    Ok(ended.into_iter().map(|token| SessionId(token.id)).collect())
}

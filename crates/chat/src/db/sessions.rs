//! Sessions as several floors ask for them.

use std::collections::HashSet;

use protocol::SessionId;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid};

use super::{entity::session, now::now, tokens};

/// The condition of a session that has not ended.
pub(crate) fn is_alive() -> Condition {
    Condition::all().add(session::Column::RevokedAt.is_null()).add(session::Column::ExpiresAt.gt(now()))
}

/// Which of these sessions have not ended. Tokens by which sockets were opened are among them: those of somebody who is suspended do not
/// hold for now.
pub(crate) async fn alive(db: &impl ConnectionTrait, sessions: &[SessionId]) -> Result<HashSet<SessionId>, DbErr> {
    let ids = session::Column::Id.is_in(sessions.iter().map(|id| id.0));
    let select = session::Entity::find().select_only().column(session::Column::Id).filter(is_alive().add(ids));
    let alive: Vec<Uuid> = select.into_tuple().all(db).await?;
    let mut alive: HashSet<_> = alive.into_iter().map(SessionId).collect();
    if alive.len() < sessions.len() {
        alive.extend(tokens::holding(db, sessions).await?);
    }
    Ok(alive)
}

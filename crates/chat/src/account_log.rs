//! The log of an account: what is one person's own on all of their devices. Each entry has a place, `rev`, that is raised in the same
//! transaction. Here: alerts, short texts that are kept until they are dismissed.

use protocol::{AlertKind, RoomId, UserId};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Error, Result,
    db::{
        entity::{alert, user},
        now,
    },
};

/// What somebody is to be told.
#[derive(Clone, Debug)]
pub(crate) struct NewAlert {
    /// What it is about.
    pub(crate) kind: AlertKind,
    /// At most [`protocol::limits::ALERT_MAX`] characters.
    pub(crate) text: String,
    /// Who did it; nobody where it was the command line.
    pub(crate) author: Option<UserId>,
    /// The room that it is about.
    pub(crate) room: Option<RoomId>,
}

/// Enters it into the account's log.
pub(crate) async fn add(db: &impl ConnectionTrait, to: UserId, alert: NewAlert) -> Result<()> {
    let rev = raise_rev(db, to).await?;
    let row = alert::ActiveModel {
        id: Set(Uuid::now_v7()),
        user_id: Set(to.0),
        rev: Set(rev),
        kind: Set(alert.kind.word().to_owned()),
        text: Set(alert.text),
        author_id: Set(alert.author.map(|author| author.0)),
        room_id: Set(alert.room.map(|room| room.0)),
        at: Set(now()),
        read_at: Set(None),
        dismissed_at: Set(None),
    };
    row.insert(db).await?;
    Ok(())
}

/// Takes the next place in an account's log. The row stays locked until the transaction ends, so places are committed in their order.
pub(crate) async fn raise_rev(db: &impl ConnectionTrait, account: UserId) -> Result<i64> {
    let rows = user::Entity::update_many()
        .col_expr(user::Column::Rev, Expr::col(user::Column::Rev).add(1))
        .filter(user::Column::Id.eq(account.0))
        .exec_with_returning(db)
        .await?;
    Ok(rows.first().ok_or_else(|| Error::internal(format!("account {account} has gone")))?.rev)
}

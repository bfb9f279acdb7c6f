//! Former members: what becomes of an account that is deleted, by whomever. What it wrote stays; what was personal goes.

use protocol::{Change, RoomId, SessionId, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Result,
    db::{
        entity::{alert, device, invite, link, membership, picture, room_ban, session, user},
        now,
    },
    look::look,
    writer::Transaction,
};

/// What a former member is called.
const NAME: &str = "Former member";

/// Makes somebody a former member. When that is committed, their names are to be forgotten, and the sockets of the sessions that this gives are
/// to be cut.
pub(crate) async fn erase(transaction: &mut Transaction, user: UserId) -> Result<Vec<SessionId>> {
    // First the name, so that rooms tell of nobody else.
    make_former(&**transaction, user).await?;
    leave_rooms(transaction, user).await?;
    let db = &**transaction;
    let select = session::Entity::find().select_only().column(session::Column::Id).filter(session::Column::UserId.eq(user.0));
    let ended: Vec<Uuid> = select.into_tuple().all(db).await?;
    session::Entity::delete_many().filter(session::Column::UserId.eq(user.0)).exec(db).await?;
    device::Entity::delete_many().filter(device::Column::UserId.eq(user.0)).exec(db).await?;
    link::Entity::delete_many().filter(link::Column::UserId.eq(user.0)).exec(db).await?;
    alert::Entity::delete_many().filter(alert::Column::UserId.eq(user.0)).exec(db).await?;
    room_ban::Entity::delete_many().filter(room_ban::Column::UserId.eq(user.0)).exec(db).await?;
    picture::Entity::delete_by_id(user.0).exec(db).await?;
    invite::Entity::update_many()
        .col_expr(invite::Column::RevokedAt, Expr::value(now()))
        .filter(invite::Column::MadeBy.eq(user.0).and(invite::Column::RevokedAt.is_null()))
        .exec(db)
        .await?;
    Ok(ended.into_iter().map(SessionId).collect())
}

/// The row of an account stays, since messages refer to it. It has no password that could be typed, and a user name that nobody can take.
async fn make_former(db: &impl ConnectionTrait, user: UserId) -> Result<()> {
    let username = format!("-former-{:016x}", user.0.as_u64_pair().1);
    user::Entity::update_many()
        .col_expr(user::Column::Username, Expr::value(username.as_str()))
        .col_expr(user::Column::Name, Expr::value(NAME))
        .col_expr(user::Column::UsernameLook, Expr::value(look(&username)))
        .col_expr(user::Column::NameLook, Expr::value(look(NAME)))
        .col_expr(user::Column::Ambiguous, Expr::value(false))
        .col_expr(user::Column::PasswordHash, Expr::value(""))
        .col_expr(user::Column::Role, Expr::value(user::Role::Member))
        .col_expr(user::Column::Bio, Expr::value(""))
        .col_expr(user::Column::Pronouns, Expr::value(""))
        .col_expr(user::Column::TimeZone, Expr::value(""))
        .col_expr(user::Column::Picture, Expr::value(None::<String>))
        .col_expr(user::Column::SuspendedUntil, Expr::value(None::<i64>))
        .col_expr(user::Column::SuspendedFor, Expr::value(""))
        .col_expr(user::Column::DeletedAt, Expr::value(now()))
        .filter(user::Column::Id.eq(user.0))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends all memberships, each told to those who are left.
async fn leave_rooms(transaction: &mut Transaction, user: UserId) -> Result<()> {
    let mine = membership::Entity::find().filter(membership::Column::UserId.eq(user.0));
    let mut rooms: Vec<Uuid> = mine.select_only().column(membership::Column::RoomId).into_tuple().all(&**transaction).await?;
    // In the order in which sends lock them.
    rooms.sort_unstable();
    for room in rooms {
        membership::Entity::delete_by_id((room, user.0)).exec(&**transaction).await?;
        transaction.record(RoomId(room), user, Change::MemberLeft).await?;
    }
    Ok(())
}

//! Rooms of the same name: allowed, but not by accident.

use protocol::{Field, FieldError, Problem, Room, RoomId, RoomName};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid, sea_query::Expr};

use super::load::{UNCOUNTED, findable, found, select};
use crate::{
    Chat, Result,
    db::{entity::room, fill},
    look::look,
    policy::Actor,
};

/// A room with this name, or one that looks like it, that an actor may find.
///
/// # Errors
/// `invalid` when it cannot be a name; `unavailable`.
pub async fn namesake(chat: &Chat, actor: Actor, name: &str) -> Result<Option<Room>> {
    let name = RoomName::parse(name)?;
    find(chat.db().read(), actor, &name, None).await
}

/// Refuses a name that another room has which the actor may find.
pub(super) async fn refuse_twice(db: &impl ConnectionTrait, actor: Actor, name: &RoomName, own: Option<RoomId>) -> Result<()> {
    match find(db, actor, name, own).await? {
        Some(_) => Err(FieldError { field: Field::Name, problem: Problem::Taken }.into()),
        None => Ok(()),
    }
}

async fn find(db: &impl ConnectionTrait, actor: Actor, name: &RoomName, own: Option<RoomId>) -> Result<Option<Room>> {
    let select = select(db.get_database_backend(), actor, |sql| sql.text(UNCOUNTED));
    let select = select.text(" WHERE r.name_look = ").value(look(name.as_str()));
    let select = match own {
        Some(own) => select.text(" AND r.id <> ").value(own.0),
        None => select,
    };
    let row = db.query_one_raw(findable(select.text(" AND "), actor).text(" LIMIT 1").done()).await?;
    let other = row.map(|row| found(&row, actor)).transpose()?.map(|(found, _)| found);
    Ok(other.filter(|other| other.access.standing().is_ok()).map(|other| other.room))
}

/// Gives looks to the rooms of a version that knew none.
pub(crate) async fn fill_looks(chat: &Chat) -> Result<()> {
    let lacking = room::Entity::find()
        .select_only()
        .columns([room::Column::Id, room::Column::Name])
        .filter(room::Column::NameLook.is_null());
    let filled = |(id, name): (Uuid, String)| {
        room::Entity::update_many().col_expr(room::Column::NameLook, Expr::value(look(&name))).filter(room::Column::Id.eq(id))
    };
    match fill(chat.db(), lacking, filled).await? {
        Some(transaction) => Ok(transaction.commit().await?),
        None => Ok(()),
    }
}

//! Where somebody can go by its name: rooms, people, threads that they follow.

use protocol::{Destinations, PalettePerson, PaletteRoom, PaletteThread, Seq, limits, markdown::line};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::load::{UNCOUNTED, findable, found, select};
use crate::{
    Chat, Result,
    db::{Sql, entity::user},
    policy::Actor,
    sessions::Session,
};

/// Where somebody can go by its name.
///
/// # Errors
/// `unavailable`.
pub async fn palette(chat: &Chat, session: &Session) -> Result<Destinations> {
    let (db, actor) = (chat.db().read(), Actor::User(session.user.id));
    let select = select(db.get_database_backend(), actor, |sql| sql.text(UNCOUNTED)).text(" WHERE r.deleted_at IS NULL AND ");
    let select = findable(select, actor).text(" AND r.archived_at IS NULL ORDER BY lower(r.name), r.id");
    let mut rooms = Vec::new();
    for row in db.query_all_raw(select.limit(limits::PALETTE_ROOMS).done()).await? {
        let (found, _) = found(&row, actor)?;
        if found.access.standing().is_ok() {
            rooms.push(PaletteRoom { slug: found.room.slug, name: found.room.name });
        }
    }
    let people = user::Entity::find()
        .select_only()
        .columns([user::Column::Username, user::Column::Name])
        .filter(user::Column::DeletedAt.is_null())
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .limit(limits::PALETTE_PEOPLE);
    let people: Vec<(String, String)> = people.into_tuple().all(db).await?;
    let people = people.into_iter().map(|(username, name)| PalettePerson { username, name }).collect();
    Ok(Destinations { rooms, people, threads: threads(db, session).await? })
}

/// The threads that they follow in rooms that they are in, those that were begun last first.
async fn threads(db: &impl ConnectionTrait, session: &Session) -> Result<Vec<PaletteThread>> {
    let select = "SELECT m.body, r.name, r.slug, m.seq FROM follows f JOIN messages m ON m.room_id = f.room_id AND m.seq = f.seq \
                  JOIN rooms r ON r.id = f.room_id JOIN memberships own ON own.room_id = f.room_id AND own.user_id = f.user_id \
                  WHERE f.left_at IS NULL AND m.deleted_at IS NULL AND f.user_id = ";
    let select = Sql::new(db.get_database_backend(), select).value(session.user.id.0).text(" ORDER BY m.id DESC");
    let mut threads = Vec::new();
    for row in db.query_all_raw(select.limit(limits::PALETTE_THREADS).done()).await? {
        let (body, room, slug, seq): (String, String, String, i64) = row.try_get_many_by_index()?;
        threads.push(PaletteThread { line: line(&body), room, slug, seq: Seq(seq) });
    }
    Ok(threads)
}

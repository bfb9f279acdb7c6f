//! All rooms, by name and figures. What is written in them is not seen from here. Conversations are no rooms in this sense: who writes to whom
//! is nobody else's business.

use protocol::{ErrorCode, RoomId, RoomRef, Visibility};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, prelude::Uuid};
use serde::Serialize;

use super::doer::{By, Doer};
use crate::{
    Chat, Result,
    db::{Sql, entity::room},
    policy::HouseAction,
};

/// Rooms of a page.
const PAGE: usize = 50;

/// A room, as admins see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HouseRoom {
    /// Id.
    pub id: RoomId,
    /// Its part of the address.
    pub slug: String,
    /// Name.
    pub name: String,
    /// Who may find and read it.
    pub visibility: Visibility,
    /// Whether it may be read only.
    pub archived: bool,
    /// Number of members.
    pub members: i64,
    /// Number of messages.
    pub messages: i64,
    /// User names of its owners.
    pub owners: Vec<String>,
}

/// A page of rooms.
#[derive(Clone, Debug, Default)]
pub struct RoomsOfHouse {
    /// By address.
    pub rooms: Vec<HouseRoom>,
    /// The address of the last of them, where there are more.
    pub next: Option<String>,
}

/// Rooms by address, after this one.
///
/// # Errors
/// `not_allowed`, `unavailable`.
pub async fn rooms(chat: &Chat, by: impl Into<By>, after: &str) -> Result<RoomsOfHouse> {
    let db = chat.db().read();
    Doer::of(db, by.into()).await?.permit(HouseAction::Administer, &chat.settings())?;
    let sql = select(db).text(" AND r.slug > ").value(after).text(" ORDER BY r.slug").limit(PAGE as u64 + 1);
    let mut rooms = fetch(db, sql).await?;
    let more = rooms.len() > PAGE;
    rooms.truncate(PAGE);
    Ok(RoomsOfHouse { next: rooms.last().filter(|_| more).map(|last| last.slug.clone()), rooms })
}

/// One of them, by address or id.
///
/// # Errors
/// `not_found`, `not_allowed`, `unavailable`.
pub async fn room(chat: &Chat, by: impl Into<By>, slug: &str) -> Result<HouseRoom> {
    let db = chat.db().read();
    Doer::of(db, by.into()).await?.permit(HouseAction::Administer, &chat.settings())?;
    let sql = match RoomRef::from(slug.to_owned()) {
        RoomRef::Id(id) => select(db).text(" AND r.id = ").value(id.0),
        RoomRef::Slug(slug) => select(db).text(" AND r.slug = ").value(slug),
    };
    Ok(fetch(db, sql).await?.pop().ok_or(ErrorCode::NotFound)?)
}

/// The user names of all of its members, with their roles.
///
/// # Errors
/// As [`room`].
pub async fn members_of(chat: &Chat, by: impl Into<By>, slug: &str) -> Result<Vec<(String, String)>> {
    let room = room(chat, by, slug).await?;
    let db = chat.db().read();
    let members = "SELECT u.username, m.role FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.room_id = ";
    let members = Sql::new(db.get_database_backend(), members).value(room.id.0).text(" ORDER BY u.username");
    let rows = db.query_all_raw(members.done()).await?;
    Ok(rows.iter().map(QueryResult::try_get_many_by_index).collect::<std::result::Result<_, _>>()?)
}

fn select(db: &impl ConnectionTrait) -> Sql {
    let columns = "SELECT r.id, r.slug, r.name, r.visibility, r.archived_at, \
        (SELECT COUNT(*) FROM memberships m WHERE m.room_id = r.id), \
        (SELECT COUNT(*) FROM messages m WHERE m.room_id = r.id) FROM rooms r WHERE r.deleted_at IS NULL AND r.visibility <> ";
    Sql::new(db.get_database_backend(), columns).value(room::Visibility::Direct)
}

async fn fetch(db: &impl ConnectionTrait, select: Sql) -> Result<Vec<HouseRoom>> {
    let mut rooms = Vec::new();
    for row in &db.query_all_raw(select.done()).await? {
        let (id, slug, name, visibility, archived_at, members, messages): (
            Uuid,
            String,
            String,
            room::Visibility,
            Option<i64>,
            i64,
            i64,
        ) = row.try_get_many_by_index()?;
        let owners = owners(db, id).await?;
        let (visibility, archived) = (visibility.into(), archived_at.is_some());
        rooms.push(HouseRoom { id: RoomId(id), slug, name, visibility, archived, members, messages, owners });
    }
    Ok(rooms)
}

async fn owners(db: &impl ConnectionTrait, room: Uuid) -> std::result::Result<Vec<String>, DbErr> {
    let select = "SELECT u.username FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.role = 'owner' AND m.room_id = ";
    let select = Sql::new(db.get_database_backend(), select).value(room).text(" ORDER BY u.username");
    db.query_all_raw(select.done()).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

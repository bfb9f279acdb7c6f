//! What was reported and is not seen to.

use protocol::{MessageId, Room, RoomId, RoomRef, Seq, User, Visibility};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, TryGetableMany, prelude::Uuid};

use crate::{
    Chat, Result,
    db::{Sql, entity::room, users},
    house::{By, Doer},
    policy::{Action, Actor, HouseAction},
    rooms,
};

/// Reports of a page, the newest first.
const LISTED: usize = 100;

/// What was brought before those who keep order.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its id.
    pub id: String,
    /// Who brought it.
    pub by: User,
    /// Why.
    pub reason: String,
    /// When.
    pub at: i64,
    /// The message.
    pub message: MessageId,
    /// Its place.
    pub seq: Seq,
    /// Who wrote it.
    pub author: User,
    /// Markdown source.
    pub body: String,
    /// How often its text was changed.
    pub revision: u32,
    /// Where it was written.
    pub place: Place,
}

/// The room of a report, as far as those know it who see to the house.
#[derive(Clone, Debug)]
pub struct Place {
    /// Id.
    pub id: RoomId,
    /// Its part of the address.
    pub slug: String,
    /// Name; none of a conversation.
    pub name: String,
    /// Who may find it.
    pub visibility: Visibility,
}

/// A page of what was reported anywhere in the house.
#[derive(Clone, Debug, Default)]
pub struct ReportsPage {
    /// The newest first.
    pub reports: Vec<Report>,
    /// The last of them, where there are more.
    pub next: Option<String>,
}

/// What was reported in a room and is not seen to, for those who keep order there.
///
/// # Errors
/// `not_allowed` for others; `not_found` also for what this actor may not know of; `not_a_member`, `archived`, `not_authenticated`,
/// `unavailable`.
pub async fn reports(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<(Room, Vec<Report>)> {
    let db = chat.db().read();
    let found = rooms::load(db, actor, room).await?;
    found.access.permit(Action::Resolve)?;
    let id = found.room.id.0;
    Ok((found.room, fetch(db, |sql| sql.text(" AND r.room_id = ").value(id), LISTED).await?))
}

/// What was reported in any room and is not seen to, for those who see to the house. After this one, if it is given.
///
/// # Errors
/// `not_allowed` for others, `unavailable`.
pub async fn all_reports(chat: &Chat, by: impl Into<By>, after: Option<Uuid>) -> Result<ReportsPage> {
    let db = chat.db().read();
    Doer::of(db, by.into()).await?.permit(HouseAction::ManageRooms, &chat.settings())?;
    let older = |sql: Sql| match after {
        Some(after) => sql.text(" AND r.id < ").value(after),
        None => sql,
    };
    let mut reports = fetch(db, older, LISTED + 1).await?;
    let more = reports.len() > LISTED;
    reports.truncate(LISTED);
    Ok(ReportsPage { next: reports.last().filter(|_| more).map(|last| last.id.clone()), reports })
}

async fn fetch(db: &impl ConnectionTrait, which: impl FnOnce(Sql) -> Sql, max: usize) -> Result<Vec<Report>> {
    let sql = Sql::new(
        db.get_database_backend(),
        "SELECT r.id, r.reason, r.at, m.seq, m.body, m.revision, p.id, p.slug, p.name, p.visibility, ",
    )
    .text(
        "b.id, b.username, b.name, b.ambiguous, b.picture, b.bot, a.id, a.username, a.name, a.ambiguous, a.picture, a.bot, m.id ",
    )
    .text(
        "FROM reports r JOIN messages m ON m.id = r.message_id JOIN users b ON b.id = r.by_id JOIN rooms p ON p.id = r.room_id ",
    )
    .text("JOIN users a ON a.id = m.author_id WHERE r.closed_at IS NULL AND p.deleted_at IS NULL");
    // Ids sort by the time that they were made.
    let rows = db.query_all_raw(which(sql).text(" ORDER BY r.id DESC").limit(max as u64).done()).await?;
    Ok(rows.iter().map(report).collect::<std::result::Result<_, _>>()?)
}

fn report(row: &QueryResult) -> std::result::Result<Report, DbErr> {
    type Columns = (Uuid, String, i64, i64, String, i64, Uuid, String, String, room::Visibility);
    let (id, reason, at, seq, body, revision, room, slug, name, visibility) = Columns::try_get_many_by_index(row)?;
    let place = Place { id: RoomId(room), slug, name, visibility: visibility.into() };
    let (by, author) = (users::of_row(row, 10)?, users::of_row(row, 16)?);
    let revision = u32::try_from(revision).unwrap_or(u32::MAX);
    let message = MessageId(row.try_get_by_index(22)?);
    Ok(Report { id: id.to_string(), by, reason, at, message, seq: Seq(seq), author, body, revision, place })
}

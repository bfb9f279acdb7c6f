//! Messages that are brought along from another server: with their times, at the end of the room's log, in the order in which they come.

use std::collections::{BTreeMap, HashMap, HashSet};

use protocol::{Body, Change, ClientId, ErrorCode, Event, Extra, MessageId, NewMessage, RoomId, Seq, User, UserId, Visibility};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Value, prelude::Uuid};

use crate::{
    Result,
    db::{Sql, entity::user},
    log, rooms,
    writer::Transaction,
};

/// A message from elsewhere.
pub(crate) struct Imported {
    pub(crate) id: MessageId,
    /// Always the same for the same message, by which it is known when it comes again.
    pub(crate) client_id: ClientId,
    pub(crate) author: UserId,
    pub(crate) body: Body,
    pub(crate) at: i64,
    pub(crate) extra: Option<Extra>,
}

/// Enters messages into a room, and returns how many were not there yet.
pub(crate) async fn import(transaction: &mut Transaction, room: RoomId, messages: &[Imported]) -> Result<usize> {
    let known = known(transaction, messages).await?;
    let new: Vec<_> = messages.iter().filter(|message| !known.contains(&(message.author, message.client_id))).collect();
    if new.is_empty() {
        return Ok(0);
    }
    let head = rooms::lock(&**transaction, room).await?;
    let backend = transaction.get_database_backend();
    let people = people(transaction, &new).await?;
    let (mut seq, mut events) = (head, Vec::with_capacity(new.len()));
    for message in &new {
        seq = seq.next();
        let actor = people.get(&message.author).cloned().ok_or(ErrorCode::NotFound)?;
        let extra = message.extra.clone();
        let text = NewMessage { extra, ..NewMessage::plain(message.id, message.client_id, message.body.as_str().to_owned()) };
        events.push(Event { room, seq, at: message.at, actor, change: Change::MessageCreated { message: text } });
    }
    transaction.add(log::raise_heads(backend, &BTreeMap::from([(room, (head, seq))])));
    let insert =
        Sql::new(backend, "INSERT INTO messages (id, room_id, seq, author_id, client_id, body, created_at, extra) VALUES ");
    let row = |(message, event): (&&Imported, &Event)| -> [Value; 8] {
        let Seq(seq) = event.seq;
        let (id, room, author, client_id) = (message.id.0, room.0, message.author.0, message.client_id.0);
        let (body, extra) = (message.body.as_str(), message.extra.as_ref().map_or("", Extra::as_str));
        [id.into(), room.into(), seq.into(), author.into(), client_id.into(), body.into(), message.at.into(), extra.into()]
    };
    transaction.add(insert.rows(new.iter().zip(&events).map(row)).done());
    // A message bars nobody, whoever may read the room.
    transaction.enter(events.iter().map(|event| (event, Visibility::Private)));
    Ok(new.len())
}

/// Who has written them.
async fn people(transaction: &Transaction, messages: &[&Imported]) -> Result<HashMap<UserId, User>> {
    let authors: HashSet<Uuid> = messages.iter().map(|message| message.author.0).collect();
    let rows = user::Entity::find().filter(user::Column::Id.is_in(authors)).all(&**transaction).await?;
    Ok(rows.into_iter().map(User::from).map(|user| (user.id, user)).collect())
}

/// Those of them that are there already.
async fn known(transaction: &Transaction, messages: &[Imported]) -> Result<HashSet<(UserId, ClientId)>> {
    let authors: HashSet<Uuid> = messages.iter().map(|message| message.author.0).collect();
    let select = Sql::new(transaction.get_database_backend(), "SELECT author_id, client_id FROM messages WHERE author_id IN ")
        .list(authors.into_iter().map(Into::into))
        .text(" AND client_id IN ")
        .list(messages.iter().map(|message| message.client_id.0.into()));
    let rows = transaction.query_all_raw(select.done()).await?;
    let key = |row: &sea_orm::QueryResult| Ok((UserId(row.try_get_by_index(0)?), ClientId(row.try_get_by_index(1)?)));
    Ok(rows.iter().map(key).collect::<std::result::Result<_, sea_orm::DbErr>>()?)
}

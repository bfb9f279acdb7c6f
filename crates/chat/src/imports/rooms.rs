//! Rooms, and who is in them.

use std::collections::{BTreeMap, HashMap};

use protocol::{ErrorCode, RoomId, RoomName, UserId, Visibility, limits};
use sea_orm::QueryResult;

use super::{
    found::{Found, Messages},
    ids::Ids,
    report::{Fault, Tally},
    source::{Source, quoted},
};
use crate::{
    Chat, Result,
    db::now,
    rooms,
    writer::{Transaction, Work},
};

/// Rooms that are made in one transaction.
const AT_ONCE: usize = 50;

/// A room there.
#[derive(Clone)]
struct Room {
    key: String,
    id: RoomId,
    name: String,
    created_at: i64,
    /// The owner first.
    people: Vec<UserId>,
    visibility: Visibility,
}

/// Brings along the rooms that these messages are in; returns which has become which.
pub(super) async fn bring(
    chat: &Chat,
    source: &Source,
    (found, messages, table): (&Found, &Messages, &str),
    (ids, people): (&Ids, &HashMap<String, UserId>),
    tally: &mut Tally,
) -> std::result::Result<HashMap<String, RoomId>, Fault> {
    let all = read(source, (found, messages, table), (ids, people)).await?;
    let mut brought = HashMap::new();
    let (some, empty): (Vec<_>, Vec<_>) = all.into_iter().partition(|room| !room.people.is_empty());
    empty.iter().for_each(|room| tally.leave(&room.name, "nobody is in it"));
    for some in some.chunks(AT_ONCE) {
        let new = chat.writer().run(Bring { rooms: some.to_vec() }).await?;
        tally.came += new;
        tally.there += some.len() - new;
        brought.extend(some.iter().map(|room| (room.key.clone(), room.id)));
    }
    Ok(brought)
}

async fn read(
    source: &Source,
    (found, messages, table): (&Found, &Messages, &str),
    (ids, people): (&Ids, &HashMap<String, UserId>),
) -> std::result::Result<Vec<Room>, Fault> {
    let known = found.rooms(table);
    let mut columns = vec![
        Source::text("id"),
        known.name.as_deref().map_or_else(|| "CAST(NULL AS TEXT)".to_owned(), Source::text),
        known.time.as_deref().map_or_else(|| "CAST(NULL AS BIGINT)".to_owned(), |column| source.millis(column)),
    ];
    columns.extend(known.people.iter().map(|column| Source::text(column)));
    let rows = source.select(&columns, &format!("FROM {} ORDER BY \"id\"", quoted(table))).await?;
    let mut seats = BTreeMap::<String, Vec<UserId>>::new();
    let (column, _) = messages.room.clone().unwrap_or_default();
    let members = known.seats.iter().map(|(table, room, person)| (table.as_str(), room.as_str(), person.as_str()));
    // Whoever has written there is in it as well.
    for (table, room, person) in members.chain([(messages.table.as_str(), column.as_str(), messages.author.as_str())]) {
        let columns = [Source::text(room), Source::text(person)];
        let rest = format!("FROM {} GROUP BY 1, 2 ORDER BY 1, 2", quoted(table));
        for row in source.select(&columns, &rest).await? {
            let [room, person] = [0, 1].map(|n| row.try_get_by_index::<Option<String>>(n));
            if let (Some(room), Some(person)) = (room?, person?.and_then(|person| people.get(&person).copied())) {
                seats.entry(room).or_default().push(person);
            }
        }
    }
    let is_closed = known.seats.is_some() || known.people.len() > 1;
    let room = |row: &QueryResult| {
        let key: String = row.try_get_by_index(0)?;
        let named = row.try_get_by_index::<Option<String>>(1)?.filter(|name| !name.trim().is_empty());
        let mut members = Vec::new();
        for n in 0..known.people.len() {
            let person = row.try_get_by_index::<Option<String>>(3 + n)?;
            members.extend(person.and_then(|person| people.get(&person).copied()));
        }
        members.extend(seats.get(&key).into_iter().flatten().copied());
        let mut distinct = Vec::new();
        members.into_iter().for_each(|person| {
            if !distinct.contains(&person) {
                distinct.push(person)
            }
        });
        Ok(Room {
            id: ids.room(table, &key),
            name: named.unwrap_or_else(|| format!("Chat {key}")),
            created_at: row.try_get_by_index::<Option<i64>>(2)?.unwrap_or_else(now),
            people: distinct,
            visibility: if is_closed { Visibility::Private } else { Visibility::Open },
            key,
        })
    };
    Ok(rows.iter().map(room).collect::<std::result::Result<_, sea_orm::DbErr>>()?)
}

/// Some of them, in one transaction.
struct Bring {
    rooms: Vec<Room>,
}

impl Work for Bring {
    /// How many were not there yet.
    type Answer = usize;

    async fn run(&self, transaction: &mut Transaction) -> Result<usize> {
        let mut new = 0;
        for room in &self.rooms {
            let Some((owner, others)) = room.people.split_first() else { continue };
            if is_there(transaction, room, *owner).await? {
                continue;
            }
            let name: String = room.name.chars().take(limits::ROOM_NAME_MAX).collect();
            let name = RoomName::parse(&name).or_else(|_| RoomName::parse("Chat"))?;
            rooms::import(transaction, (room.id, room.created_at), *owner, name, room.visibility).await?;
            for person in others {
                rooms::let_in(transaction, *person, room.id, u32::MAX).await?;
            }
            new += 1;
        }
        Ok(new)
    }
}

async fn is_there(transaction: &Transaction, room: &Room, owner: UserId) -> Result<bool> {
    match rooms::load_invited(&**transaction, owner, room.id).await {
        Ok(_) => Ok(true),
        Err(error) if error.public().code == ErrorCode::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

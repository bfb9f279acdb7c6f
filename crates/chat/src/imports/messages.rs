//! Messages, in the order of their times.

use std::collections::{BTreeMap, HashMap};

use protocol::{Body, ErrorCode, Extra, RoomId, RoomRef, UserId, limits};
use sea_orm::QueryResult;

use super::{
    carried::{self, carried},
    found,
    ids::Ids,
    report::{Fault, Tally},
    source::{Source, quoted},
};
use crate::{
    Chat, Result,
    db::now,
    messages::{self, Imported},
    rooms,
    writer::{Transaction, Work},
};

/// Messages that are read at once.
const READ: usize = 5_000;
/// Messages of a room that are written in one transaction.
const AT_ONCE: usize = 500;

/// Which person and which room there is which one here.
type Known<'a> = (&'a Ids, &'a HashMap<String, UserId>, Option<(&'a str, HashMap<String, RoomId>)>);

/// Brings them along. Those that are in no room there come into the first of the rooms that new people join.
pub(super) async fn bring(
    chat: &Chat,
    source: &Source,
    table: &found::Messages,
    (ids, people, rooms): Known<'_>,
    tally: &mut Tally,
) -> std::result::Result<(), Fault> {
    let first = match rooms {
        Some(_) => None,
        None => Some(default_room(chat).await?),
    };
    let text_or_null = |column: Option<&str>| column.map_or_else(|| "CAST(NULL AS TEXT)".to_owned(), Source::text);
    let columns = [
        Source::text("id"),
        Source::text(&table.author),
        Source::text(&table.text),
        table.time.as_deref().map_or_else(|| "CAST(NULL AS BIGINT)".to_owned(), |column| source.millis(column)),
        text_or_null(rooms.as_ref().map(|(column, _)| *column)),
        text_or_null(table.kind.as_deref()),
        text_or_null(table.data.as_deref()),
    ];
    let order = table.time.as_deref().map_or_else(String::new, |time| format!("{}, ", quoted(time)));
    for page in 0.. {
        let rest = format!("FROM {} ORDER BY {order}\"id\" LIMIT {READ} OFFSET {}", quoted(&table.table), page * READ);
        let rows = source.select(&columns, &rest).await?;
        let mut of_rooms = BTreeMap::<RoomId, Vec<Imported>>::new();
        for row in &rows {
            let row = Row::read(row)?;
            let room = first.or_else(|| rooms.as_ref()?.1.get(row.room.as_deref()?).copied());
            match row.message(&table.table, ids, people).and_then(|message| Ok((room.ok_or("its room did not come")?, message))) {
                Ok((room, message)) => {
                    let extra = row.extra().unwrap_or_else(|why| {
                        tally.leave(&row.key, why);
                        None
                    });
                    of_rooms.entry(room).or_default().push(Imported { extra, ..message });
                }
                Err(why) => tally.leave(&row.key, why),
            }
        }
        for (room, mut messages) in of_rooms {
            while !messages.is_empty() {
                let rest = messages.split_off(messages.len().min(AT_ONCE));
                let count = messages.len();
                let new = chat.writer().run(Bring { room, messages }).await?;
                tally.came += new;
                tally.there += count - new;
                messages = rest;
            }
        }
        if rows.len() < READ {
            break;
        }
    }
    Ok(())
}

async fn default_room(chat: &Chat) -> Result<RoomId> {
    let slug = chat.settings().default_rooms.first().cloned().ok_or(ErrorCode::NotFound)?;
    rooms::locate(chat, &RoomRef::Slug(slug)).await
}

/// A message there.
struct Row {
    key: String,
    author: Option<String>,
    text: String,
    at: Option<i64>,
    room: Option<String>,
    kind: Option<String>,
    data: Option<String>,
}

impl Row {
    fn read(row: &QueryResult) -> std::result::Result<Self, sea_orm::DbErr> {
        Ok(Self {
            key: row.try_get_by_index(0)?,
            author: row.try_get_by_index(1)?,
            text: row.try_get_by_index::<Option<String>>(2)?.unwrap_or_default(),
            at: row.try_get_by_index(3)?,
            room: row.try_get_by_index(4)?,
            kind: row.try_get_by_index(5)?,
            data: row.try_get_by_index(6)?,
        })
    }

    /// As it is to be here, or why it cannot be.
    fn message(&self, table: &str, ids: &Ids, people: &HashMap<String, UserId>) -> std::result::Result<Imported, &'static str> {
        let author = self.author.as_ref().and_then(|author| people.get(author)).ok_or("its author did not come")?;
        let body = Body::parse(&self.text).map_err(|_| "its text is empty or too long")?;
        let at = self.at.unwrap_or_else(now);
        let (id, client_id) = (ids.message(table, &self.key, at), ids.client(table, &self.key));
        Ok(Imported { id, client_id, author: *author, body, at, extra: None })
    }

    /// What is kept with it, or why it comes without that.
    fn extra(&self) -> std::result::Result<Option<Extra>, &'static str> {
        let data = self.data.clone().map(carried::data);
        let extra = carried(self.kind.as_deref().unwrap_or_default(), data.as_ref()).map_err(|_| "its extraData is no JSON")?;
        match extra {
            Some(extra) if extra.as_str().len() > limits::EXTRA_MAX_BYTES => {
                Err("its extraData is too long, the text came without it")
            }
            extra => Ok(extra),
        }
    }
}

/// Some messages of a room, in one transaction.
struct Bring {
    room: RoomId,
    messages: Vec<Imported>,
}

impl Work for Bring {
    /// How many were not there yet.
    type Answer = usize;

    async fn run(&self, transaction: &mut Transaction) -> Result<usize> {
        messages::import(transaction, self.room, &self.messages).await
    }
}

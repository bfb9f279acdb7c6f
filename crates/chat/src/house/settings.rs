//! How the house is run: changing it, and hearing of changes that other processes made.

use std::{sync::Arc, time::Duration};

use protocol::{Field, FieldError, Problem, Room, RoomId, RoomName, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Uuid};
use tokio::time::{MissedTickBehavior, interval};

use super::{
    audit::{Deed, Subject, enter},
    doer::{By, Doer},
};
use crate::{
    Chat, Result,
    db::{Db, entity::room},
    kept::Kept,
    policy::HouseAction,
    settings::{self, Settings},
    writer::{Transaction, Work},
};

/// How often a process looks whether another one has changed something.
const PERIOD: Duration = Duration::from_secs(2);
/// Rooms that are told in one transaction that they are public no longer, or again.
const ROOMS: u64 = 100;

/// Changes how the house is run.
///
/// # Errors
/// `invalid` with every field that is wrong, `not_allowed` for all but owners, `unavailable`.
pub async fn change(chat: &Chat, by: impl Into<By>, new: Settings) -> Result<()> {
    let by = by.into();
    let new = parse(chat, new).await?;
    let transaction = chat.db().begin().await?;
    let doer = Doer::of(&transaction, by).await?;
    // As they stand, not as they are kept in memory: another node may have changed them just now.
    let (_, old) = settings::read(&transaction).await?;
    doer.permit(HouseAction::Settle, &old)?;
    let difference = difference(&old, &new);
    if difference.is_empty() {
        return Ok(());
    }
    settings::store(&transaction, &new).await?;
    enter(&transaction, &doer, Deed::Settle, Subject::default(), difference).await?;
    transaction.commit().await?;
    chat.renew().await;
    if let Some(actor) = doer.id.filter(|_| old.public_rooms != new.public_rooms) {
        tell_rooms(chat, actor).await?;
    }
    Ok(())
}

/// The name has to be one, and rooms that everybody joins have to be such that everybody may.
async fn parse(chat: &Chat, new: Settings) -> Result<Settings> {
    let name = RoomName::parse(&new.name);
    let select = room::Entity::find()
        .filter(room::Column::Slug.is_in(new.default_rooms.iter().map(String::as_str)))
        .filter(room::Column::Visibility.is_in([room::Visibility::Public, room::Visibility::Open]))
        .select_only()
        .column(room::Column::Slug);
    let slugs: Vec<String> = select.into_tuple().all(chat.db().read()).await?;
    let missing = new.default_rooms.iter().any(|slug| !slugs.contains(slug));
    let rooms = missing.then_some(FieldError { field: Field::DefaultRooms, problem: Problem::NotAChoice });
    match (name, rooms) {
        (Ok(name), None) => Ok(Settings { name: name.as_str().to_owned(), ..new }),
        (name, rooms) => Err(protocol::Error::from(name.err().into_iter().chain(rooms).collect::<Vec<_>>()).into()),
    }
}

/// What of it is new, for the audit log.
fn difference(old: &Settings, new: &Settings) -> String {
    let pairs = old.rows().into_iter().zip(new.rows()).filter(|(old, new)| old != new);
    pairs.map(|((name, old), (_, new))| format!("{name}: {old} → {new}")).collect::<Vec<_>>().join("; ")
}

/// Enters into the log of each public room that it counts as another one now. So strangers who hear it are cut on every node, as when a
/// single room is hidden (G9).
async fn tell_rooms(chat: &Chat, actor: UserId) -> Result<()> {
    let mut after = Uuid::nil();
    while let Some(last) = chat.writer().run(TellRooms { actor, after }).await? {
        after = last.0;
    }
    Ok(())
}

struct TellRooms {
    actor: UserId,
    after: Uuid,
}

impl Work for TellRooms {
    /// The last room that was told; none when all were.
    type Answer = Option<RoomId>;

    async fn run(&self, transaction: &mut Transaction) -> Result<Option<RoomId>> {
        let select = room::Entity::find()
            .filter(room::Column::Visibility.eq(room::Visibility::Public))
            .filter(room::Column::Id.gt(self.after))
            .order_by_asc(room::Column::Id)
            .limit(ROOMS);
        let rooms = select.all(&**transaction).await?;
        let visibility = settings::visibility(&**transaction, protocol::Visibility::Public).await?;
        for room in &rooms {
            let room = Room { visibility, ..room.clone().into() };
            transaction.record(room.id, self.actor, room.changed()).await?;
        }
        Ok(rooms.last().map(|room| RoomId(room.id)))
    }
}

/// Reads what is kept again whenever another process has changed it: another node, or a command beside this server.
pub(crate) async fn keep_up(db: Db, kept: Arc<Kept>) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        kept.renew(&db).await;
    }
}

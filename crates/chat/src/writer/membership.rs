//! Rooms and their members: each change in a transaction of its own, with its entry in the log.

use protocol::{Change, Event, Room, RoomId, RoomName, Slug, Topic, UserId, Visibility};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, ModelTrait, QueryFilter};

use super::log;
use crate::{
    Result,
    db::{
        Db,
        entity::{membership, room},
        now,
    },
    events,
    hub::Published,
};

/// A room to be made.
#[derive(Clone)]
pub(super) struct New {
    pub(super) founder: Option<UserId>,
    pub(super) slug: Slug,
    pub(super) name: RoomName,
    pub(super) topic: Topic,
    pub(super) visibility: Visibility,
}

pub(super) async fn create_room(db: &Db, new: New) -> Result<(Room, Option<Published>)> {
    let transaction = db.begin().await?;
    if new.founder.is_none()
        && let Some(row) = with_slug(&transaction, &new.slug).await?
    {
        // Another node that started at the same time has made the lobby.
        return Ok((row.into(), None));
    }
    let row = room::ActiveModel {
        id: Set(RoomId::generate().0),
        slug: Set(free_slug(&transaction, new.slug).await?),
        name: Set(new.name.into_string()),
        topic: Set(new.topic.into_string()),
        visibility: Set(new.visibility.into()),
        last_seq: Set(0),
        created_at: Set(now()),
    };
    let room: Room = row.insert(&transaction).await?.into();
    let event = match new.founder {
        Some(founder) => Some(add(&transaction, room.id, founder, membership::Role::Owner).await?),
        None => None,
    };
    transaction.commit().await?;
    Ok((room, event))
}

/// The slug, or the first of `slug-2`, `slug-3` … that no room has.
async fn free_slug(transaction: &DatabaseTransaction, slug: Slug) -> Result<String> {
    let mut candidate = slug.clone();
    for n in 2.. {
        if with_slug(transaction, &candidate).await?.is_none() {
            break;
        }
        candidate = slug.numbered(n);
    }
    Ok(candidate.into_string())
}

async fn with_slug(transaction: &DatabaseTransaction, slug: &Slug) -> Result<Option<room::Model>> {
    Ok(room::Entity::find().filter(room::Column::Slug.eq(slug.as_str())).one(transaction).await?)
}

pub(super) async fn join(db: &Db, room: RoomId, user: UserId) -> Result<((), Option<Published>)> {
    let transaction = db.begin().await?;
    if membership::Entity::find_by_id((room.0, user.0)).one(&transaction).await?.is_some() {
        return Ok(((), None));
    }
    let event = add(&transaction, room, user, membership::Role::Member).await?;
    transaction.commit().await?;
    Ok(((), Some(event)))
}

pub(super) async fn leave(db: &Db, room: RoomId, user: UserId) -> Result<((), Option<Published>)> {
    let transaction = db.begin().await?;
    let Some(row) = membership::Entity::find_by_id((room.0, user.0)).one(&transaction).await? else {
        return Ok(((), None));
    };
    row.delete(&transaction).await?;
    let event = record(&transaction, room, user, Change::MemberLeft).await?;
    transaction.commit().await?;
    Ok(((), Some(event)))
}

async fn add(transaction: &DatabaseTransaction, room: RoomId, user: UserId, role: membership::Role) -> Result<Published> {
    let row = membership::ActiveModel { room_id: Set(room.0), user_id: Set(user.0), role: Set(role), joined_at: Set(now()) };
    row.insert(transaction).await?;
    record(transaction, room, user, Change::MemberJoined).await
}

async fn record(transaction: &DatabaseTransaction, room: RoomId, user: UserId, change: Change) -> Result<Published> {
    let log::Places { first: seq, visibility } = log::take_places(transaction, room, 1).await?;
    let event = Event { room, seq, at: now(), actor: log::person(transaction, user).await?, change };
    log::entry(&event).insert(transaction).await?;
    Ok(events::publish(event, visibility))
}

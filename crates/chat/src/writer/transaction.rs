//! A transaction of the writer's, and what happened in it.

use std::ops::{Deref, DerefMut};

use hub::Published;
use protocol::{Change, Event, RoomId, UserId, Visibility};
use sea_orm::{ConnectionTrait, EntityTrait, QueryTrait};

use crate::{
    Result,
    db::{self, Db, entity::room_event, now, users},
    log,
};

/// A transaction in which things may happen in rooms. They are published when it is committed.
pub(crate) struct Transaction {
    db: db::Transaction,
    happened: Vec<Published>,
}

impl Transaction {
    pub(super) async fn begin(db: &Db) -> Result<Self> {
        Ok(Self { db: db.begin().await?, happened: Vec::new() })
    }

    /// Takes the next place in a room's log and enters there what somebody did.
    pub(crate) async fn record(&mut self, room: RoomId, actor: UserId, change: Change) -> Result<Event> {
        let log::Place { seq, visibility } = log::take_place(&self.db, room).await?;
        let event = Event { room, seq, at: now(), actor: users::person(&self.db, actor).await?, change };
        self.enter([(&event, visibility)]);
        Ok(event)
    }

    /// Enters events whose places are taken, of rooms with these visibilities.
    pub(crate) fn enter<'a>(&mut self, events: impl IntoIterator<Item = (&'a Event, Visibility)>) {
        let mut rows = Vec::new();
        for (event, visibility) in events {
            rows.push(log::row(event));
            self.happened.push(log::publish(event.clone(), visibility));
        }
        if !rows.is_empty() {
            let backend = self.db.get_database_backend();
            self.db.add(room_event::Entity::insert_many(rows).build(backend));
        }
    }

    /// Commits, and says what happened.
    pub(super) async fn commit(self) -> Result<Vec<Published>> {
        self.db.commit().await?;
        Ok(self.happened)
    }
}

impl Deref for Transaction {
    type Target = db::Transaction;

    fn deref(&self) -> &db::Transaction {
        &self.db
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut db::Transaction {
        &mut self.db
    }
}

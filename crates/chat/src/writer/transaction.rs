//! A transaction of the writer's, and what happened in it.

use std::ops::{Deref, DerefMut};

use hub::{Published, Signal};
use protocol::{Change, EpochId, Event, News, RoomId, Seq, UserId, Visibility};
use sea_orm::ConnectionTrait;

use crate::{
    Result,
    account_log::{self, NewAlert},
    db::{self, Db, Sql, now, users},
    log,
};

/// A transaction in which things may happen in rooms. They are published when it is committed.
pub(crate) struct Transaction {
    db: db::Transaction,
    is_repeated: bool,
    epoch: EpochId,
    happened: Vec<Published>,
    told: Vec<Signal>,
}

impl Transaction {
    pub(super) async fn begin(db: &Db, is_repeated: bool) -> Result<Self> {
        Ok(Self { db: db.begin().await?, is_repeated, epoch: db.epoch(), happened: Vec::new(), told: Vec::new() })
    }

    /// Whether it is run again, because something was not as it was thought to be: then nothing is to be taken for granted.
    pub(crate) fn is_repeated(&self) -> bool {
        self.is_repeated
    }

    /// The epoch that its places are of.
    pub(crate) fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// Takes the next place in a room's log and enters there what somebody did.
    pub(crate) async fn record(&mut self, room: RoomId, actor: UserId, change: Change) -> Result<Event> {
        let log::Place { seq, visibility } = log::take_place(&self.db, room).await?;
        let event = Event { room, seq, at: now(), actor: users::person(&self.db, actor).await?, change };
        self.enter([(&event, visibility)]);
        Ok(event)
    }

    /// What the event that was recorded last changes of what is new to people.
    pub(crate) fn news(&mut self, entry: News) {
        if let Some(event) = self.happened.last_mut() {
            event.news = Some(entry);
        }
    }

    /// Somebody is in other rooms than before, which are not in the list yet.
    pub(crate) fn watches_anew(&mut self, user: UserId) {
        self.told.push(Signal::Rooms(user));
    }

    /// Somebody is in other rooms than before, and the list of their rooms is another one.
    pub(crate) async fn moved(&mut self, user: UserId) -> Result<()> {
        self.watches_anew(user);
        self.list_changed(user).await
    }

    /// A new member has read what was said before: their mark stands at a place.
    pub(crate) fn read_up_to(&mut self, room: RoomId, user: UserId, seq: Seq) {
        let start = Sql::new(self.db.get_database_backend(), "UPDATE memberships SET last_read_seq = ");
        let update = start.value(seq.0).text(" WHERE room_id = ").value(room.0).text(" AND user_id = ").value(user.0);
        self.db.add(update.done());
    }

    /// Tells somebody something.
    pub(crate) async fn alert(&mut self, to: UserId, alert: NewAlert) -> Result<()> {
        self.told.push(account_log::add(&self.db, to, alert).await?);
        Ok(())
    }

    /// Many accounts were told something in one statement: their sockets are told of it by one signal.
    pub(crate) fn told_many(&mut self) {
        self.told.push(Signal::Accounts);
    }

    /// Tells somebody that the list of their rooms is another one.
    pub(crate) async fn list_changed(&mut self, to: UserId) -> Result<()> {
        self.told.push(account_log::list_changed(&self.db, to).await?);
        Ok(())
    }

    /// Tells everybody whom these messages call that something is in their inbox, or is not any more.
    pub(crate) async fn called(&mut self, messages: &[(RoomId, Seq)]) -> Result<()> {
        self.told.extend(account_log::called(&self.db, messages).await?);
        Ok(())
    }

    /// Enters events, of which there is at least one and whose places are taken, of rooms with these visibilities.
    pub(crate) fn enter<'a>(&mut self, events: impl IntoIterator<Item = (&'a Event, Visibility)>) {
        let backend = self.db.get_database_backend();
        let (happened, epoch) = (&mut self.happened, self.epoch);
        let entered = events.into_iter().map(|(event, visibility)| {
            happened.push(log::publish(event.clone(), epoch, visibility));
            event
        });
        self.db.add(log::insert(backend, entered));
    }

    /// Commits, and says what happened, in rooms and to people.
    pub(super) async fn commit(self) -> Result<Vec<Signal>> {
        self.db.commit().await?;
        Ok(self.happened.into_iter().map(Signal::Event).chain(self.told).collect())
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

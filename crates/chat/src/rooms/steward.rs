//! Who sees to a room: somebody who is in it, or the house, whose admins and command line see to all of them.

use std::sync::Arc;

use protocol::{Room, RoomRef, UserId};
use sea_orm::ConnectionTrait;

use super::load::{Found, load, load_counted, load_for_house};
use crate::{
    Chat, Result,
    db::users,
    house::{self, By, Doer, Subject},
    policy::{Access, Action, HouseAction},
    settings::Settings,
    throttle::Deed,
};

/// Somebody who wants to do something to a room.
pub(crate) struct Steward {
    by: By,
    room: RoomRef,
    settings: Arc<Settings>,
}

/// A room with whoever does something to it.
pub(crate) struct Charge {
    pub(crate) room: Room,
    pub(crate) access: Access,
    /// As the audit log names them.
    pub(crate) doer: Doer,
    /// As the log of the room has them: the house itself for the command line.
    pub(crate) actor: UserId,
}

impl Steward {
    /// Counts it for those who have an account. Nobody counts what whoever has the machine does.
    pub(crate) fn new(chat: &Chat, by: By, room: &RoomRef, deed: Deed) -> Result<Self> {
        if let By::Actor(actor) | By::Admin(actor) = by {
            chat.deeds().by(actor.user()?, deed)?;
        }
        Ok(Self { by, room: room.clone(), settings: chat.settings() })
    }

    /// Finds the room, for something that they may do to it.
    pub(crate) async fn take(&self, db: &impl ConnectionTrait, action: Action) -> Result<Charge> {
        let charge = self.find(db).await?;
        charge.access.permit(action)?;
        Ok(charge)
    }

    /// Finds the room, if they may know of it.
    pub(crate) async fn find(&self, db: &impl ConnectionTrait) -> Result<Charge> {
        let doer = Doer::of(db, self.by).await?;
        let found = match self.by {
            By::Actor(actor) => load(db, actor, &self.room).await?,
            By::Admin(_) | By::CommandLine => {
                doer.permit(HouseAction::ManageRooms, &self.settings)?;
                load_for_house(db, &self.room).await?.0
            }
        };
        let actor = match doer.id {
            Some(id) => id,
            None => users::house(db).await?,
        };
        Ok(Charge { room: found.room, access: found.access, doer, actor })
    }
}

impl Charge {
    /// Enters what is done to the room into the audit log.
    pub(crate) async fn audit(&self, db: &impl ConnectionTrait, deed: house::Deed, detail: String) -> Result<()> {
        house::enter(db, &self.doer, deed, Subject::room(&self.room), detail).await
    }

    /// Enters what is done to somebody in the room.
    pub(crate) async fn audit_person(
        &self,
        db: &impl ConnectionTrait,
        deed: house::Deed,
        whom: &protocol::User,
        detail: &str,
    ) -> Result<()> {
        let detail = ["/r/", &self.room.slug, ": ", detail].concat();
        house::enter(db, &self.doer, deed, Subject::account(whom.id, &whom.username), detail.trim_end().to_owned()).await
    }
}

/// The room as they see it, with the number of its members.
pub(super) async fn look_at(chat: &Chat, by: By, room: &RoomRef) -> Result<(Found, u64)> {
    let db = chat.db().read();
    if let By::Actor(actor) = by {
        return load_counted(db, actor, room).await;
    }
    Doer::of(db, by).await?.permit(HouseAction::ManageRooms, &chat.settings())?;
    load_for_house(db, room).await
}

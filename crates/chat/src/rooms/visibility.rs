//! Who may find a room.

use protocol::{Field, FieldError, Problem, Room, RoomRef, UserId, Visibility};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    address::{self, readdress},
    load::load,
};
use crate::{
    Chat, Result,
    db::entity::room,
    policy::{Action, Actor},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Who may find a room, as forms say it. A conversation between people is begun in another way.
pub(super) fn parse(word: &str) -> std::result::Result<Visibility, FieldError> {
    match word {
        "public" => Ok(Visibility::Public),
        "open" => Ok(Visibility::Open),
        "private" => Ok(Visibility::Private),
        _ => Err(FieldError { field: Field::Visibility, problem: Problem::NotAChoice }),
    }
}

/// Makes a room `public`, `open` or `private`. Those who may read it no longer hear no more of it, on any node.
///
/// # Errors
/// `invalid` for another word; `not_allowed` for whoever does not own the room; `not_found` also for what this actor may not know of;
/// `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn set_visibility(chat: &Chat, actor: Actor, room: &RoomRef, visibility: &str) -> Result<Room> {
    let owner = actor.user()?;
    let visibility = parse(visibility)?;
    chat.deeds().by(owner, Deed::EditRoom)?;
    chat.writer().run(SetVisibility { owner, room: room.clone(), visibility }).await
}

struct SetVisibility {
    owner: UserId,
    room: RoomRef,
    visibility: Visibility,
}

impl Work for SetVisibility {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = load(&**transaction, Actor::User(self.owner), &self.room).await?;
        found.access.permit(Action::Manage)?;
        let mut room = found.room;
        if room.visibility == self.visibility {
            return Ok(room);
        }
        room::Entity::update_many()
            .col_expr(room::Column::Visibility, Expr::value(room::Visibility::from(self.visibility)))
            .filter(room::Column::Id.eq(room.id.0))
            .exec(&**transaction)
            .await?;
        room.visibility = self.visibility;
        if self.visibility == Visibility::Private {
            // The address that strangers knew is nobody's any more.
            let hidden = address::hidden(&room.slug, room.id);
            readdress(transaction, &mut room, hidden).await?;
        }
        transaction.record(room.id, self.owner, room.changed()).await?;
        Ok(room)
    }
}

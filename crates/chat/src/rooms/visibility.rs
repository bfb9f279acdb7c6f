//! Who may find a room.

use protocol::{Field, FieldError, Problem, Room, RoomRef, Visibility};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    address::{self, readdress},
    steward::Steward,
};
use crate::{
    Chat, Result,
    db::entity::room,
    house,
    policy::{Action, Actor},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Who may find a room, as forms say it. A conversation between people is begun in another way, and where nothing may be public there is no
/// such choice.
pub(super) fn parse(word: &str, may_be_public: bool) -> std::result::Result<Visibility, FieldError> {
    match word {
        "public" if may_be_public => Ok(Visibility::Public),
        "open" => Ok(Visibility::Open),
        "private" => Ok(Visibility::Private),
        _ => Err(FieldError { field: Field::Visibility, problem: Problem::NotAChoice }),
    }
}

fn word(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Open => "open",
        Visibility::Private => "private",
        Visibility::Direct => "direct",
    }
}

/// Makes a room `public`, `open` or `private`. Those who may read it no longer hear no more of it, on any node.
///
/// # Errors
/// `invalid` for another word; `not_allowed` for whoever does not own the room; `not_found` also for what this actor may not know of;
/// `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn set_visibility(chat: &Chat, actor: Actor, room: &RoomRef, visibility: &str) -> Result<Room> {
    actor.user()?;
    let visibility = parse(visibility, chat.settings().public_rooms)?;
    let steward = Steward::new(chat, actor.into(), room, Deed::EditRoom)?;
    chat.writer().run(SetVisibility { steward, visibility }).await
}

struct SetVisibility {
    steward: Steward,
    visibility: Visibility,
}

impl Work for SetVisibility {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let charge = self.steward.take(&**transaction, Action::Manage).await?;
        let mut room = charge.room.clone();
        if room.visibility == self.visibility {
            return Ok(room);
        }
        room::Entity::update_many()
            .col_expr(room::Column::Visibility, Expr::value(room::Visibility::from(self.visibility)))
            .filter(room::Column::Id.eq(room.id.0))
            .exec(&**transaction)
            .await?;
        let change = [word(room.visibility), " → ", word(self.visibility)].concat();
        charge.audit(&**transaction, house::Deed::ChangeVisibility, change).await?;
        room.visibility = self.visibility;
        if self.visibility == Visibility::Private {
            // The address that strangers knew is nobody's any more.
            let hidden = address::hidden(&room.slug, room.id);
            readdress(transaction, &mut room, hidden).await?;
        }
        transaction.record(room.id, charge.actor, room.changed()).await?;
        Ok(room)
    }
}

//! A room's part of the address. One that it had before leads to it, until another room takes it.

use deunicode::deunicode;
use protocol::{Field, FieldError, Problem, Room, RoomId, RoomRef, Slug, UserId, Visibility};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::load::load;
use crate::{
    Chat, Result,
    db::{
        Sql,
        entity::{room, room_address},
    },
    policy::{Action, Actor},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Gives a room another address. That of a room that is hidden ends with digits of its id: else a name that is taken would tell
/// strangers of it.
///
/// # Errors
/// `invalid` when it is none, or another room has it; `not_allowed` for whoever does not own the room; `not_found` also for what this
/// actor may not know of; `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn set_address(chat: &Chat, actor: Actor, room: &RoomRef, address: &str) -> Result<Room> {
    let owner = actor.user()?;
    let address = deunicode(address);
    if !address.contains(|c: char| c.is_ascii_alphanumeric()) {
        return Err(about(Problem::Empty).into());
    }
    chat.deeds().by(owner, Deed::EditRoom)?;
    chat.writer().run(SetAddress { owner, room: room.clone(), slug: Slug::from_ascii(&address) }).await
}

/// The address that a room has now which had this one before, if the actor may know of it.
///
/// # Errors
/// `unavailable`.
pub async fn moved(chat: &Chat, actor: Actor, slug: &str) -> Result<Option<String>> {
    let Some(old) = room_address::Entity::find_by_id(slug.to_owned()).one(chat.db().read()).await? else { return Ok(None) };
    let found = load(chat.db().read(), actor, &RoomId(old.room_id).into()).await;
    Ok(found.ok().map(|found| found.room.slug))
}

/// The address of a room that strangers may not know of.
pub(super) fn hidden(slug: &str, id: RoomId) -> Slug {
    let [plain, whole] = [Slug::from_ascii(slug), Slug::from_ascii("x").of_room(id)];
    let digits = whole.as_str().trim_start_matches('x');
    if plain.as_str().ends_with(digits) { plain } else { plain.of_room(id) }
}

/// Gives a room an address that is free; the one before leads to it.
pub(super) async fn readdress(transaction: &Transaction, room: &mut Room, slug: Slug) -> Result<()> {
    if room.slug == slug.as_str() {
        return Ok(());
    }
    let slug = slug.into_string();
    take(transaction, &slug).await?;
    take(transaction, &room.slug).await?;
    room::Entity::update_many()
        .col_expr(room::Column::Slug, Expr::value(slug.clone()))
        .filter(room::Column::Id.eq(room.id.0))
        .exec(&**transaction)
        .await?;
    let old = std::mem::replace(&mut room.slug, slug);
    room_address::ActiveModel { slug: Set(old), room_id: Set(room.id.0) }.insert(&**transaction).await?;
    Ok(())
}

/// An address leads to the room that had it before no longer: another one has it.
pub(super) async fn take(transaction: &Transaction, slug: &str) -> Result<()> {
    room_address::Entity::delete_by_id(slug.to_owned()).exec(&**transaction).await?;
    Ok(())
}

struct SetAddress {
    owner: UserId,
    room: RoomRef,
    slug: Slug,
}

impl Work for SetAddress {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = load(&**transaction, Actor::User(self.owner), &self.room).await?;
        found.access.permit(Action::Manage)?;
        let mut room = found.room;
        let slug = match room.visibility {
            Visibility::Private | Visibility::Direct => hidden(self.slug.as_str(), room.id),
            Visibility::Public | Visibility::Open => self.slug.clone(),
        };
        if room.slug == slug.as_str() {
            return Ok(room);
        }
        if is_taken(&**transaction, &slug).await? {
            return Err(about(Problem::Taken).into());
        }
        readdress(transaction, &mut room, slug).await?;
        transaction.record(room.id, self.owner, room.changed()).await?;
        Ok(room)
    }
}

async fn is_taken(db: &impl ConnectionTrait, slug: &Slug) -> Result<bool> {
    let select = Sql::new(db.get_database_backend(), "SELECT 1 FROM rooms WHERE slug = ").value(slug.as_str());
    Ok(db.query_one_raw(select.done()).await?.is_some())
}

fn about(problem: Problem) -> FieldError {
    FieldError { field: Field::Address, problem }
}

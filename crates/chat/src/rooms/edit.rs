//! Changing a room's name and topic. Its address stays: links to it are out in the world.

use hub::{Audience, Frame, Signal};
use protocol::{Room, RoomName, RoomRef, ServerFrame, Topic, UserId, Visibility};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{load::load, namesake::refuse_twice};
use crate::{
    Chat, Result,
    db::entity::room,
    look::look,
    policy::{Action, Actor},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// What somebody typed who changes a room.
#[derive(Clone, Copy)]
pub struct RoomEdit<'a> {
    /// Name.
    pub name: &'a str,
    /// Topic; may be empty.
    pub topic: &'a str,
    /// Whether it may have the name of another room.
    pub allow_duplicate: bool,
}

/// Changes the name and the topic of a room. What stays the same is no change.
///
/// # Errors
/// `invalid` with every field that is wrong, or the name when the actor may find another room that has it; `not_allowed` for a member
/// who is not the room's owner, `not_a_member`, `not_authenticated`; `not_found` also for what this actor may not know of; `throttled`,
/// `unavailable`.
pub async fn edit(chat: &Chat, actor: Actor, room: &RoomRef, edit: RoomEdit<'_>) -> Result<Room> {
    let editor = actor.user()?;
    let (name, topic) = parse(edit)?;
    chat.deeds().by(editor, Deed::EditRoom)?;
    let room = chat.writer().run(Edit { editor, room: room.clone(), name, topic, allow_duplicate: edit.allow_duplicate }).await?;
    announce(chat, &room).await;
    Ok(room)
}

/// Tells those who have the room in a list, and may be in another one now. Who may find it is known by its visibility alone; members of
/// a hidden room see it in their lists when they load them.
async fn announce(chat: &Chat, room: &Room) {
    let to = match room.visibility {
        Visibility::Public => Audience::Everyone,
        Visibility::Open => Audience::Accounts,
        Visibility::Private | Visibility::Direct => return,
    };
    let frame = ServerFrame::Renamed { room: room.id, name: room.name.clone(), topic: room.topic.clone() };
    chat.signal(Signal::Announce { to, frame: Frame::of(&frame) }).await;
}

fn parse(edit: RoomEdit<'_>) -> std::result::Result<(RoomName, Topic), protocol::Error> {
    match (RoomName::parse(edit.name), Topic::parse(edit.topic)) {
        (Ok(name), Ok(topic)) => Ok((name, topic)),
        (name, topic) => Err([name.err(), topic.err()].into_iter().flatten().collect::<Vec<_>>().into()),
    }
}

struct Edit {
    editor: UserId,
    room: RoomRef,
    name: RoomName,
    topic: Topic,
    allow_duplicate: bool,
}

impl Work for Edit {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = load(&**transaction, Actor::User(self.editor), &self.room).await?;
        found.access.permit(Action::Edit)?;
        let (name, topic) = (self.name.as_str().to_owned(), self.topic.as_str().to_owned());
        if found.room.name == name && found.room.topic == topic {
            return Ok(found.room);
        }
        let new_look = look(&name);
        if !self.allow_duplicate && new_look != look(&found.room.name) {
            refuse_twice(&**transaction, Actor::User(self.editor), &self.name, Some(found.room.id)).await?;
        }
        room::Entity::update_many()
            .col_expr(room::Column::Name, Expr::value(name.clone()))
            .col_expr(room::Column::NameLook, Expr::value(new_look))
            .col_expr(room::Column::Topic, Expr::value(topic.clone()))
            .filter(room::Column::Id.eq(found.room.id.0))
            .exec(&**transaction)
            .await?;
        let room = Room { name, topic, ..found.room };
        transaction.record(room.id, self.editor, room.changed()).await?;
        Ok(room)
    }
}

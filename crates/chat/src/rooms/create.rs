//! Making a room.

use std::iter;

use deunicode::deunicode;
use protocol::{Room, RoomId, RoomName, Slug, Topic, UserId, Visibility};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    address::{hidden, take},
    bounds::{house_has_room, may_join, may_make},
    membership::enter,
    namesake::refuse_twice,
    visibility,
};
use crate::{
    Chat, Limits, Result,
    db::{
        Sql,
        entity::{membership::Role, room},
        now,
    },
    house::{self, By, Doer, Subject},
    look::look,
    policy::{Actor, HouseAction},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Rooms of the same name are numbered up to here.
const NUMBERED_MAX: u32 = 20;

/// What somebody typed who wants a room.
#[derive(Clone, Copy)]
pub struct NewRoom<'a> {
    /// Name.
    pub name: &'a str,
    /// Topic; may be empty.
    pub topic: &'a str,
    /// `public`, `open` or `private`.
    pub visibility: &'a str,
    /// Whether it is to be made although there is a room of that name.
    pub allow_duplicate: bool,
}

/// Makes a room and its first member, its owner.
///
/// # Errors
/// `invalid` with every field that is wrong, or the name when the actor may find a room that has it; `not_allowed` where only admins make
/// rooms, `not_authenticated`, `limit_reached`, `throttled`, `unavailable`.
pub async fn create(chat: &Chat, actor: Actor, new: NewRoom<'_>) -> Result<Room> {
    let founder = actor.user()?;
    Doer::of(chat.db().read(), actor.into()).await?.permit(HouseAction::MakeRoom, &chat.settings())?;
    make(chat, founder, new).await
}

/// Makes a room for somebody, on the word of whoever has the machine.
///
/// # Errors
/// As [`create`].
pub async fn establish(chat: &Chat, founder: UserId, new: NewRoom<'_>) -> Result<Room> {
    let room = make(chat, founder, new).await?;
    let transaction = chat.db().begin().await?;
    let doer = Doer::of(&transaction, By::CommandLine).await?;
    house::enter(&transaction, &doer, house::Deed::MakeRoom, Subject::room(&room), String::new()).await?;
    transaction.commit().await?;
    Ok(room)
}

async fn make(chat: &Chat, founder: UserId, new: NewRoom<'_>) -> Result<Room> {
    let (name, topic, visibility) = parse(new, chat.settings().public_rooms)?;
    chat.deeds().by(founder, Deed::CreateRoom)?;
    let Limits { rooms, rooms_made: made_max, rooms_joined: joined_max, .. } = *chat.limits();
    // Not in the writer, which it would hold up: those that are under way may be some more than there should be.
    house_has_room(chat.db().read(), rooms).await?;
    let slug = Slug::from_ascii(&deunicode(name.as_str()));
    let founder = Some(Founder { id: founder, made_max, joined_max });
    let allow_duplicate = new.allow_duplicate;
    chat.writer().run(Create { founder, slug, name, topic, visibility, allow_duplicate, past: None }).await
}

/// A room that is brought along from another server, with its owner.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn import(
    transaction: &mut Transaction,
    (id, created_at): (RoomId, i64),
    founder: UserId,
    name: RoomName,
    visibility: Visibility,
) -> Result<Room> {
    let founder = Some(Founder { id: founder, made_max: u32::MAX, joined_max: u32::MAX });
    let (slug, topic) = (Slug::from_ascii(&deunicode(name.as_str())), Topic::parse("")?);
    Create { founder, slug, name, topic, visibility, allow_duplicate: true, past: Some((id, created_at)) }.run(transaction).await
}

fn parse(new: NewRoom<'_>, may_be_public: bool) -> std::result::Result<(RoomName, Topic, Visibility), protocol::Error> {
    match (RoomName::parse(new.name), Topic::parse(new.topic), visibility::parse(new.visibility, may_be_public)) {
        (Ok(name), Ok(topic), Ok(visibility)) => Ok((name, topic, visibility)),
        (name, topic, visibility) => {
            Err([name.err(), topic.err(), visibility.err()].into_iter().flatten().collect::<Vec<_>>().into())
        }
    }
}

/// A room to be made.
pub(super) struct Create {
    /// The first member; nobody for the lobby of a new server.
    pub(super) founder: Option<Founder>,
    pub(super) slug: Slug,
    pub(super) name: RoomName,
    pub(super) topic: Topic,
    pub(super) visibility: Visibility,
    pub(super) allow_duplicate: bool,
    /// Of one that was elsewhere before, which it is and since when it is there.
    pub(super) past: Option<(RoomId, i64)>,
}

/// Who makes a room.
pub(super) struct Founder {
    id: UserId,
    /// Rooms that the account may have made.
    made_max: u32,
    /// Rooms that it may be in.
    joined_max: u32,
}

impl Work for Create {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        if self.founder.is_none()
            && let Some(lobby) = with_slug(&**transaction, &self.slug).await?
        {
            // Another node that started at the same time has made it.
            return Ok(lobby.into());
        }
        if let Some(founder) = &self.founder {
            if !self.allow_duplicate {
                refuse_twice(&**transaction, Actor::User(founder.id), &self.name, None).await?;
            }
            may_make(&**transaction, founder.id, founder.made_max).await?;
            may_join(&**transaction, founder.id, founder.joined_max).await?;
        }
        let (id, created_at) = self.past.unwrap_or_else(|| (RoomId::generate(), now()));
        // A number behind an address would tell strangers of the room that has it without.
        let slug = match self.visibility {
            Visibility::Private | Visibility::Direct => hidden(self.slug.as_str(), id),
            Visibility::Public | Visibility::Open => free_slug(&**transaction, &self.slug, id).await?,
        };
        take(transaction, slug.as_str()).await?;
        let row = room::ActiveModel {
            id: Set(id.0),
            slug: Set(slug.into_string()),
            name: Set(self.name.as_str().to_owned()),
            name_look: Set(Some(look(self.name.as_str()))),
            topic: Set(self.topic.as_str().to_owned()),
            visibility: Set(self.visibility.into()),
            last_seq: Set(0),
            created_at: Set(created_at),
            founder_id: Set(self.founder.as_ref().map(|founder| founder.id.0)),
            ..Default::default()
        };
        let room: Room = row.insert(&**transaction).await?.into();
        if let Some(founder) = &self.founder {
            enter(transaction, room.id, founder.id, Role::Owner).await?;
            transaction.moved(founder.id).await?;
        }
        Ok(room)
    }
}

/// The slug, or the first of `slug-2`, `slug-3` … that no room has. One question for all of them, whatever rooms there are: everybody's
/// sends wait meanwhile. Where so many have the name, the id tells the room apart; should another one have the same end, this is done
/// again with another id.
async fn free_slug(db: &impl ConnectionTrait, slug: &Slug, id: RoomId) -> Result<Slug> {
    let candidates: Vec<_> = iter::once(slug.clone()).chain((2..=NUMBERED_MAX).map(|n| slug.numbered(n))).collect();
    let select = Sql::new(db.get_database_backend(), "SELECT slug FROM rooms WHERE slug IN ");
    let rows = db.query_all_raw(select.list(candidates.iter().map(|slug| slug.as_str().into())).done()).await?;
    let taken = rows.iter().map(|row| row.try_get_by_index(0)).collect::<std::result::Result<Vec<String>, _>>()?;
    let free = candidates.into_iter().find(|candidate| !taken.iter().any(|slug| slug == candidate.as_str()));
    Ok(free.unwrap_or_else(|| slug.of_room(id)))
}

async fn with_slug(db: &impl ConnectionTrait, slug: &Slug) -> Result<Option<room::Model>> {
    Ok(room::Entity::find().filter(room::Column::Slug.eq(slug.as_str())).one(db).await?)
}

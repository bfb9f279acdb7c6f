//! Making a room.

use deunicode::deunicode;
use protocol::{Field, FieldError, Problem, Room, RoomId, RoomName, Slug, Topic, UserId, Visibility};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{membership::enter, namesake::refuse_twice};
use crate::{
    Chat, Result,
    db::{
        entity::{membership::Role, room},
        now,
    },
    look::look,
    policy::Actor,
    writer::{Transaction, Work},
};

/// What somebody typed who wants a room.
#[derive(Clone, Copy)]
pub struct NewRoom<'a> {
    /// Name.
    pub name: &'a str,
    /// Topic; may be empty.
    pub topic: &'a str,
    /// `public` or `open`.
    pub visibility: &'a str,
    /// Whether it is to be made although there is a room of that name.
    pub allow_duplicate: bool,
}

/// Makes a room and its first member, its owner.
///
/// # Errors
/// `invalid` with every field that is wrong, or the name when the actor may find a room that has it; `not_authenticated`, `unavailable`.
pub async fn create(chat: &Chat, actor: Actor, new: NewRoom<'_>) -> Result<Room> {
    let founder = Some(actor.user()?);
    let (name, topic, visibility) = parse(new)?;
    let slug = Slug::from_ascii(&deunicode(name.as_str()));
    chat.writer().run(Create { founder, slug, name, topic, visibility, allow_duplicate: new.allow_duplicate }).await
}

fn parse(new: NewRoom<'_>) -> std::result::Result<(RoomName, Topic, Visibility), protocol::Error> {
    let visibility = match new.visibility {
        "public" => Ok(Visibility::Public),
        "open" => Ok(Visibility::Open),
        _ => Err(FieldError { field: Field::Visibility, problem: Problem::NotAChoice }),
    };
    match (RoomName::parse(new.name), Topic::parse(new.topic), visibility) {
        (Ok(name), Ok(topic), Ok(visibility)) => Ok((name, topic, visibility)),
        (name, topic, visibility) => {
            Err([name.err(), topic.err(), visibility.err()].into_iter().flatten().collect::<Vec<_>>().into())
        }
    }
}

/// A room to be made.
pub(super) struct Create {
    /// The first member; nobody for the lobby of a new server.
    pub(super) founder: Option<UserId>,
    pub(super) slug: Slug,
    pub(super) name: RoomName,
    pub(super) topic: Topic,
    pub(super) visibility: Visibility,
    pub(super) allow_duplicate: bool,
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
        if let (Some(founder), false) = (self.founder, self.allow_duplicate) {
            refuse_twice(&**transaction, Actor::User(founder), &self.name, None).await?;
        }
        let row = room::ActiveModel {
            id: Set(RoomId::generate().0),
            slug: Set(free_slug(&**transaction, &self.slug).await?),
            name: Set(self.name.as_str().to_owned()),
            name_look: Set(Some(look(self.name.as_str()))),
            topic: Set(self.topic.as_str().to_owned()),
            visibility: Set(self.visibility.into()),
            last_seq: Set(0),
            created_at: Set(now()),
        };
        let room: Room = row.insert(&**transaction).await?.into();
        if let Some(founder) = self.founder {
            enter(transaction, room.id, founder, Role::Owner).await?;
        }
        Ok(room)
    }
}

/// The slug, or the first of `slug-2`, `slug-3` … that no room has.
async fn free_slug(db: &impl ConnectionTrait, slug: &Slug) -> Result<String> {
    let mut candidate = slug.clone();
    for n in 2.. {
        if with_slug(db, &candidate).await?.is_none() {
            break;
        }
        candidate = slug.numbered(n);
    }
    Ok(candidate.into_string())
}

async fn with_slug(db: &impl ConnectionTrait, slug: &Slug) -> Result<Option<room::Model>> {
    Ok(room::Entity::find().filter(room::Column::Slug.eq(slug.as_str())).one(db).await?)
}

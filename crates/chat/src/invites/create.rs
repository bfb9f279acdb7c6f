//! Making an invite.

use protocol::RoomRef;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, prelude::Uuid};

use super::list::Invite;
use crate::{
    Chat, Result,
    credentials::random_text,
    db::{
        entity::{invite, room, room_address},
        now,
    },
    house::{By, Deed, Doer, Subject, enter},
    policy::{Action, Actor, HouseAction},
    rooms,
};

/// What somebody wants of an invite.
#[derive(Clone, Debug, Default)]
pub struct NewInvite {
    /// The room that it leads to; the house alone without it.
    pub room: Option<RoomRef>,
    /// For how many seconds it holds; until it is revoked without it.
    pub lasts: Option<u32>,
    /// How often it may be used; as often as people like without it.
    pub uses: Option<u32>,
}

/// Makes an invite: into a room for whoever may invite there, into the house for whom its owner lets.
///
/// # Errors
/// `not_allowed`, `not_authenticated`, `throttled`, and as for the room; `unavailable`.
pub async fn create(chat: &Chat, by: impl Into<By>, new: NewInvite) -> Result<Invite> {
    let by = by.into();
    if let By::Actor(Actor::User(user)) | By::Admin(Actor::User(user)) = by {
        chat.deeds().by(user, crate::Deed::Invite)?;
    }
    let code = random_text::<16>()?;
    let transaction = chat.db().begin().await?;
    let doer = Doer::of(&transaction, by).await?;
    let room = match &new.room {
        Some(room) => Some(invited_to(&transaction, by, room).await?),
        None => {
            doer.permit_by_word(HouseAction::Invite, &chat.settings())?;
            None
        }
    };
    let (id, made_at) = (Uuid::now_v7(), now());
    let row = invite::ActiveModel {
        id: Set(id),
        code: Set(code),
        room_id: Set(room.as_ref().map(|room| room.0)),
        made_by: Set(doer.id.map(|id| id.0)),
        made_at: Set(made_at),
        expires_at: Set(new.lasts.map(|seconds| made_at + i64::from(seconds) * 1000)),
        uses_max: Set(new.uses.map(i64::from)),
        uses: Set(0),
        revoked_at: Set(None),
    };
    let row = row.insert(&transaction).await?;
    let room = room.map(|(_, slug, name)| (slug, name));
    let name = room.as_ref().map_or_else(|| "house".to_owned(), |(slug, _)| format!("/r/{slug}"));
    let subject = Subject { id: Some(id), name };
    enter(&transaction, &doer, Deed::MakeInvite, subject, String::new()).await?;
    transaction.commit().await?;
    Ok(Invite::of(row, room, doer.name))
}

/// The room that it leads to: id, address and name.
async fn invited_to(db: &impl ConnectionTrait, by: By, name: &RoomRef) -> Result<(Uuid, String, String)> {
    match by {
        By::Actor(actor) | By::Admin(actor) => {
            let found = rooms::load(db, actor, name).await?;
            found.access.permit(Action::Invite)?;
            Ok((found.room.id.0, found.room.slug, found.room.name))
        }
        By::CommandLine => {
            let room = named(db, name).await?.ok_or(protocol::ErrorCode::NotFound)?;
            // Nobody comes into a conversation afterwards.
            if room.visibility == room::Visibility::Direct {
                return Err(protocol::ErrorCode::NotAllowed.into());
            }
            Ok((room.id, room.slug, room.name))
        }
    }
}

async fn named(db: &impl ConnectionTrait, name: &RoomRef) -> Result<Option<room::Model>> {
    let by_id = async |id: Uuid| room::Entity::find_by_id(id).one(db).await;
    let slug = match name {
        RoomRef::Id(id) => return Ok(by_id(id.0).await?),
        RoomRef::Slug(slug) => slug.as_str(),
    };
    if let Some(room) = room::Entity::find().filter(room::Column::Slug.eq(slug)).one(db).await? {
        return Ok(Some(room));
    }
    // One that it had before.
    let before = room_address::Entity::find_by_id(slug.to_owned()).one(db).await?;
    match before {
        Some(before) => Ok(by_id(before.room_id).await?),
        None => Ok(None),
    }
}

//! Rooms: making, finding, joining and leaving them.

use deunicode::deunicode;
use protocol::{
    ErrorCode, Field, FieldError, Problem, Room, RoomId, RoomName, RoomRef, RoomSummary, Seq, Slug, Topic, UserId, Visibility,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait, Query, SimpleExpr},
};

use crate::{
    Actor, Chat, Result,
    db::entity::{membership, room},
    policy::Access,
    writer::Command,
};

/// The slug of the room that is there from the start.
pub(crate) const LOBBY: &str = "lobby";

/// What somebody typed who wants a room.
#[derive(Clone, Copy)]
pub struct NewRoom<'a> {
    /// Name.
    pub name: &'a str,
    /// Topic; may be empty.
    pub topic: &'a str,
    /// `public` or `open`.
    pub visibility: &'a str,
}

/// A room as one actor sees it.
pub(crate) struct Found {
    pub(crate) id: RoomId,
    pub(crate) slug: String,
    pub(crate) room: Room,
    pub(crate) head: Seq,
    pub(crate) members: u64,
    pub(crate) access: Access,
}

/// The room that is there from the start and that new accounts join.
pub(crate) fn lobby() -> RoomRef {
    RoomRef::Slug(LOBBY.to_owned())
}

/// Makes a room and its first member.
///
/// # Errors
/// `invalid` with every field that is wrong, `not_authenticated`, `unavailable`.
pub async fn create(chat: &Chat, actor: Actor, new: NewRoom<'_>) -> Result<Room> {
    let founder = actor.user()?;
    let (name, topic, visibility) = parse(new)?;
    let slug = Slug::from_ascii(&deunicode(name.as_str()));
    chat.writer().run(|reply| Command::CreateRoom { founder: Some(founder), slug, name, topic, visibility, reply }).await
}

/// Makes the lobby of a new server.
pub(crate) async fn ensure_lobby(chat: &Chat) -> Result<()> {
    if room::Entity::find().filter(room::Column::Slug.eq(LOBBY)).one(chat.db().read()).await?.is_some() {
        return Ok(());
    }
    let (name, topic) = (RoomName::parse("Lobby")?, Topic::parse("Where everybody meets. Say hello.")?);
    let slug = Slug::from_ascii(LOBBY);
    let visibility = Visibility::Public;
    chat.writer().run(|reply| Command::CreateRoom { founder: None, slug, name, topic, visibility, reply }).await?;
    Ok(())
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

/// The rooms that an actor may find: those joined first, then by name.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<Vec<RoomSummary>> {
    let rows =
        select(actor).filter(findable(actor)).order_by_asc(room::Column::Name).into_model::<Row>().all(chat.db().read()).await?;
    let mut rooms: Vec<RoomSummary> = rows
        .into_iter()
        .map(|row| row.into_found(actor))
        .filter_map(|found| {
            let standing = found.access.standing().ok()?;
            Some(RoomSummary { room: found.room, head: found.head, members: found.members, standing })
        })
        .collect();
    rooms.sort_by_key(|room| room.standing != protocol::Standing::Member);
    Ok(rooms)
}

/// Joins a room. Joining again changes nothing.
///
/// # Errors
/// `not_found` also for what this actor may not know of, `not_authenticated`, `unavailable`.
pub async fn join(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Room> {
    let user = actor.user()?;
    let found = load(chat, actor, room).await?;
    found.access.standing()?;
    chat.writer().run(|reply| Command::Join { room: found.id, user, reply }).await?;
    Ok(found.room)
}

/// Leaves a room. Leaving again changes nothing.
///
/// # Errors
/// As [`join`].
pub async fn leave(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Room> {
    let user = actor.user()?;
    let found = load(chat, actor, room).await?;
    chat.writer().run(|reply| Command::Leave { room: found.id, user, reply }).await?;
    Ok(found.room)
}

/// The room through the eyes of an actor: who may not know of it gets the `not_found` of a room that does not exist.
pub(crate) async fn load(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Found> {
    let row = select(actor).filter(named(room)).into_model::<Row>().one(chat.db().read()).await?.ok_or(ErrorCode::NotFound)?;
    let found = row.into_found(actor);
    found.access.standing()?;
    Ok(found)
}

/// The condition that picks a room by the name it was given.
pub(crate) fn named(room: &RoomRef) -> SimpleExpr {
    match room {
        RoomRef::Id(id) => room::Column::Id.eq(id.0),
        RoomRef::Slug(slug) => room::Column::Slug.eq(slug.as_str()),
    }
}

/// A first sieve for the database; what may be shown is decided by [`Access`].
fn findable(actor: Actor) -> Condition {
    let any = Condition::any().add(room::Column::Visibility.eq(room::Visibility::Public));
    match actor {
        Actor::Guest => any,
        Actor::User(user) => any.add(room::Column::Visibility.eq(room::Visibility::Open)).add(
            room::Column::Id.in_subquery(
                Query::select()
                    .column(membership::Column::RoomId)
                    .from(membership::Entity)
                    .and_where(Expr::col(membership::Column::UserId).eq(user.0))
                    .take(),
            ),
        ),
    }
}

/// A room with its count of members and whether the actor is one: one statement, so that head and count are of one moment.
#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    slug: String,
    name: String,
    topic: String,
    visibility: room::Visibility,
    last_seq: i64,
    members: i64,
    mine: i64,
}

fn select(actor: Actor) -> Select<room::Entity> {
    let of_room = || {
        Query::select()
            .expr(Expr::cust("COUNT(*)"))
            .from(membership::Entity)
            .and_where(Expr::col((membership::Entity, membership::Column::RoomId)).equals((room::Entity, room::Column::Id)))
            .take()
    };
    let mine = match actor {
        Actor::Guest => Expr::val(0_i64),
        Actor::User(UserId(user)) => {
            let theirs = Expr::col((membership::Entity, membership::Column::UserId)).eq(user);
            of_room().and_where(theirs).take().into()
        }
    };
    room::Entity::find().expr_as(of_room(), "members").expr_as(mine, "mine")
}

impl Row {
    fn into_found(self, actor: Actor) -> Found {
        let visibility = self.visibility.into();
        let id = RoomId(self.id);
        Found {
            id,
            slug: self.slug.clone(),
            room: Room { id, slug: self.slug, name: self.name, topic: self.topic, visibility },
            head: Seq(self.last_seq),
            members: self.members.unsigned_abs(),
            access: Access::new(visibility, actor, self.mine > 0),
        }
    }
}

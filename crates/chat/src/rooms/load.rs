//! Rooms through the eyes of an actor.

use protocol::{ErrorCode, Room, RoomId, RoomRef, Seq, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait, Query, SimpleExpr},
};

use crate::{
    Result,
    db::entity::{membership, room},
    policy::{Access, Actor},
};

/// A room as one actor sees it.
pub(crate) struct Found {
    pub(crate) room: Room,
    pub(crate) head: Seq,
    pub(crate) members: u64,
    pub(crate) access: Access,
}

/// The room through the eyes of an actor: who may not know of it gets the `not_found` of a room that does not exist.
pub(crate) async fn load(db: &impl ConnectionTrait, actor: Actor, room: &RoomRef) -> Result<Found> {
    let row = select(actor).filter(named(room)).into_model::<Row>().one(db).await?.ok_or(ErrorCode::NotFound)?;
    let found = row.into_found(actor);
    found.access.standing()?;
    Ok(found)
}

/// The condition that picks a room by the name it was given.
fn named(room: &RoomRef) -> SimpleExpr {
    match room {
        RoomRef::Id(id) => room::Column::Id.eq(id.0),
        RoomRef::Slug(slug) => room::Column::Slug.eq(slug.as_str()),
    }
}

/// A room with its count of members and what the actor is there: one statement, so that head and count are of one moment.
#[derive(FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    slug: String,
    name: String,
    topic: String,
    visibility: room::Visibility,
    last_seq: i64,
    members: i64,
    role: Option<membership::Role>,
}

/// All rooms, as [`Row`]s.
pub(super) fn select(actor: Actor) -> Select<room::Entity> {
    let of_room = |what: Expr| {
        Query::select()
            .expr(what)
            .from(membership::Entity)
            .and_where(Expr::col((membership::Entity, membership::Column::RoomId)).equals((room::Entity, room::Column::Id)))
            .take()
    };
    let role = match actor {
        Actor::Guest => Expr::val(None::<String>),
        Actor::User(UserId(user)) => {
            let theirs = Expr::col((membership::Entity, membership::Column::UserId)).eq(user);
            of_room(Expr::col((membership::Entity, membership::Column::Role))).and_where(theirs).take().into()
        }
    };
    room::Entity::find().expr_as(of_room(Expr::cust("COUNT(*)")), "members").expr_as(role, "role")
}

impl Row {
    pub(super) fn into_found(self, actor: Actor) -> Found {
        let visibility = self.visibility.into();
        Found {
            room: Room { id: RoomId(self.id), slug: self.slug, name: self.name, topic: self.topic, visibility },
            head: Seq(self.last_seq),
            members: self.members.unsigned_abs(),
            access: Access::new(visibility, actor, self.role.map(Into::into)),
        }
    }
}

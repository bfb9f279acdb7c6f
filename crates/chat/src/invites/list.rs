//! The invites that hold.

use protocol::RoomRef;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;

use crate::{
    Chat, Result,
    db::{
        entity::{invite, room, user},
        now,
    },
    house::{By, Doer},
    policy::{Action, HouseAction},
    rooms,
};

/// Most that are listed.
const LISTED_MAX: u64 = 200;

/// An invite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invite {
    /// Id.
    pub id: Uuid,
    /// What its link ends with: `/i/{code}`.
    pub code: String,
    /// The address of the room that it leads to.
    pub room: Option<String>,
    /// What that room is called.
    pub room_name: Option<String>,
    /// Who made it, as the audit log names them.
    pub made_by: String,
    /// When, in unix milliseconds.
    pub made_at: i64,
    /// Until when it holds.
    pub expires_at: Option<i64>,
    /// How often it may be used.
    pub uses_max: Option<i64>,
    /// How often it was used.
    pub uses: i64,
}

impl Invite {
    /// With the address and the name of the room that it leads to.
    pub(super) fn of(row: invite::Model, room: Option<(String, String)>, made_by: String) -> Self {
        let invite::Model { id, code, made_at, expires_at, uses_max, uses, .. } = row;
        let (room, room_name) = room.unzip();
        Self { id, code, room, room_name, made_by, made_at, expires_at, uses_max, uses }
    }
}

/// The condition of an invite that can be used.
pub(super) fn holds() -> Condition {
    let open = |column: invite::Column| Condition::any().add(column.is_null());
    Condition::all()
        .add(invite::Column::RevokedAt.is_null())
        .add(open(invite::Column::ExpiresAt).add(invite::Column::ExpiresAt.gt(now())))
        .add(open(invite::Column::UsesMax).add(Expr::col(invite::Column::Uses).lt(Expr::col(invite::Column::UsesMax))))
}

/// The invites that can be used, the newest first: into a room; or all that there are, for admins as such, and their own into the house for others
/// who may make some.
///
/// # Errors
/// `not_allowed`, and as for the room; `unavailable`.
pub async fn list(chat: &Chat, by: impl Into<By>, room: Option<&RoomRef>) -> Result<Vec<Invite>> {
    let (db, by) = (chat.db().read(), by.into());
    let doer = Doer::of(db, by).await?;
    let mut select = invite::Entity::find().filter(holds()).order_by_desc(invite::Column::Id).limit(LISTED_MAX);
    match (room, by) {
        (Some(room), By::Actor(actor) | By::Admin(actor)) => {
            let found = rooms::load(db, actor, room).await?;
            found.access.permit(Action::Invite)?;
            select = select.filter(invite::Column::RoomId.eq(found.room.id.0));
        }
        _ if doer.permit_by_word(HouseAction::Administer, &chat.settings()).is_ok() => {}
        // Others see their own.
        _ => {
            doer.permit_by_word(HouseAction::Invite, &chat.settings())?;
            select = select.filter(invite::Column::MadeBy.eq(doer.id.map(|id| id.0))).filter(invite::Column::RoomId.is_null());
        }
    }
    let rows = select.all(db).await?;
    let ids = |of: fn(&invite::Model) -> Option<Uuid>| rows.iter().filter_map(of).collect::<Vec<_>>();
    let rooms = room::Entity::find().filter(room::Column::Id.is_in(ids(|row| row.room_id))).all(db).await?;
    let people = user::Entity::find().filter(user::Column::Id.is_in(ids(|row| row.made_by))).all(db).await?;
    let invite = |row: invite::Model| {
        let room = rooms.iter().find(|room| Some(room.id) == row.room_id).map(|room| (room.slug.clone(), room.name.clone()));
        let maker = people.iter().find(|user| Some(user.id) == row.made_by);
        let maker = maker.map_or_else(|| "command line".to_owned(), |user| ["@", &user.username].concat());
        Invite::of(row, room, maker)
    };
    Ok(rows.into_iter().map(invite).collect())
}

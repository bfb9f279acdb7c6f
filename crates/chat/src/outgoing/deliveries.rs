//! What became of the deliveries of a hook, and sending one again.

use protocol::{ErrorCode, Room, RoomRef, Seq};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Uuid, sea_query::Expr};

use super::hook::{Hook, kept, of_room, read};
use crate::{
    Chat, Result,
    db::{
        entity::{outgoing_delivery, outgoing_hook},
        now,
    },
    policy::{Action, Actor},
    rooms::Steward,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Rows of a page.
const PAGE: u64 = 50;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is tried, or will be.
    Waiting,
    /// It was taken.
    Delivered,
    /// It is tried no longer.
    Failed,
}

/// A message on its way to a URL, or there.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Id, which goes along with it.
    pub id: Uuid,
    /// The message's place.
    pub seq: Seq,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was made, in unix milliseconds.
    pub made_at: i64,
    /// When it was tried last.
    pub tried_at: Option<i64>,
    /// When it will be tried next.
    pub next_at: Option<i64>,
    /// The status that came back last.
    pub status: Option<u16>,
    /// What went wrong last; empty where nothing did.
    pub error: String,
}

/// A page of deliveries, the newest first.
#[derive(Clone, Debug)]
pub struct DeliveriesPage {
    /// The room.
    pub room: Room,
    /// The hook.
    pub hook: Hook,
    /// Them.
    pub deliveries: Vec<Delivery>,
    /// The last of them, where there are more.
    pub next: Option<Uuid>,
}

/// The deliveries of a hook, after one of them.
///
/// # Errors
/// As [`list`](super::list()); `not_found` also for a hook of another room.
pub async fn deliveries(chat: &Chat, actor: Actor, room: &RoomRef, hook: Uuid, after: Option<Uuid>) -> Result<DeliveriesPage> {
    let db = chat.db().read();
    let room = kept(db, actor, room).await?;
    let stored = of_room(db, room.id, hook).await?;
    let mut select = outgoing_delivery::Entity::find().filter(outgoing_delivery::Column::HookId.eq(hook));
    if let Some(after) = after {
        select = select.filter(outgoing_delivery::Column::Id.lt(after));
    }
    let mut rows = select.order_by_desc(outgoing_delivery::Column::Id).limit(PAGE + 1).all(db).await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    let hook = read(db, vec![stored]).await?.pop().ok_or(ErrorCode::NotFound)?;
    Ok(DeliveriesPage { room, hook, deliveries: rows.into_iter().map(Delivery::from).collect(), next })
}

impl From<outgoing_delivery::Model> for Delivery {
    fn from(row: outgoing_delivery::Model) -> Self {
        let state = match row.state {
            outgoing_delivery::State::Waiting => DeliveryState::Waiting,
            outgoing_delivery::State::Delivered => DeliveryState::Delivered,
            outgoing_delivery::State::Failed => DeliveryState::Failed,
        };
        let next_at = (state == DeliveryState::Waiting).then_some(row.next_at);
        let (attempts, status) =
            (u32::try_from(row.attempts).unwrap_or(0), row.status.and_then(|status| u16::try_from(status).ok()));
        let outgoing_delivery::Model { id, seq, made_at, tried_at, error, .. } = row;
        Self { id, seq: Seq(seq), state, attempts, made_at, tried_at, next_at, status, error }
    }
}

/// Sends a delivery again, at once: under the same id, with the message as it is now. Where the hook rests it waits until that goes on.
///
/// # Errors
/// As [`deliveries`]; `not_found` also for a delivery of another hook; `throttled`.
pub async fn resend(chat: &Chat, actor: Actor, room: &RoomRef, hook: Uuid, delivery: Uuid) -> Result<()> {
    let steward = Steward::new(chat, actor.into(), room, Deed::Moderate)?;
    chat.writer().run(Resend { steward, hook, delivery }).await
}

struct Resend {
    steward: Steward,
    hook: Uuid,
    delivery: Uuid,
}

impl Work for Resend {
    type Answer = ();

    async fn run(&self, transaction: &mut Transaction) -> Result<()> {
        let charge = self.steward.take(&**transaction, Action::Moderate).await?;
        of_room(&**transaction, charge.room.id, self.hook).await?;
        let waits = outgoing_delivery::Entity::update_many()
            .col_expr(outgoing_delivery::Column::State, Expr::value(outgoing_delivery::State::Waiting))
            .col_expr(outgoing_delivery::Column::Attempts, Expr::value(0_i64))
            .col_expr(outgoing_delivery::Column::Since, Expr::value(now()))
            .col_expr(outgoing_delivery::Column::NextAt, Expr::value(now()))
            .filter(outgoing_delivery::Column::Id.eq(self.delivery))
            .filter(outgoing_delivery::Column::HookId.eq(self.hook));
        if waits.exec(&**transaction).await?.rows_affected == 0 {
            return Err(ErrorCode::NotFound.into());
        }
        outgoing_hook::Entity::update_many()
            .col_expr(outgoing_hook::Column::HoldUntil, Expr::value(0_i64))
            .col_expr(outgoing_hook::Column::NextAt, Expr::value(now()))
            .filter(outgoing_hook::Column::Id.eq(self.hook))
            .exec(&**transaction)
            .await?;
        Ok(())
    }
}

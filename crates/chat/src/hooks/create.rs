//! Making a hook.

use deunicode::deunicode;
use protocol::{DisplayName, ErrorCode, Field, FieldError, Problem, RoomRef, Slug, User, Username};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, prelude::Uuid};

use super::{list::Hook, secret::HookSecret};
use crate::{
    Chat, Result, accounts,
    db::{
        entity::{hook, user},
        now,
    },
    house,
    policy::{Action, Actor},
    rooms::{self, Steward},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Hooks of one room.
const HOOKS_MAX: u64 = 50;
/// Characters of a user name that come from the hook's name; the others tell hooks of one name apart.
const USERNAME_START: usize = 20;

/// Makes a hook for a room, with an account of its own. Its secret is told this once.
///
/// # Errors
/// `invalid` for the name; `limit_reached`; `not_allowed` for whoever does not keep order there, `not_found` also for what this actor may not know of;
/// `archived`, `not_a_member`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn create(chat: &Chat, actor: Actor, room: &RoomRef, name: &str) -> Result<(Hook, HookSecret)> {
    let steward = Steward::new(chat, actor.into(), room, Deed::Moderate)?;
    let (name, secret) = (parse_name(name)?, HookSecret::generate()?);
    let made = chat.writer().run(Create { steward, name, hash: secret.hash() }).await?;
    chat.renew().await;
    Ok((made, secret))
}

/// A name that somebody typed.
pub(super) fn parse_name(name: &str) -> std::result::Result<DisplayName, FieldError> {
    if protocol::is_visible(name) {
        DisplayName::parse_or(name, "")
    } else {
        Err(FieldError { field: Field::DisplayName, problem: Problem::Empty })
    }
}

struct Create {
    steward: Steward,
    name: DisplayName,
    hash: String,
}

impl Work for Create {
    type Answer = Hook;

    async fn run(&self, transaction: &mut Transaction) -> Result<Hook> {
        let charge = self.steward.take(&**transaction, Action::Moderate).await?;
        let room = charge.room.id;
        let there = hook::Entity::find().filter(hook::Column::RoomId.eq(room.0)).count(&**transaction).await?;
        if there >= HOOKS_MAX {
            return Err(ErrorCode::LimitReached.into());
        }
        let id = Uuid::now_v7();
        let account = accounts::insert_bot(transaction, &username(&self.name, id)?, &self.name, None).await?;
        // It is in this room and in no other.
        rooms::let_in(transaction, account.id, room, 1).await?;
        let row = hook::ActiveModel {
            id: Set(id),
            room_id: Set(room.0),
            user_id: Set(account.id.0),
            secret: Set(self.hash.clone()),
            made_by: Set(charge.actor.0),
            made_at: Set(now()),
            calls_all: Set(false),
        };
        let row = row.insert(&**transaction).await?;
        charge.audit(&**transaction, house::Deed::MakeHook, self.name.as_str().to_owned()).await?;
        Ok(Hook::of(row, account, charge.doer.name))
    }
}

/// The name, in the characters of user names, and something of the id.
fn username(name: &DisplayName, id: Uuid) -> Result<Username> {
    let slug = Slug::from_ascii(&deunicode(name.as_str())).into_string();
    let start: String = slug.chars().take(USERNAME_START).collect();
    let own = format!("{:08x}", id.as_u128() & 0xffff_ffff);
    Ok(Username::parse(&[start.trim_matches('-'), "-", &own].concat())?)
}

/// The account of a hook, by its row.
pub(super) async fn account(transaction: &Transaction, row: &hook::Model) -> Result<User> {
    let account = user::Entity::find_by_id(row.user_id).one(&**transaction).await?;
    Ok(account.ok_or(ErrorCode::NotFound)?.into())
}

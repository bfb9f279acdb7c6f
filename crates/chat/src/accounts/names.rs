//! Which user names are free, and which names have to be told apart.

use protocol::{Field, FieldError, Problem, UserId, Username};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid, sea_query::Expr};

use crate::{
    Chat, Error, Result,
    db::{entity::user, fill},
    look::{are_alike, claims_to_be, is_of_the_house, look},
};

/// Accounts whose names are compared one by one. More of one look than that would differ in `i` and `l` alone.
const ALIKE_MAX: u64 = 1_000;

/// What the names of an account look like.
pub(super) struct Looks {
    pub(super) username: String,
    pub(super) name: String,
}

impl Looks {
    pub(super) fn of(username: &str, name: &str) -> Self {
        Self { username: look(username), name: look(name) }
    }
}

/// Refuses a user name that somebody else has, that can be taken for one that somebody else has, or that speaks for the house. Whose it is
/// to be may have one like it.
pub(super) async fn refuse_alike(db: &impl ConnectionTrait, username: &Username, own: Option<UserId>) -> Result<()> {
    let taken = is_of_the_house(username.as_str()) || {
        let of_one_look = user::Entity::find()
            .select_only()
            .column(user::Column::Username)
            .filter(others(own).add(user::Column::UsernameLook.eq(look(username.as_str()))))
            .limit(ALIKE_MAX);
        let names: Vec<String> = of_one_look.into_tuple().all(db).await?;
        names.iter().any(|name| are_alike(name, username.as_str()))
    };
    if taken { Err(self::taken()) } else { Ok(()) }
}

/// The condition of an account's being another than this one.
fn others(own: Option<UserId>) -> Condition {
    Condition::all().add_option(own.map(|own| user::Column::Id.ne(own.0)))
}

pub(super) fn taken() -> Error {
    FieldError { field: Field::Username, problem: Problem::Taken }.into()
}

/// What a new name does to the others.
pub(super) struct Alike {
    /// It does not say who it is.
    pub(super) itself: bool,
    /// There are others who could be taken for it, and they are marked now.
    pub(super) others: bool,
}

/// Compares the names that an account will have with those of the others, and marks those for whom it could be taken. Whoever could be taken
/// for it before stays marked: somebody may remember the name.
pub(super) async fn mark_alike(db: &impl ConnectionTrait, name: &str, looks: &Looks, own: Option<UserId>) -> Result<Alike> {
    let same = Condition::any()
        .add(user::Column::NameLook.eq(looks.name.as_str()))
        .add(user::Column::UsernameLook.eq(looks.name.as_str()));
    let itself = claims_to_be(name) || user::Entity::find().filter(others(own).add(same)).one(db).await?.is_some();
    let marked = user::Entity::update_many()
        .col_expr(user::Column::Ambiguous, Expr::value(true))
        .filter(user::Column::NameLook.is_in([looks.name.as_str(), looks.username.as_str()]))
        .filter(others(own).add(user::Column::Ambiguous.eq(false)))
        .exec(db)
        .await?;
    Ok(Alike { itself, others: marked.rows_affected > 0 })
}

/// Gives looks to the accounts of a version that knew none, and marks those whose names do not say who they are.
pub(crate) async fn fill_looks(chat: &Chat) -> Result<()> {
    let lacking = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::Username, user::Column::Name])
        .filter(user::Column::NameLook.is_null());
    let filled = |(id, username, name): (Uuid, String, String)| {
        let looks = Looks::of(&username, &name);
        user::Entity::update_many()
            .col_expr(user::Column::UsernameLook, Expr::value(looks.username))
            .col_expr(user::Column::NameLook, Expr::value(looks.name))
            .col_expr(user::Column::Ambiguous, Expr::value(claims_to_be(&name)))
            .filter(user::Column::Id.eq(id))
    };
    let Some(transaction) = fill(chat.db(), lacking, filled).await? else { return Ok(()) };
    let alike = "UPDATE users SET ambiguous = TRUE WHERE NOT ambiguous AND (\
                 name_look IN (SELECT name_look FROM users GROUP BY name_look HAVING COUNT(*) > 1) OR \
                 EXISTS (SELECT 1 FROM users other WHERE other.username_look = users.name_look AND other.id <> users.id))";
    transaction.execute_unprepared(alike).await?;
    Ok(transaction.commit().await?)
}

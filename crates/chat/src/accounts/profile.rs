//! What people say of themselves.

use protocol::{Bio, DisplayName, Field, FieldError, Problem, Pronouns, User};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    availability::Availability,
    names::{Looks, mark_alike},
};
use crate::{
    Chat, Error, Result, clocks,
    db::{Serial, entity::user, now, serialize},
    sessions::Session,
    settings::mark_changed,
    throttle::Deed,
};

/// What somebody says of themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Names and picture.
    pub user: User,
    /// About themselves; may be empty.
    pub bio: String,
    /// How they are spoken of; may be empty.
    pub pronouns: String,
    /// A name of the IANA time zone database; empty where they do not say.
    pub time_zone: String,
    /// How they want to be seen.
    pub availability: Availability,
}

/// What somebody typed who changes it.
#[derive(Clone, Copy)]
pub struct ProfileEdit<'a> {
    /// Name to show; empty for the user name.
    pub display_name: &'a str,
    /// About themselves.
    pub bio: &'a str,
    /// How they are spoken of.
    pub pronouns: &'a str,
    /// A name of the IANA time zone database, or empty.
    pub time_zone: &'a str,
}

impl From<user::Model> for Profile {
    fn from(row: user::Model) -> Self {
        let (bio, pronouns, time_zone) = (row.bio.clone(), row.pronouns.clone(), row.time_zone.clone());
        let availability = Availability::of(&row, now());
        Self { user: row.into(), bio, pronouns, time_zone, availability }
    }
}

/// What somebody says of themselves, to be changed.
///
/// # Errors
/// `unavailable`.
pub async fn profile(chat: &Chat, session: &Session) -> Result<Profile> {
    let row = user::Entity::find_by_id(session.user.id.0).one(chat.db().read()).await?;
    Ok(row.ok_or_else(|| Error::internal("an account without a row"))?.into())
}

/// Changes what somebody says of themselves.
///
/// # Errors
/// `invalid` with every field that is wrong, `throttled`, `unavailable`.
pub async fn edit_profile(chat: &Chat, session: &Session, edit: ProfileEdit<'_>) -> Result<()> {
    let id = session.user.id;
    let (name, bio, pronouns) = parse(edit, &session.user.username)?;
    chat.deeds().by(id, Deed::EditRoom)?;
    let transaction = chat.db().begin().await?;
    serialize(&transaction, Serial::FirstAccount).await?;
    let before = user::Entity::find_by_id(id.0).one(&transaction).await?.ok_or_else(|| Error::internal("no account"))?;
    let is_renamed = before.name != name.as_str();
    let looks = Looks::of(&before.username, name.as_str());
    let ambiguous =
        if is_renamed { mark_alike(&transaction, name.as_str(), &looks, Some(id)).await?.itself } else { before.ambiguous };
    user::Entity::update_many()
        .col_expr(user::Column::Name, Expr::value(name.as_str()))
        .col_expr(user::Column::NameLook, Expr::value(looks.name))
        .col_expr(user::Column::Ambiguous, Expr::value(ambiguous))
        .col_expr(user::Column::Bio, Expr::value(bio.as_str()))
        .col_expr(user::Column::Pronouns, Expr::value(pronouns.as_str()))
        .col_expr(user::Column::TimeZone, Expr::value(edit.time_zone))
        .filter(user::Column::Id.eq(id.0))
        .exec(&transaction)
        .await?;
    if is_renamed {
        mark_changed(&transaction).await?;
    }
    transaction.commit().await?;
    if is_renamed {
        chat.renew().await;
    }
    Ok(())
}

pub(super) fn parse(edit: ProfileEdit<'_>, username: &str) -> std::result::Result<(DisplayName, Bio, Pronouns), protocol::Error> {
    let name = DisplayName::parse_or(edit.display_name, username);
    let (bio, pronouns) = (Bio::parse(edit.bio), Pronouns::parse(edit.pronouns));
    let zone = edit.time_zone.is_empty() || clocks::is_zone(edit.time_zone);
    match (name, bio, pronouns, zone) {
        (Ok(name), Ok(bio), Ok(pronouns), true) => Ok((name, bio, pronouns)),
        (name, bio, pronouns, zone) => {
            let zone = (!zone).then_some(FieldError { field: Field::TimeZone, problem: Problem::NotAChoice });
            Err([name.err(), bio.err(), pronouns.err(), zone].into_iter().flatten().collect::<Vec<_>>().into())
        }
    }
}

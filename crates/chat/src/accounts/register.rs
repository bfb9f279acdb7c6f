//! Making an account.

use protocol::{DisplayName, Password, User, UserId, Username};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, SqlErr};

use super::names::{Looks, mark_alike, refuse_alike, taken};
use crate::{
    Chat, Result,
    credentials::new_password,
    db::{Serial, entity::user, now, serialize},
    policy::Actor,
    rooms,
    sessions::{self, SignedIn, Source},
};

/// What somebody typed who wants an account.
#[derive(Clone, Copy)]
pub struct Registration<'a> {
    /// Wanted user name.
    pub username: &'a str,
    /// Name to show; empty for the user name.
    pub display_name: &'a str,
    /// Password.
    pub password: &'a str,
}

/// Makes an account, signs it in and joins it to the lobby. The first account of a server is its owner.
///
/// # Errors
/// `invalid` with every field that is wrong, `throttled`, `unavailable`.
pub async fn register(chat: &Chat, new: Registration<'_>, from: impl Into<Source>) -> Result<SignedIn> {
    let from = from.into();
    let (username, name, password) = parse(new)?;
    chat.sign_ins().stranger(from.address).await?;
    refuse_alike(chat.db().read(), &username).await?;
    let password_hash = chat.hasher().hash(password).await?;
    let user = insert(chat, username, name, password_hash).await?;
    let lobby = rooms::lobby();
    rooms::join(chat, Actor::User(user.id), &lobby).await?;
    sessions::open(chat, user, &from).await
}

fn parse(new: Registration<'_>) -> std::result::Result<(Username, DisplayName, Password), protocol::Error> {
    let username = Username::parse(new.username);
    let name = DisplayName::parse_or(new.display_name, new.username);
    let password = new_password(new.password, new.username);
    match (username, name, password) {
        (Ok(username), Ok(name), Ok(password)) => Ok((username, name, password)),
        (username, name, password) => {
            Err([username.err(), name.err(), password.err()].into_iter().flatten().collect::<Vec<_>>().into())
        }
    }
}

async fn insert(chat: &Chat, username: Username, name: DisplayName, password_hash: String) -> Result<User> {
    let transaction = chat.db().begin().await?;
    // Two first accounts at once: only one of them is the owner. Two names alike at once: only one of them is taken.
    serialize(&transaction, Serial::FirstAccount).await?;
    // Not counted: what is done in here holds up everybody's sends.
    let role = match user::Entity::find().one(&transaction).await? {
        None => user::Role::Owner,
        Some(_) => user::Role::Member,
    };
    refuse_alike(&transaction, &username).await?;
    let looks = Looks::of(username.as_str(), name.as_str());
    let alike = mark_alike(&transaction, &name, &looks).await?;
    let row = user::ActiveModel {
        id: Set(UserId::generate().0),
        username: Set(username.into_string()),
        name: Set(name.into_string()),
        username_look: Set(Some(looks.username)),
        name_look: Set(Some(looks.name)),
        ambiguous: Set(alike.itself),
        password_hash: Set(password_hash),
        role: Set(role),
        created_at: Set(now()),
        ..Default::default()
    };
    let user = row.insert(&transaction).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => taken(),
        _ => error.into(),
    })?;
    transaction.commit().await?;
    if alike.others {
        chat.forget_names();
    }
    Ok(user.into())
}

//! Making a token.

use protocol::{ErrorCode, Field, FieldError, HouseRole, Problem, RoomId, RoomRef, TokenId, UserId, limits, single_line};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::list::ListedToken;
use crate::{
    Chat, Deed, Error, Result, Session, bots,
    credentials::ProgramToken,
    db::{entity::token, now},
    house::{self, Subject},
    policy::{
        Actor, Scopes,
        scopes::{ADMIN, READ, ROOMS, WRITE},
    },
    rooms,
};

/// Tokens that an account may have.
const TOKENS_MAX: u64 = 100;
/// Rooms that a token may be for.
const ROOMS_MAX: usize = 50;

/// A token that somebody wants.
#[derive(Clone, Debug, Default)]
pub struct NewToken {
    /// What they call it.
    pub name: String,
    /// What it is to be for: `read`, `write`, `admin`, `rooms:…` with an id or an address.
    pub scopes: Vec<String>,
    /// When it ends by itself, in unix milliseconds; only when it is ended without that.
    pub expires_at: Option<i64>,
}

/// A token that was just made.
#[derive(Debug)]
pub struct Made {
    /// The token itself, which nobody can be told again.
    pub token: ProgramToken,
    /// What is kept of it.
    pub listed: ListedToken,
}

/// Makes a token for one's own account, or for a bot that one looks after.
///
/// # Errors
/// `invalid` with every field that is wrong, `limit_reached`, `not_found`, `throttled`, `unavailable`.
pub async fn create(chat: &Chat, session: &Session, account: UserId, new: NewToken) -> Result<Made> {
    chat.deeds().by(session.user.id, Deed::EditRoom)?;
    let transaction = chat.db().begin().await?;
    let (doer, owner) = bots::keeper(&transaction, session, account, &chat.settings()).await?;
    let name = single_line(Field::Name, &new.name, 1, limits::ROOM_NAME_MAX);
    let scopes = scopes(&transaction, session, account, owner.role.into(), &new.scopes).await?;
    let expires_at = match new.expires_at {
        Some(at) if at <= now() => Err(FieldError { field: Field::Until, problem: Problem::NotAChoice }),
        at => Ok(at),
    };
    let (name, scopes, expires_at) = match (name, scopes, expires_at) {
        (Ok(name), Ok(scopes), Ok(expires_at)) => (name, scopes, expires_at),
        (name, scopes, at) => {
            let faults: Vec<_> = [name.err(), scopes.err(), at.err()].into_iter().flatten().collect();
            return Err(Error::from(protocol::Error::from(faults)));
        }
    };
    if token::Entity::find().filter(token::Column::UserId.eq(account.0)).count(&transaction).await? >= TOKENS_MAX {
        return Err(ErrorCode::LimitReached.into());
    }
    let token = ProgramToken::generate()?;
    let row = token::ActiveModel {
        id: Set(TokenId::generate().0),
        hash: Set(token.hash()),
        user_id: Set(account.0),
        made_by: Set(Some(session.user.id.0)),
        name: Set(name),
        scopes: Set(scopes.words().join(" ")),
        created_at: Set(now()),
        expires_at: Set(expires_at),
        used_at: Set(None),
    };
    let row = row.insert(&transaction).await?;
    // What people do with their own is theirs; what is done for a bot, or can see to the house, is noted.
    if account != session.user.id || scopes.admin {
        let subject = Subject::account(account, &owner.username);
        house::enter(&transaction, &doer, house::Deed::MakeToken, subject, format!("{}: {}", row.name, row.scopes)).await?;
    }
    transaction.commit().await?;
    Ok(Made { token, listed: row.into() })
}

/// What the words mean. Rooms are such as the maker may read, or the account itself.
async fn scopes(
    db: &impl ConnectionTrait,
    session: &Session,
    account: UserId,
    role: HouseRole,
    words: &[String],
) -> Result<std::result::Result<Scopes, FieldError>> {
    let fault = |problem| Ok(Err(FieldError { field: Field::Scopes, problem }));
    let mut scopes = Scopes { read: false, write: false, admin: false, rooms: None };
    for word in words.iter().map(|word| word.trim()) {
        match word {
            READ => scopes.read = true,
            WRITE => scopes.write = true,
            ADMIN if role >= HouseRole::Admin => scopes.admin = true,
            _ => {
                let Some(name) = word.strip_prefix(ROOMS) else { return fault(Problem::NotAChoice) };
                let name = RoomRef::from(name.trim_start_matches("/r/").to_owned());
                let Some(room) = readable(db, [session.user.id, account], &name).await? else {
                    return fault(Problem::NotAChoice);
                };
                let rooms = scopes.rooms.get_or_insert_default();
                if !rooms.contains(&room) {
                    rooms.push(room);
                }
            }
        }
    }
    if !(scopes.read || scopes.write || scopes.admin) {
        return fault(Problem::Empty);
    }
    // Who sees to the house sees to all rooms.
    let is_narrow = scopes.rooms.as_ref().is_some_and(|rooms| scopes.admin || rooms.len() > ROOMS_MAX);
    if is_narrow { fault(Problem::NotAChoice) } else { Ok(Ok(scopes)) }
}

async fn readable(db: &impl ConnectionTrait, people: [UserId; 2], room: &RoomRef) -> Result<Option<RoomId>> {
    for user in people {
        match rooms::load(db, Actor::User(user), room).await {
            Ok(found) => return Ok(Some(found.room.id)),
            Err(error) if error.public().code == ErrorCode::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

//! Direct conversations (use case): rooms of some people, found again by who they are between. Nobody comes and nobody goes; whoever wants
//! others begins another one.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use protocol::{Change, ErrorCode, Field, FieldError, Problem, Room, RoomId, RoomRef, UserId, Username, Visibility, limits};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use sha2::{Digest, Sha256};

use super::load::load;
use crate::{
    Chat, Result,
    db::{
        entity::{membership, room, user},
        now, users,
    },
    policy::Actor,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// The conversation of the actor with these people, by their user names: the one that there is, or a new one. The others have it in their
/// lists when something is said there.
///
/// # Errors
/// `invalid` where nobody is named, too many are, or one whom there is not; `not_authenticated`, `throttled`, `unavailable`.
pub async fn converse(chat: &Chat, actor: Actor, people: &str) -> Result<Room> {
    let starter = actor.user()?;
    let names = parse(people)?;
    chat.deeds().by(starter, Deed::CreateRoom)?;
    chat.writer().run(Converse { starter, names }).await
}

/// Takes a conversation out of the actor's list until something is said there. What is hidden already stays so.
///
/// # Errors
/// `not_found` also for what this actor may not know of, `not_allowed` for a room that is no direct conversation; `not_authenticated`,
/// `unavailable`.
pub async fn hide(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<()> {
    let user = actor.user()?;
    let found = load(chat.db().read(), actor, room).await?.room;
    if found.visibility != Visibility::Direct {
        return Err(ErrorCode::NotAllowed.into());
    }
    let transaction = chat.db().begin().await?;
    set_hidden(&transaction, user, found.id, Some(now())).await?;
    transaction.commit().await?;
    // Whoever writes there next looks who has it hidden.
    chat.seats().clear();
    Ok(())
}

/// User names with blanks or commas between them, each perhaps with an `@` before it.
fn parse(people: &str) -> std::result::Result<Vec<Username>, FieldError> {
    let names = people.split(|c: char| c.is_whitespace() || c == ',').map(|name| name.trim_start_matches('@'));
    let names = names.filter(|name| !name.is_empty()).map(Username::parse);
    let names = names.collect::<std::result::Result<BTreeSet<_>, _>>().map_err(|_| fault(Problem::NotAChoice))?;
    match names.len() {
        0 => Err(fault(Problem::Empty)),
        n if n >= limits::CONVERSATION_MAX => Err(fault(Problem::TooLong { max: limits::CONVERSATION_MAX - 1 })),
        _ => Ok(names.into_iter().collect()),
    }
}

fn fault(problem: Problem) -> FieldError {
    FieldError { field: Field::People, problem }
}

struct Converse {
    starter: UserId,
    names: Vec<Username>,
}

impl Work for Converse {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let people = people(&**transaction, self.starter, &self.names).await?;
        let key = key(&people);
        let known = room::Entity::find().filter(room::Column::People.eq(key.as_str())).one(&**transaction).await?;
        let id = match known {
            Some(room) => RoomId(room.id),
            None => begin(transaction, self.starter, &people, key).await?,
        };
        set_hidden(&**transaction, self.starter, id, None).await?;
        Ok(load(&**transaction, Actor::User(self.starter), &id.into()).await?.room)
    }
}

/// Everybody it is between, whoever begins it among them.
async fn people(db: &impl ConnectionTrait, starter: UserId, names: &[Username]) -> Result<BTreeSet<UserId>> {
    let rows = user::Entity::find()
        .filter(user::Column::Username.is_in(names.iter().map(Username::as_str)))
        .filter(user::Column::DeletedAt.is_null())
        .all(db)
        .await?;
    if rows.len() < names.len() {
        return Err(fault(Problem::NotAChoice).into());
    }
    let mut people: BTreeSet<_> = rows.into_iter().map(|row| UserId(row.id)).collect();
    people.insert(starter);
    if people.len() < 2 { Err(fault(Problem::Empty).into()) } else { Ok(people) }
}

/// The same for the same people, whoever of them asks. A hash, since nine ids make a long key.
fn key(people: &BTreeSet<UserId>) -> String {
    let ids = people.iter().fold(Sha256::new(), |hash, person| hash.chain_update(person.0));
    BASE64_URL_SAFE_NO_PAD.encode(ids.finalize())
}

/// Makes the room with all of its members. Its address says nothing of who they are, and its name is that of the others for each of them.
async fn begin(transaction: &mut Transaction, starter: UserId, people: &BTreeSet<UserId>, key: String) -> Result<RoomId> {
    let id = RoomId::generate();
    let row = room::ActiveModel {
        id: Set(id.0),
        slug: Set(id.to_string()),
        name: Set(String::new()),
        name_look: Set(Some(String::new())),
        topic: Set(String::new()),
        visibility: Set(Visibility::Direct.into()),
        last_seq: Set(0),
        created_at: Set(now()),
        people: Set(Some(key)),
        ..Default::default()
    };
    row.insert(&**transaction).await?;
    let members = people.iter().map(|person| membership::ActiveModel {
        room_id: Set(id.0),
        user_id: Set(person.0),
        role: Set(membership::Role::Member),
        joined_at: Set(now()),
        hidden_at: Set((*person != starter).then(now)),
        ..Default::default()
    });
    membership::Entity::insert_many(members.collect::<Vec<_>>()).exec(&**transaction).await?;
    transaction.record(id, starter, Change::MemberJoined).await?;
    people.iter().for_each(|person| transaction.watches_anew(*person));
    for person in people.iter().filter(|person| **person != starter) {
        let user = users::person(&**transaction, *person).await?;
        transaction.record(id, starter, Change::MemberAdded { user }).await?;
    }
    Ok(id)
}

/// Takes a conversation out of the list of a member at this time, or puts it back.
async fn set_hidden(db: &impl ConnectionTrait, member: UserId, room: RoomId, at: Option<i64>) -> Result<()> {
    membership::Entity::update_many()
        .col_expr(membership::Column::HiddenAt, Expr::value(at))
        .filter(membership::Column::RoomId.eq(room.0))
        .filter(membership::Column::UserId.eq(member.0))
        .exec(db)
        .await?;
    Ok(())
}

/// Puts these conversations back into the lists of those who have them not in there: something is said.
pub(crate) async fn show(transaction: &mut Transaction, rooms: impl IntoIterator<Item = RoomId>) -> Result<()> {
    let hidden = membership::Entity::find()
        .filter(membership::Column::RoomId.is_in(rooms.into_iter().map(|room| room.0)))
        .filter(membership::Column::HiddenAt.is_not_null())
        .all(&**transaction)
        .await?;
    for row in hidden {
        let member = UserId(row.user_id);
        set_hidden(&**transaction, member, RoomId(row.room_id), None).await?;
        transaction.list_changed(member).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_are_read_with_blanks_commas_and_at_signs_between_them() {
        let parsed = |text| parse(text).map(|names| names.iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>());
        assert_eq!(parsed("@bob, Ada  eve,bob"), Ok(["ada", "bob", "eve"].map(str::to_owned).to_vec()));
        assert_eq!(parsed(" ,@ "), Err(fault(Problem::Empty)));
        assert_eq!(parsed("bob, no one!"), Err(fault(Problem::NotAChoice)));
        let eight = "a1 a2 a3 a4 a5 a6 a7 a8";
        assert_eq!(parsed(eight).unwrap().len(), 8);
        assert_eq!(parsed(&[eight, " a9"].concat()), Err(fault(Problem::TooLong { max: 8 })));
    }

    #[test]
    fn the_same_people_have_the_same_key_whoever_asks() {
        let [one, two, three] = [(); 3].map(|()| UserId::generate());
        assert_eq!(key(&[one, two].into()), key(&[two, one].into()));
        assert_ne!(key(&[one, two].into()), key(&[one, two, three].into()));
        assert_ne!(key(&[one, two].into()), key(&[one, three].into()));
    }
}

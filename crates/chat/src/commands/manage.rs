//! Which commands there are, in a room or in the whole house.

use std::sync::Arc;

use protocol::{DisplayName, ErrorCode, Field, FieldError, Problem, RoomId, RoomRef, SessionId, User, UserId, Username};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, prelude::Uuid,
};
use serde::{Deserialize, Serialize};

use super::call::is_word;
use crate::{
    Chat, Error, Result, accounts,
    db::{
        entity::{slash_command, user},
        now,
    },
    former,
    house::{self, Doer, Subject},
    outgoing::{parse_url, secret},
    policy::{Action, Actor, HouseAction},
    rooms, sessions,
    settings::{Settings, mark_changed},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Commands that a room may have, or the house.
const COMMANDS_MAX: u64 = 50;

/// A command.
#[derive(Clone, Debug)]
pub struct Command {
    /// Id.
    pub id: Uuid,
    /// Its name, without the slash.
    pub word: String,
    /// Where the question goes.
    pub url: String,
    /// Whether it is there in all rooms.
    pub in_house: bool,
    /// Who speaks where all in the room see the answer.
    pub bot: User,
    /// Who made it.
    pub made_by: User,
    /// When, in unix milliseconds.
    pub made_at: i64,
}

/// A command as those who write see it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Offered {
    /// Its name, without the slash.
    pub word: String,
    /// What whoever answers is called.
    pub name: String,
}

/// What somebody wants of a command.
#[derive(Clone, Copy, Debug)]
pub struct NewCommand<'a> {
    /// Its name, with or without the slash.
    pub word: &'a str,
    /// What whoever answers in a room is called.
    pub name: &'a str,
    /// Where the question goes.
    pub url: &'a str,
}

/// A command that was made.
#[derive(Clone, Debug)]
pub struct MadeCommand {
    /// It.
    pub command: Command,
    /// What questions are signed with. It is not told again.
    pub secret: String,
}

/// The commands of a room, or those of the whole house, for those who may change them.
///
/// # Errors
/// `not_allowed`, `not_a_member`, `archived`, `not_authenticated`; `not_found` also for what this actor may not know of; `unavailable`.
pub async fn list(chat: &Chat, actor: Actor, room: Option<&RoomRef>) -> Result<Vec<Command>> {
    let db = chat.db().read();
    let (_, place) = permitted(&chat.settings(), db, actor, room).await?;
    let rows = slash_command::Entity::find().filter(of(place)).order_by_asc(slash_command::Column::Word).all(db).await?;
    read(db, rows).await
}

/// The commands that those who write in a room can ask: its own, and those of the house that it has no other one for.
///
/// # Errors
/// `not_found` also for what this actor may not know of; that they may not write there; `unavailable`.
pub async fn offered(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Vec<Offered>> {
    let db = chat.db().read();
    let found = rooms::load(db, actor, room).await?;
    found.access.permit(Action::Write)?;
    let mut commands = read(db, slash_command::Entity::find().filter(in_reach(found.room.id)).all(db).await?).await?;
    commands.sort_by(|one, other| (&one.word, one.in_house).cmp(&(&other.word, other.in_house)));
    commands.dedup_by(|next, before| next.word == before.word);
    Ok(commands.into_iter().map(|command| Offered { word: command.word, name: command.bot.name }).collect())
}

/// Makes a command.
///
/// # Errors
/// `invalid` with every field that is wrong; `limit_reached`, and as [`list`]; `throttled`.
pub async fn create(chat: &Chat, actor: Actor, room: Option<&RoomRef>, new: NewCommand<'_>) -> Result<MadeCommand> {
    let maker = actor.user()?;
    let parsed = (parse_word(new.word), DisplayName::parse_or(new.name, "Command"), parse_url(chat, new.url));
    let (word, name, url) = match parsed {
        (Ok(word), Ok(name), Ok(url)) => (word, name, url),
        (word, name, url) => {
            let faults = [word.err(), name.err(), url.err()].into_iter().flatten().collect::<Vec<_>>();
            return Err(protocol::Error::from(faults).into());
        }
    };
    chat.deeds().by(maker, Deed::Moderate)?;
    let secret = secret()?;
    let (settings, room) = (chat.settings(), room.cloned());
    let work = Create { settings, actor, maker, room, word, name, url, secret: secret.clone() };
    let command = chat.writer().run(work).await?;
    chat.renew().await;
    Ok(MadeCommand { command, secret })
}

/// Deletes a command with its account. What that has said stays, as what a former member wrote.
///
/// # Errors
/// As [`list`]; `not_found` also for one of another room; `throttled`.
pub async fn delete(chat: &Chat, actor: Actor, room: Option<&RoomRef>, command: Uuid) -> Result<()> {
    chat.deeds().by(actor.user()?, Deed::Moderate)?;
    let ended = chat.writer().run(Delete { settings: chat.settings(), actor, room: room.cloned(), command }).await?;
    sessions::cut(chat, ended).await;
    chat.renew().await;
    Ok(())
}

/// What is needed to ask.
pub(super) struct Known {
    pub(super) url: String,
    pub(super) secret: String,
    pub(super) bot: UserId,
}

/// The command of this name in a room: its own, or else that of the house.
pub(super) async fn find(db: &impl ConnectionTrait, room: RoomId, word: &str) -> Result<Option<Known>> {
    let named = slash_command::Entity::find().filter(slash_command::Column::Word.eq(word));
    let rows = named.filter(in_reach(room)).all(db).await?;
    let row = rows.into_iter().max_by_key(|row| row.room_id.is_some());
    Ok(row.map(|row| Known { url: row.url, secret: row.secret, bot: UserId(row.bot_id) }))
}

/// Those of a room and those of the house.
fn in_reach(room: RoomId) -> Condition {
    Condition::any().add(slash_command::Column::RoomId.eq(room.0)).add(slash_command::Column::RoomId.is_null())
}

/// Where commands are: the room, and as the audit log has it. Whoever may not change them there is refused.
async fn permitted(
    settings: &Settings,
    db: &impl ConnectionTrait,
    actor: Actor,
    room: Option<&RoomRef>,
) -> Result<((Doer, Subject), Option<RoomId>)> {
    let doer = Doer::of(db, actor.into()).await?;
    let Some(room) = room else {
        doer.permit(HouseAction::Administer, settings)?;
        return Ok(((doer, Subject::default()), None));
    };
    let found = rooms::load(db, actor, room).await?;
    found.access.permit(Action::Moderate)?;
    Ok(((doer, Subject::room(&found.room)), Some(found.room.id)))
}

fn of(place: Option<RoomId>) -> Condition {
    Condition::all().add(match place {
        Some(room) => slash_command::Column::RoomId.eq(room.0),
        None => slash_command::Column::RoomId.is_null(),
    })
}

async fn read(db: &impl ConnectionTrait, rows: Vec<slash_command::Model>) -> Result<Vec<Command>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().flat_map(|row| [row.bot_id, row.made_by]);
    let people = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db).await?;
    let person = |id: Uuid| people.iter().find(|person| person.id == id).cloned().map(User::from);
    let command = |row: slash_command::Model| {
        let (bot, made_by) = (person(row.bot_id)?, person(row.made_by)?);
        let slash_command::Model { id, word, url, room_id, made_at, .. } = row;
        Some(Command { id, word, url, in_house: room_id.is_none(), bot, made_by, made_at })
    };
    Ok(rows.into_iter().filter_map(command).collect())
}

fn parse_word(word: &str) -> std::result::Result<String, FieldError> {
    let word = word.trim().trim_start_matches('/').to_lowercase();
    let problem = if word.is_empty() { Problem::Empty } else { Problem::BadCharacter };
    if is_word(&word) { Ok(word) } else { Err(FieldError { field: Field::Command, problem }) }
}

struct Create {
    settings: Arc<Settings>,
    actor: Actor,
    maker: UserId,
    room: Option<RoomRef>,
    word: String,
    name: DisplayName,
    url: String,
    secret: String,
}

impl Work for Create {
    type Answer = Command;

    async fn run(&self, transaction: &mut Transaction) -> Result<Command> {
        let ((doer, subject), place) = permitted(&self.settings, &**transaction, self.actor, self.room.as_ref()).await?;
        let here = || slash_command::Entity::find().filter(of(place));
        if here().count(&**transaction).await? >= COMMANDS_MAX {
            return Err(ErrorCode::LimitReached.into());
        }
        let twin = here().filter(slash_command::Column::Word.eq(self.word.as_str()));
        if twin.one(&**transaction).await?.is_some() {
            return Err(FieldError { field: Field::Command, problem: Problem::Taken }.into());
        }
        let id = Uuid::now_v7();
        // The random part of its id.
        let username = Username::parse(&format!("command-{:08x}", id.as_u128() as u32))?;
        let bot = accounts::insert_bot(transaction, &username, &self.name, None).await?;
        let row = slash_command::ActiveModel {
            id: Set(id),
            room_id: Set(place.map(|room| room.0)),
            word: Set(self.word.clone()),
            url: Set(self.url.clone()),
            secret: Set(self.secret.clone()),
            bot_id: Set(bot.id.0),
            made_by: Set(self.maker.0),
            made_at: Set(now()),
        };
        let row = row.insert(&**transaction).await?;
        let detail = format!("/{} to {}", self.word, outbound::host(&self.url));
        house::enter(&**transaction, &doer, house::Deed::MakeCommand, subject, detail).await?;
        let made = read(&**transaction, vec![row]).await?.pop();
        made.ok_or_else(|| Error::internal("a command without its people"))
    }
}

struct Delete {
    settings: Arc<Settings>,
    actor: Actor,
    room: Option<RoomRef>,
    command: Uuid,
}

impl Work for Delete {
    /// The sessions that have ended.
    type Answer = Vec<SessionId>;

    async fn run(&self, transaction: &mut Transaction) -> Result<Vec<SessionId>> {
        let ((doer, subject), place) = permitted(&self.settings, &**transaction, self.actor, self.room.as_ref()).await?;
        let found = slash_command::Entity::find_by_id(self.command).filter(of(place)).one(&**transaction).await?;
        let row = found.ok_or(ErrorCode::NotFound)?;
        let detail = format!("/{} to {}", row.word, outbound::host(&row.url));
        house::enter(&**transaction, &doer, house::Deed::DeleteCommand, subject, detail).await?;
        let ended = former::erase(transaction, UserId(row.bot_id)).await?;
        mark_changed(&**transaction).await?;
        Ok(ended)
    }
}

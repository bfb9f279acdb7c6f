//! Making an account.

use std::sync::Arc;

use protocol::{DisplayName, ErrorCode, HouseRole, Password, RoomId, RoomRef, User, UserId, Username};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, SqlErr};

use super::names::{Looks, mark_alike, refuse_alike, taken};
use crate::{
    Chat, Result,
    credentials::new_password,
    db::{Serial, entity::user, now, serialize, users},
    house::{self, By, Deed, Doer, Subject},
    invites,
    policy::{Action, Actor},
    rooms,
    sessions::{self, SignedIn, Source},
    settings::{RegistrationMode, Settings, mark_changed},
    writer::{Transaction, Work},
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

/// What somebody shows who wants an account where not everybody gets one.
#[derive(Clone, Debug, Default)]
pub struct Ticket {
    /// The code of an invite; empty without one.
    pub invite: String,
    /// The token of the link that the start of a new server printed; empty without it.
    pub first: String,
}

/// Makes an account, signs it in and joins it to the rooms that new people join. The first account of a server is its owner.
///
/// # Errors
/// `invalid` with every field that is wrong, `invite_needed`, `registration_closed`, `throttled`, `unavailable`.
pub async fn register(chat: &Chat, new: Registration<'_>, from: impl Into<Source>) -> Result<SignedIn> {
    register_with(chat, new, Ticket::default(), from).await
}

/// The same with an invite, into whose room it leads too, or with the link of a new server.
///
/// # Errors
/// As [`register`].
pub async fn register_with(chat: &Chat, new: Registration<'_>, ticket: Ticket, from: impl Into<Source>) -> Result<SignedIn> {
    let from = from.into();
    let (username, name, password) = parse(new)?;
    chat.sign_ins().stranger(from.address).await?;
    refuse_alike(chat.db().read(), &username, None).await?;
    chat.sign_ins().registration(from.address).await?;
    let password_hash = chat.hasher().hash(password).await?;
    let account = make(chat, Way::Registered(ticket), username, name, password_hash).await?;
    sessions::open(chat, account, &from).await
}

/// Makes an account on the word of whoever has the machine, whoever else may make one. The first one of a server is its owner all the same.
///
/// # Errors
/// `invalid` with every field that is wrong, `unavailable`.
pub async fn add(chat: &Chat, new: Registration<'_>, role: HouseRole) -> Result<User> {
    let (username, name, password) = parse(new)?;
    let password_hash = chat.hasher().hash(password).await?;
    Ok(make(chat, Way::Added(role), username, name, password_hash).await?.into())
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

async fn make(chat: &Chat, way: Way, username: Username, name: DisplayName, password_hash: String) -> Result<user::Model> {
    let (settings, rooms_max) = (chat.settings(), chat.limits().rooms_joined);
    let id = UserId::generate();
    let made = chat.writer().run(Make { way, id, username, name, password_hash, settings, rooms_max }).await?;
    if made.marked_others {
        chat.renew().await;
    }
    Ok(made.account)
}

/// How somebody comes to an account.
enum Way {
    /// By the page or a program, with what they showed.
    Registered(Ticket),
    /// Made by whoever has the machine, who says what it is in the house.
    Added(HouseRole),
    /// Brought along from another server.
    Imported(Past),
}

/// What an account was elsewhere.
#[derive(Clone, Copy)]
pub(crate) struct Past {
    /// What it is to be in the house, unless it is the first one.
    pub(crate) role: HouseRole,
    pub(crate) created_at: i64,
    /// Whether it could not be used there any more.
    pub(crate) closed: bool,
}

/// Brings an account along from another server, with the hash of its password. In a new house the first one is the owner. Others who could
/// be taken for it are marked: what is kept of the house is to be read anew.
///
/// # Errors
/// `invalid` where the user name is taken, or looks like one that is; `unavailable`.
pub(crate) async fn import(
    chat: &Chat,
    transaction: &mut Transaction,
    id: UserId,
    (username, name): (Username, DisplayName),
    password_hash: String,
    past: Past,
) -> Result<()> {
    let (settings, rooms_max) = (chat.settings(), u32::MAX);
    let make = Make { way: Way::Imported(past), id, username, name, password_hash, settings, rooms_max };
    make.run(transaction).await.map(|_| ())
}

/// An account to be made.
struct Make {
    way: Way,
    id: UserId,
    username: Username,
    name: DisplayName,
    password_hash: String,
    settings: Arc<Settings>,
    /// Rooms that it may be in.
    rooms_max: u32,
}

struct Made {
    account: user::Model,
    /// There are others who could be taken for it, and they are marked now.
    marked_others: bool,
}

impl Work for Make {
    type Answer = Made;

    async fn run(&self, transaction: &mut Transaction) -> Result<Made> {
        // Two first accounts at once: only one of them is the owner. Two names alike at once: only one of them is taken.
        serialize(&**transaction, Serial::FirstAccount).await?;
        // Not counted: what is done in here holds up everybody's sends.
        let is_first = !users::is_anybody(&**transaction).await?;
        let (role, room) = self.admit(transaction, is_first).await?;
        refuse_alike(&**transaction, &self.username, None).await?;
        let looks = Looks::of(self.username.as_str(), self.name.as_str());
        let alike = mark_alike(&**transaction, self.name.as_str(), &looks, None).await?;
        if alike.others {
            mark_changed(&**transaction).await?;
        }
        let account = self.insert(transaction, looks, role, alike.itself).await?;
        let id = UserId(account.id);
        if matches!(self.way, Way::Added(_)) {
            let doer = Doer::of(&**transaction, By::CommandLine).await?;
            house::enter(&**transaction, &doer, Deed::AddAccount, Subject::account(id, &account.username), String::new()).await?;
        }
        self.join_rooms(transaction, id).await?;
        if let Some(room) = room {
            invites::come_in(transaction, id, room, self.rooms_max).await?;
        }
        Ok(Made { account, marked_others: alike.others })
    }
}

impl Make {
    /// What the account is in the house, and the room that it was invited to, if it may be made.
    async fn admit(&self, transaction: &Transaction, is_first: bool) -> Result<(user::Role, Option<RoomId>)> {
        let ticket = match &self.way {
            Way::Added(role) | Way::Imported(Past { role, .. }) => {
                if !is_first {
                    return Ok(((*role).into(), None));
                }
                house::forget_first_links(&**transaction).await?;
                return Ok((user::Role::Owner, None));
            }
            Way::Registered(ticket) => ticket,
        };
        if is_first {
            house::first_account(&**transaction, &ticket.first).await?;
            return Ok((user::Role::Owner, None));
        }
        let room = match self.settings.registration {
            RegistrationMode::Closed => return Err(ErrorCode::RegistrationClosed.into()),
            RegistrationMode::Open if ticket.invite.is_empty() => None,
            RegistrationMode::Open => invites::take(&**transaction, &ticket.invite).await?,
            RegistrationMode::ByInvite => invites::take_for_registration(&**transaction, &ticket.invite, &self.settings).await?,
        };
        Ok((user::Role::Member, room))
    }

    async fn insert(&self, transaction: &Transaction, looks: Looks, role: user::Role, ambiguous: bool) -> Result<user::Model> {
        let (created_at, suspended_until) = match self.way {
            Way::Imported(past) => (past.created_at, past.closed.then_some(i64::MAX)),
            Way::Registered(_) | Way::Added(_) => (now(), None),
        };
        let row = user::ActiveModel {
            id: Set(self.id.0),
            username: Set(self.username.as_str().to_owned()),
            name: Set(self.name.as_str().to_owned()),
            username_look: Set(Some(looks.username)),
            name_look: Set(Some(looks.name)),
            ambiguous: Set(ambiguous),
            password_hash: Set(self.password_hash.clone()),
            role: Set(role),
            created_at: Set(created_at),
            suspended_until: Set(suspended_until),
            ..Default::default()
        };
        row.insert(&**transaction).await.map_err(|error| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => taken(),
            _ => error.into(),
        })
    }

    /// Joins the rooms that new people join. One that is not there any more, or not for everybody, is passed over.
    async fn join_rooms(&self, transaction: &mut Transaction, account: UserId) -> Result<()> {
        for slug in &self.settings.default_rooms {
            match rooms::load(&**transaction, Actor::User(account), &RoomRef::Slug(slug.clone())).await {
                Ok(found) if found.access.may(Action::Join) => {
                    rooms::let_in(transaction, account, found.room.id, self.rooms_max).await?;
                }
                Ok(_) => {}
                Err(error) if error.public().code == ErrorCode::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

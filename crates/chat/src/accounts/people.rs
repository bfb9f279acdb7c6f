//! Everybody who has an account, as the others see them.

use protocol::User;
use sea_orm::QuerySelect;

use crate::{Chat, Result, db::users, policy::Actor};

/// People of a page.
const PAGE: u64 = 50;

/// Whom to look for.
#[derive(Clone, Copy, Debug, Default)]
pub struct PeopleSearch<'a> {
    /// A part of the user name or of the name; empty for all.
    pub text: &'a str,
    /// The user name after which the page begins.
    pub after: &'a str,
}

/// A page of people.
#[derive(Clone, Debug, Default)]
pub struct PeoplePage {
    /// By user name.
    pub people: Vec<User>,
    /// The last of them, where there are more.
    pub next: Option<String>,
}

/// People by user name, for those who have an account.
///
/// # Errors
/// `not_authenticated`, `unavailable`.
pub async fn people(chat: &Chat, actor: Actor, search: PeopleSearch<'_>) -> Result<PeoplePage> {
    actor.user()?;
    let select = users::by_text(search.text, search.after).limit(PAGE + 1);
    let mut people: Vec<User> = select.all(chat.db().read()).await?.into_iter().map(Into::into).collect();
    let more = people.len() as u64 > PAGE;
    people.truncate(PAGE as usize);
    Ok(PeoplePage { next: people.last().filter(|_| more).map(|last| last.username.clone()), people })
}

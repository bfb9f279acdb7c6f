//! `snug user`

use chat::{
    Chat,
    accounts::{self, Registration},
    house::{self, Account, By, PeopleSearch},
};
use protocol::HouseRole;
use serde_json::json;

use super::{
    house::{answer, table, with_chat},
    password,
};
use crate::{
    config::{HouseOptions, UserCommand},
    failure::Failure,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(super) async fn run(options: &HouseOptions<UserCommand>) -> Result<(), Failure> {
    let json = options.json;
    // Asked for before the database is opened: people take their time.
    let password = match &options.command {
        UserCommand::Add { password, .. } | UserCommand::ResetPassword { password, link: false, .. } => password::read(password)?,
        _ => String::new(),
    };
    with_chat(&options.store, async |chat| match &options.command {
        UserCommand::Add { username, name, role, .. } => {
            let new = Registration { username, display_name: name, password: &password };
            let user = accounts::add(chat, new, *role).await?;
            let person = house::person(chat, By::CommandLine, &user.username).await?;
            answer(json, &person, || format!("@{} is {} now.", user.username, with_article(person.account.role)))
        }
        UserCommand::List { text, role, suspended } => list(chat, json, text, *role, *suspended).await,
        UserCommand::Show { username } => show(chat, json, username).await,
        command => act(chat, json, command, &password).await,
    })
    .await
}

/// What is done to one account.
async fn act(chat: &Chat, json: bool, command: &UserCommand, password: &str) -> Result<(), Failure> {
    let by = By::CommandLine;
    let done = match command {
        UserCommand::Role { username, role } => {
            house::set_role(chat, by, id(chat, username).await?, *role).await?;
            format!("@{username} is {} now.", with_article(*role))
        }
        UserCommand::Suspend { username, lift: true, .. } => {
            house::lift(chat, by, id(chat, username).await?).await?;
            format!("@{username} may come in again.")
        }
        UserCommand::Suspend { username, days, reason, .. } => {
            let until = days.map(|days| chat::now() + i64::from(days) * DAY_MS);
            house::suspend(chat, by, id(chat, username).await?, until, reason).await?;
            format!("@{username} is suspended.")
        }
        UserCommand::ResetPassword { username, link: true, .. } => {
            let token = house::reset_link(chat, by, id(chat, username).await?).await?;
            let path = format!("/reset/{token}");
            return answer(json, &json!({ "path": path }), || {
                format!("Good once, for a day, behind the address of your Snug: {path}")
            });
        }
        UserCommand::ResetPassword { username, .. } => {
            house::set_password(chat, by, id(chat, username).await?, password).await?;
            format!("@{username} has another password, and is signed out everywhere.")
        }
        UserCommand::Delete { username, .. } => {
            house::delete(chat, by, id(chat, username).await?).await?;
            format!("@{username} is a former member now.")
        }
        UserCommand::Add { .. } | UserCommand::List { .. } | UserCommand::Show { .. } => String::new(),
    };
    answer(json, &json!({ "done": true }), || done)
}

async fn list(chat: &Chat, json: bool, text: &str, role: Option<HouseRole>, suspended: bool) -> Result<(), Failure> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let search = PeopleSearch { text: text.to_owned(), role, suspended, after };
        let page = house::people(chat, By::CommandLine, search).await?;
        all.extend(page.people);
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    let row = |account: &Account| {
        let state = if account.suspended_until.is_some() { "suspended" } else { "" };
        [account.username.clone(), word(account.role).to_owned(), state.to_owned(), account.name.clone()]
    };
    answer(json, &all, || table(&all.iter().map(row).collect::<Vec<_>>()))
}

async fn show(chat: &Chat, json: bool, username: &str) -> Result<(), Failure> {
    let person = house::person(chat, By::CommandLine, username).await?;
    let account = &person.account;
    let mut rows = vec![
        ["user name", &account.username],
        ["name", &account.name],
        ["role", word(account.role)],
        ["rooms", &person.rooms.to_string()],
        ["signed in", &person.sessions.to_string()],
    ]
    .into_iter()
    .map(|row| row.map(str::to_owned))
    .collect::<Vec<_>>();
    if account.suspended_until.is_some() {
        rows.push(["suspended".to_owned(), account.suspended_for.clone()]);
    }
    answer(json, &person, || table(&rows))
}

async fn id(chat: &Chat, username: &str) -> Result<protocol::UserId, Failure> {
    Ok(house::person(chat, By::CommandLine, username).await?.account.id)
}

fn word(role: HouseRole) -> &'static str {
    match role {
        HouseRole::Member => "member",
        HouseRole::Admin => "admin",
        HouseRole::Owner => "owner",
    }
}

fn with_article(role: HouseRole) -> String {
    let article = if role == HouseRole::Member { "a" } else { "an" };
    format!("{article} {}", word(role))
}

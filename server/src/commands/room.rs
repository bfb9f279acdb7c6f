//! `snug room`

use chat::{
    Chat,
    house::{self, By, HouseRoom},
    messages,
    rooms::{self, NewRoom},
};
use protocol::{RoomRef, Visibility};
use serde_json::{Value, json};

use super::house::{answer, table, with_chat};
use crate::{
    config::{HouseOptions, RoomCommand},
    failure::Failure,
};

pub(super) async fn run(options: &HouseOptions<RoomCommand>) -> Result<(), Failure> {
    let json = options.json;
    with_chat(&options.store, async |chat| match &options.command {
        RoomCommand::Add { name, owner, topic, visibility } => {
            let owner = house::person(chat, By::CommandLine, owner).await?.account.id;
            let room = rooms::establish(chat, owner, NewRoom { name, topic, visibility, allow_duplicate: false }).await?;
            answer(json, &room, || format!("The room is at /r/{}", room.slug))
        }
        RoomCommand::List => list(chat, json).await,
        RoomCommand::Show { room } => {
            let room = house::room(chat, By::CommandLine, room).await?;
            answer(json, &room, || {
                let archived = if room.archived { "yes" } else { "no" };
                let rows = [
                    ["address", &format!("/r/{}", room.slug)],
                    ["name", &room.name],
                    ["visibility", word(room.visibility)],
                    ["archived", archived],
                    ["members", &room.members.to_string()],
                    ["messages", &room.messages.to_string()],
                    ["owners", &room.owners.join(" ")],
                ];
                table(&rows.map(|row| row.map(str::to_owned)))
            })
        }
        RoomCommand::Members { room } => {
            let members = house::members_of(chat, By::CommandLine, room).await?;
            let value: Vec<Value> =
                members.iter().map(|(username, role)| json!({ "username": username, "role": role })).collect();
            let rows: Vec<_> = members.into_iter().map(|(username, role)| [username, role]).collect();
            answer(json, &value, || table(&rows))
        }
        command => act(chat, json, command).await,
    })
    .await
}

/// What is done to one room.
async fn act(chat: &Chat, json: bool, command: &RoomCommand) -> Result<(), Failure> {
    let by = By::CommandLine;
    let done = match command {
        RoomCommand::AddMember { room, username, role } => {
            let room = rooms::add_as(chat, by, &named(room), username, role.as_deref()).await?;
            format!("@{username} is in /r/{} now.", room.slug)
        }
        RoomCommand::RemoveMember { room, username } => {
            let person = house::person(chat, by, username).await?.account.id;
            let room = rooms::remove(chat, by, &named(room), person).await?;
            format!("@{username} is not in /r/{} any more.", room.slug)
        }
        RoomCommand::Say { room, text } => {
            let sent = messages::send_system(chat, by, &named(room), text).await?;
            format!("It stands at /r/{}/m/{} now.", sent.slug, sent.seq)
        }
        RoomCommand::Archive { room } => {
            let room = rooms::archive(chat, by, &named(room), true).await?;
            format!("/r/{} can be read and nothing else now.", room.slug)
        }
        RoomCommand::Unarchive { room } => {
            let room = rooms::archive(chat, by, &named(room), false).await?;
            format!("People write in /r/{} again.", room.slug)
        }
        RoomCommand::Delete { room, .. } => {
            let known = house::room(chat, by, room).await?;
            rooms::delete(chat, by, &known.id.into(), &known.name).await?;
            format!("/r/{room} is gone.")
        }
        RoomCommand::Add { .. } | RoomCommand::List | RoomCommand::Show { .. } | RoomCommand::Members { .. } => String::new(),
    };
    answer(json, &json!({ "done": true }), || done)
}

fn named(room: &str) -> RoomRef {
    RoomRef::Slug(room.trim_start_matches("/r/").to_owned())
}

async fn list(chat: &Chat, json: bool) -> Result<(), Failure> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = house::rooms(chat, By::CommandLine, &after).await?;
        all.extend(page.rooms);
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    let row = |room: &HouseRoom| {
        let members = format!("{} members", room.members);
        [room.slug.clone(), word(room.visibility).to_owned(), members, room.name.clone()]
    };
    answer(json, &all, || table(&all.iter().map(row).collect::<Vec<_>>()))
}

fn word(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Open => "open",
        Visibility::Private => "private",
        Visibility::Direct => "direct",
    }
}

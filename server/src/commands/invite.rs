//! `snug invite`

use chat::{
    house::By,
    invites::{self, Invite, NewInvite},
};
use protocol::{ErrorCode, RoomRef};
use serde_json::json;

use super::house::{answer, table, with_chat};
use crate::{
    config::{HouseOptions, InviteCommand},
    failure::Failure,
};

const DAY_SECONDS: u32 = 24 * 60 * 60;

pub(super) async fn run(options: &HouseOptions<InviteCommand>) -> Result<(), Failure> {
    let json = options.json;
    with_chat(&options.store, async |chat| match &options.command {
        InviteCommand::Add { room, days, uses } => {
            let room = room.clone().map(RoomRef::Slug);
            let lasts = days.map(|days| days * DAY_SECONDS);
            let invite = invites::create(chat, By::CommandLine, NewInvite { room, lasts, uses: *uses }).await?;
            answer(json, &invite, || format!("The link, behind the address of your Snug: /i/{}", invite.code))
        }
        InviteCommand::List => {
            let all = invites::list(chat, By::CommandLine, None).await?;
            answer(json, &all, || table(&all.iter().map(row).collect::<Vec<_>>()))
        }
        InviteCommand::Revoke { code } => {
            let all = invites::list(chat, By::CommandLine, None).await?;
            let invite = all.iter().find(|invite| invite.code == *code).ok_or(ErrorCode::NotFound)?;
            invites::revoke(chat, By::CommandLine, invite.id).await?;
            answer(json, &json!({ "done": true }), || "It lets nobody in any more.".to_owned())
        }
    })
    .await
}

fn row(invite: &Invite) -> [String; 4] {
    let leads_to = invite.room.as_ref().map_or_else(|| "the house".to_owned(), |slug| format!("/r/{slug}"));
    let uses = match invite.uses_max {
        Some(max) => format!("used {} of {max}", invite.uses),
        None => format!("used {}", invite.uses),
    };
    [invite.code.clone(), leads_to, uses, format!("by {}", invite.made_by)]
}

//! Tokens and bots, as the pages of settings see to them.

use chat::{
    bots::{self, BotEdit, NewBot},
    tokens,
};
use leptos::prelude::*;
use protocol::{RoomRef, TokenId, UserId};

use crate::{
    AppError, Typed,
    context::{Request, refuse},
};

fn lead_to(bot: UserId, done: &str) {
    leptos_axum::redirect(&format!("/settings/bots/{bot}?done={done}"));
}

/// Ends a token: the caller's own, or that of a bot.
///
/// # Errors
/// There is none, or not signed in.
#[server(prefix = "/api/fn", endpoint = "revoke_token")]
pub(crate) async fn revoke_token(account: UserId, token: TokenId) -> Result<(), AppError> {
    let request = Request::current()?;
    let session = request.session()?;
    tokens::revoke(&request.chat, session, account, token).await.map_err(refuse)?;
    if account == session.user.id {
        leptos_axum::redirect("/settings/tokens?done=token");
    } else {
        lead_to(account, "token");
    }
    Ok(())
}

/// Ends all tokens of the caller's.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "revoke_all_tokens")]
pub(crate) async fn revoke_all_tokens() -> Result<(), AppError> {
    let request = Request::current()?;
    tokens::revoke_all(&request.chat, request.session()?).await.map_err(refuse)?;
    leptos_axum::redirect("/settings/tokens?done=tokens");
    Ok(())
}

/// Makes a bot.
///
/// # Errors
/// What is wrong with its names, not allowed, or not signed in.
#[server(prefix = "/api/fn", endpoint = "make_bot")]
pub(crate) async fn make_bot(username: String, #[server(default)] display_name: String) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::EditRoom)?;
    let made = bots::create(&request.chat, request.session()?, NewBot { username: &username, name: &display_name }).await;
    let made = made.map_err(refuse).map_err(|error| error.keeping(Typed { username, display_name, ..Typed::default() }))?;
    lead_to(made.id, "made");
    Ok(())
}

/// Changes the names of a bot, and what it says of itself.
///
/// # Errors
/// What is wrong with them, not the caller's to change, or not signed in.
#[server(prefix = "/api/fn", endpoint = "change_bot")]
pub(crate) async fn change_bot(
    bot: UserId,
    username: String,
    display_name: String,
    #[server(default)] bio: String,
) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::EditRoom)?;
    let edit = BotEdit { username: Some(username), name: Some(display_name), bio: Some(bio) };
    bots::change(&request.chat, request.session()?, bot, edit).await.map_err(refuse)?;
    lead_to(bot, "changed");
    Ok(())
}

/// Takes the picture of a bot away.
///
/// # Errors
/// Not the caller's to change, or not signed in.
#[server(prefix = "/api/fn", endpoint = "remove_bot_picture")]
pub(crate) async fn remove_bot_picture(bot: UserId) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::EditRoom)?;
    bots::remove_picture(&request.chat, request.session()?, bot).await.map_err(refuse)?;
    lead_to(bot, "changed");
    Ok(())
}

/// Deletes a bot.
///
/// # Errors
/// Not the caller's to delete, or not signed in.
#[server(prefix = "/api/fn", endpoint = "delete_bot")]
pub(crate) async fn delete_bot(bot: UserId) -> Result<(), AppError> {
    let request = Request::current()?;
    bots::delete(&request.chat, request.session()?, bot).await.map_err(refuse)?;
    leptos_axum::redirect("/settings/bots?done=deleted");
    Ok(())
}

/// Lets somebody else answer for a bot.
///
/// # Errors
/// There is nobody of that name, not the caller's to give, or not signed in.
#[server(prefix = "/api/fn", endpoint = "hand_bot_over")]
pub(crate) async fn hand_bot_over(bot: UserId, username: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let session = request.session()?;
    bots::hand_over(&request.chat, session, bot, &username).await.map_err(refuse)?;
    // Whose it is no more may not look at it.
    match bots::bot(&request.chat, session, bot).await {
        Ok(_) => lead_to(bot, "handed"),
        Err(_) => leptos_axum::redirect("/settings/bots?done=handed"),
    }
    Ok(())
}

/// Adds a bot to a room.
///
/// # Errors
/// The caller may not add people there, not their bot, or not signed in.
#[server(prefix = "/api/fn", endpoint = "add_bot_to_room")]
pub(crate) async fn add_bot_to_room(bot: UserId, room: String) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Moderate)?;
    let room = RoomRef::from(room.trim().trim_start_matches("/r/").to_owned());
    bots::add_to_room(&request.chat, request.session()?, bot, &room).await.map_err(refuse)?;
    lead_to(bot, "rooms");
    Ok(())
}

/// Takes a bot out of a room.
///
/// # Errors
/// It is in no such room, not the caller's bot, or not signed in.
#[server(prefix = "/api/fn", endpoint = "remove_bot_from_room")]
pub(crate) async fn remove_bot_from_room(bot: UserId, room: String) -> Result<(), AppError> {
    let request = Request::current()?;
    bots::remove_from_room(&request.chat, request.session()?, bot, &RoomRef::from(room)).await.map_err(refuse)?;
    lead_to(bot, "rooms");
    Ok(())
}

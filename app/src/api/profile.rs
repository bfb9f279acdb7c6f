use leptos::prelude::*;

use crate::{
    AppError, Typed,
    context::{Request, refuse},
};

/// Changes what the caller says of themselves.
///
/// # Errors
/// What is wrong with the fields, or not signed in.
#[server(prefix = "/api/fn", endpoint = "edit_profile")]
pub(crate) async fn edit_profile(
    #[server(default)] display_name: String,
    #[server(default)] bio: String,
    #[server(default)] pronouns: String,
    #[server(default)] time_zone: String,
) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::EditRoom)?;
    let edit = chat::accounts::ProfileEdit { display_name: &display_name, bio: &bio, pronouns: &pronouns, time_zone: &time_zone };
    let edited = chat::accounts::edit_profile(&request.chat, request.session()?, edit).await.map_err(refuse);
    edited.map_err(|error| error.keeping(Typed { display_name, bio, pronouns, time_zone, ..Typed::default() }))?;
    leptos_axum::redirect("/settings/profile?done=profile");
    Ok(())
}

/// Takes the caller's picture away.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "remove_picture")]
pub(crate) async fn remove_picture() -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::EditRoom)?;
    chat::accounts::remove_picture(&request.chat, request.session()?).await.map_err(refuse)?;
    leptos_axum::redirect("/settings/profile?done=removed");
    Ok(())
}

/// Says what the caller does, and for how long.
///
/// # Errors
/// What is wrong with the fields, or not signed in.
#[server(prefix = "/api/fn", endpoint = "set_status")]
pub(crate) async fn set_status(
    #[server(default)] emoji: String,
    #[server(default)] text: String,
    lasts: String,
) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::EditRoom)?;
    chat::accounts::set_status(&request.chat, request.session()?, &emoji, &text, &lasts).await.map_err(refuse)?;
    leptos_axum::redirect("/settings/profile?done=status");
    Ok(())
}

/// Settles for how long the caller is not to be disturbed, and whether they are seen.
///
/// # Errors
/// Not one of the choices, or not signed in.
#[server(prefix = "/api/fn", endpoint = "set_availability")]
pub(crate) async fn set_availability(quiet: String, #[server(default)] invisible: bool) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::EditRoom)?;
    chat::accounts::set_availability(&request.chat, request.session()?, &quiet, invisible).await.map_err(refuse)?;
    leptos_axum::redirect("/settings/profile?done=status");
    Ok(())
}

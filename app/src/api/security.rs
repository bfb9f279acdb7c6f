use leptos::prelude::*;
use protocol::{ErrorCode, SessionId};

use crate::{
    AppError, Typed,
    context::{Request, clear_site_data, refuse, set_cookie},
    cookies,
};

/// The page with the forms, after this was done.
fn lead_back(done: &str) {
    leptos_axum::redirect(&["/settings/security?done=", done].concat());
}

/// Gives the caller another password. Their other sessions end.
///
/// # Errors
/// The current password is wrong, the new one cannot be taken, or not signed in.
#[server(prefix = "/api/fn", endpoint = "change_password")]
pub(crate) async fn change_password(current_password: String, new_password: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let (session, from) = (request.session()?, request.caller.address);
    chat::accounts::change_password(&request.chat, session, &current_password, &new_password, from).await.map_err(refuse)?;
    lead_back("password");
    Ok(())
}

/// Gives the caller another user name.
///
/// # Errors
/// It cannot be taken, or not signed in.
#[server(prefix = "/api/fn", endpoint = "rename_account")]
pub(crate) async fn rename_account(username: String) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::EditRoom)?;
    let renamed = chat::accounts::rename(&request.chat, request.session()?, &username).await.map_err(refuse);
    renamed.map_err(|error| error.keeping(Typed { username, ..Typed::default() }))?;
    lead_back("username");
    Ok(())
}

/// Ends another session of the caller's.
///
/// # Errors
/// It is not one of theirs, or not signed in.
#[server(prefix = "/api/fn", endpoint = "end_session")]
pub(crate) async fn end_session(session: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let id: SessionId = session.parse().map_err(|_| refuse(ErrorCode::NotFound.into()))?;
    chat::sessions::revoke_own(&request.chat, request.session()?, id).await.map_err(refuse)?;
    lead_back("session");
    Ok(())
}

/// Ends all sessions of the caller's but this one.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "end_other_sessions")]
pub(crate) async fn end_other_sessions() -> Result<(), AppError> {
    let request = Request::current()?;
    chat::sessions::revoke_others(&request.chat, request.session()?).await.map_err(refuse)?;
    lead_back("sessions");
    Ok(())
}

/// Deletes the caller's account, and has the browser forget what it has of it.
///
/// # Errors
/// The password is wrong, somebody needs the account as an owner, or not signed in.
#[server(prefix = "/api/fn", endpoint = "delete_account")]
pub(crate) async fn delete_account(password: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let (session, from) = (request.session()?, request.caller.address);
    chat::accounts::delete_own(&request.chat, session, &password, from).await.map_err(refuse)?;
    set_cookie(cookies::forget_session(request.caller.secure));
    clear_site_data();
    leptos_axum::redirect("/");
    Ok(())
}

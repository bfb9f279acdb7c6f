use chat::accounts::Ticket;
use leptos::prelude::*;
use protocol::{ErrorCode, HouseRole, TokenGrant};

use crate::{
    AppError, Typed,
    context::{Request, clear_site_data, cookie, forbid_storing, refuse, set_cookie},
    cookies,
};

/// Makes an account and signs it in.
///
/// # Errors
/// What is wrong with the fields, or throttled.
#[server(prefix = "/api/fn", endpoint = "register")]
pub(crate) async fn register(
    username: String,
    #[server(default)] display_name: String,
    password: String,
    #[server(default)] next: String,
    #[server(default)] invite: String,
    #[server(default)] first: String,
) -> Result<(), AppError> {
    let request = Request::current()?;
    let new = chat::accounts::Registration { username: &username, display_name: &display_name, password: &password };
    let source = request.source()?;
    let ticket = Ticket { invite, first };
    let signed_in = chat::accounts::register_with(&request.chat, new, ticket, source.clone()).await.map_err(refuse);
    let typed = Typed { username, display_name, ..Typed::default() };
    let signed_in = signed_in.map_err(|error| error.keeping(typed))?;
    // Whoever comes first settles how the house is run.
    let is_first = signed_in.session.role == HouseRole::Owner && next.is_empty();
    request.welcome(&signed_in, &source, if is_first { "/welcome" } else { &next }).await
}

/// Signs in.
///
/// # Errors
/// Wrong credentials, or throttled.
#[server(prefix = "/api/fn", endpoint = "login")]
pub(crate) async fn login(username: String, password: String, #[server(default)] next: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let source = request.source()?;
    let signed_in = chat::sessions::sign_in(&request.chat, &username, &password, source.clone()).await.map_err(refuse);
    let suspended = signed_in.as_ref().is_err_and(|error| error.error.code == ErrorCode::Suspended);
    if suspended && let Some(token) = chat::house::notice(&request.chat, &username).await.map_err(refuse)? {
        // Until when, and why: no address says that in words of its own.
        leptos_axum::redirect(&["/suspended/", &token].concat());
        return Ok(());
    }
    let typed = Typed { username, ..Typed::default() };
    request.welcome(&signed_in.map_err(|error| error.keeping(typed))?, &source, &next).await
}

/// Signs out: the session ends, its sockets with it, and the browser forgets what it has of it.
///
/// # Errors
/// The server cannot do it now.
#[server(prefix = "/api/fn", endpoint = "logout")]
pub(crate) async fn logout() -> Result<(), AppError> {
    let request = Request::current()?;
    if let Some(session) = &request.caller.session {
        chat::sessions::revoke(&request.chat, session.id).await.map_err(refuse)?;
    }
    set_cookie(cookies::forget_session(request.caller.secure));
    clear_site_data();
    leptos_axum::redirect("/");
    Ok(())
}

/// Draws a token for the socket from the session, and rotates what the cookie holds.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "renew_token")]
pub(crate) async fn renew_token() -> Result<TokenGrant, AppError> {
    forbid_storing();
    let request = Request::current()?;
    request.admit(chat::Deed::Renew)?;
    let refresh_token = cookie(cookies::session_name(request.caller.secure)).unwrap_or_default();
    let renewed = chat::sessions::renew(&request.chat, &refresh_token, request.caller.address).await.map_err(refuse)?;
    request.keep_session(&renewed.refresh_token, renewed.lasts);
    Ok(renewed.grant)
}

/// Chooses the colours: `dark`, `light`, or anything else for what the system says.
///
/// # Errors
/// None of its own.
#[server(prefix = "/api/fn", endpoint = "set_theme")]
pub(crate) async fn set_theme(theme: String) -> Result<(), AppError> {
    set_cookie(cookies::keep_theme(&theme, Request::current()?.caller.secure));
    Ok(())
}
